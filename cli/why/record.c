/* SPDX-License-Identifier: MIT */
#include "cli/why/record.h"

#include <string.h>

#include "record/state.h"

static const char scan_key[] = "scan|";

static bool is_scan_of(struct slice key, struct slice segment)
{
    const size_t n = sizeof(scan_key) - 1;

    return key.n == n + segment.n && memcmp(key.p, scan_key, n) == 0 &&
           slice_eq((struct slice){ key.p + n, key.n - n }, segment);
}

static enum status take_state(struct why *y, struct wire *w, const struct stage_rec *rec,
                              struct arena *a, struct err *err)
{
    const bool judge = slice_is(rec->key, "judge");
    struct state s;

    if (!judge && !is_scan_of(rec->key, y->asked.segment))
        return ST_OK;
    if (!rec->value.p) { /* nothing is remembered */
        why_take_streak(y, 0, 0);
        return ST_OK;
    }
    enum status st = wire_decode(w, RECORD_STATE, rec->value, &s, a, err);
    if (st == ST_OK && judge && s.judge)
        why_take_closed(y, s.judge->closed_ms);
    else if (st == ST_OK && s.scan)
        why_take_streak(y, s.scan->streak, s.scan->calm);
    return st;
}

enum status why_take_record(struct why *y, struct wire *w, enum topic_id topic,
                            const struct stage_rec *rec, struct arena *a, struct err *err)
{
    struct window window;
    struct alert alert;
    enum status st;

    if (topic == TOPIC_STATE)
        return take_state(y, w, rec, a, err);
    if (topic == TOPIC_WINDOWS) {
        st = wire_decode(w, RECORD_WINDOW, rec->value, &window, a, err);
        return st == ST_OK ? why_take_window(y, &window, err) : st;
    }
    st = wire_decode(w, RECORD_ALERT, rec->value, &alert, a, err);
    return st == ST_OK ? why_take_alert(y, &alert, err) : st;
}
