/* SPDX-License-Identifier: MIT */
/* mark.h -- progress of one raw partition. */
#ifndef RECORD_MARK_H
#define RECORD_MARK_H

#include "record/types.h"

enum mark_kind {
    MARK_HELLO,
    MARK_DATA,
    MARK_IDLE,
    MARK_END,
};

/* Progress of one raw partition, written into every partition of absa.comments (and passed on by
 * score). */
struct mark {
    int32_t src;
    int32_t src_count;
    int32_t src_epoch;
    int64_t next_offset;
    int64_t wm_ms;
    int64_t floor_ms;
    enum mark_kind kind;
    int64_t seq;
    int64_t n_since_last;
};

struct mark_list {
    struct mark *v;
    size_t n;
};

#endif
