/* SPDX-License-Identifier: MIT */
/* state.h -- the judge's state, a record an item. */
#ifndef RECORD_STATE_H
#define RECORD_STATE_H

#include "record/pane.h"
#include "record/types.h"
#include "record/window.h"

enum state_kind {
    STATE_JUDGE,
    STATE_PANE,
    STATE_ALERT,
    STATE_CLOSE,
    STATE_SCAN,
};

/* Where the judge stands. */
struct judge_state {
    int32_t run;
    int64_t next_offset;
    int64_t replay_from;
    int64_t closed_ms;
    int64_t last_data_ms;
    int64_t overtaken;
    int64_t chain_duplicates;
    struct longs next;
    int32_t src_epoch;
    int32_t src_count;
    struct longs wm;
    int64_t window_start_ms;
    struct longs replay_next;
    struct slice baseline;
    int64_t pane_ms;
    int64_t window_ms;
    int64_t begin_ms;
    int64_t incomplete_until_ms;
};

/* State of one alert. */
struct alert_state_of {
    struct slice rule;
    struct slice segment;
    struct slice feature;
    struct slice alert_id;
    int32_t seq;
    int64_t episode_ms;
    enum severity severity;
    enum severity now;
};

/* A boundary that is being closed: decided, not yet wholly emitted. */
struct close_state {
    int64_t start_ms;
    int64_t end_ms;
    int32_t family;
    double cut;
    int32_t cursor;
    struct moved_segment_list moved;
};

/* Where the scan of one segment stands. */
struct scan_state {
    struct slice segment;
    int64_t from_ms;
    int32_t streak;
    int32_t calm;
    int64_t need_eff;
};

/* State of drift's judge in the compacted topic absa.state; exactly one of the members is set. */
struct state {
    int32_t format;
    enum state_kind kind;
    struct judge_state *judge;
    struct pane_delta *pane;
    struct alert_state_of *alert;
    struct close_state *close;
    struct scan_state *scan;
};

#endif
