/* SPDX-License-Identifier: MIT */
#include "consumers/drift/item.h"

#include <inttypes.h>

#include "base/time.h"
#include "drift/matrix.h"

static enum status check(struct pane_item *it, int64_t pane_ms, struct err *err)
{
    const struct origin *o = &it->score.origin;
    const int32_t src = it->kind == RECORD_MARK ? it->mark.src : o->src;

    if (src < 0 || src >= MATRIX_CELLS_MAX) {
        it->reason = DEAD_RANGE;
        return err_set(err, ST_REJECT, "src %" PRId32 " is no source", src);
    }
    if (it->kind == RECORD_SCORE &&
        (o->arrival_ms > TIME_MAX_MS || o->arrival_ms < TIME_MIN_MS + pane_ms)) {
        it->reason = DEAD_CLOCK;
        return err_set(err, ST_REJECT, "arrival_ms %" PRId64 " is no time", o->arrival_ms);
    }
    return ST_OK;
}

enum status pane_item_read(struct wire *w, struct slice value, int64_t pane_ms, struct arena *a,
                           struct pane_item *it, struct err *err)
{
    enum status st;

    *it = (struct pane_item){ .reason = DEAD_NULL };
    if (!value.p)
        return err_set(err, ST_REJECT, "a record without a value");
    st = wire_peek(w, value, &it->kind, err);
    if (st == ST_OK && it->kind == RECORD_MARK)
        st = wire_decode(w, RECORD_MARK, value, &it->mark, a, err);
    else if (st == ST_OK)
        st = wire_decode(w, RECORD_SCORE, value, &it->score, a, err);
    if (st == ST_OK)
        return check(it, pane_ms, err);
    if (st == ST_REJECT)
        it->reason = wire_reason(w);
    return st;
}
