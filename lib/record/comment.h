/* SPDX-License-Identifier: MIT */
/* comment.h -- a comment as ingest writes it. */
#ifndef RECORD_COMMENT_H
#define RECORD_COMMENT_H

#include "record/types.h"

enum time_source {
    TIME_FIELD,
    TIME_ID,
    TIME_ZONE,
    TIME_ARRIVAL,
};

/* One comment, validated and normalised by ingest. */
struct comment {
    struct slice comment_id;
    struct slice video_id;
    struct slice parent_id;
    struct slice user;
    struct slice text;
    struct slice lang;
    int64_t created_ms;
    enum time_source time_source;
    struct opt_long likes;
    struct opt_long replies;
    struct opt_long followers;
    struct opt_bool verified;
    bool is_reply;
    bool media_only;
    bool empty;
    bool repaired_text;
    struct slice shape;
    struct origin origin;
};

#endif
