/* SPDX-License-Identifier: MIT */
#include "consumers/errors/item.h"

#include <math.h>

#include "base/time.h"

enum { ID_MAX = 256 }; /* bytes, as absa label has it */

/* 2005: nobody wrote comments of this kind before. */
static const int64_t earliest_ms = INT64_C(1104537600000);
static const int64_t later_ms = 5 * MS_MINUTE;

static enum status refuse(struct errors_item *it, enum dead_reason reason, const char *why,
                          struct err *err)
{
    it->reason = reason;
    return err_set(err, ST_REJECT, "%s", why);
}

/* What is not finite is missing, and no reason to refuse the rest. */
static bool within(struct opt_double v, double lo, double hi)
{
    return !v.has || !isfinite(v.v) || (v.v >= lo && v.v <= hi);
}

static enum status check(struct errors_item *it, int64_t append_ms, struct err *err)
{
    const struct label *l = &it->label;

    if (l->comment_id.n == 0)
        return refuse(it, DEAD_SHAPE, "comment_id is missing", err);
    if (l->comment_id.n > ID_MAX || l->annotator.n > ID_MAX || l->video_id.n > ID_MAX)
        return refuse(it, DEAD_RANGE, "an id is longer than 256 bytes", err);
    if (l->labelled_ms < earliest_ms || l->labelled_ms > TIME_MAX_MS)
        return refuse(it, DEAD_CLOCK, "labelled_ms is no time, or before the year 2005", err);
    if (append_ms >= 0 && l->labelled_ms > append_ms + later_ms)
        return refuse(it, DEAD_CLOCK_SKEW, "labelled_ms is in the future", err);
    if (!within(l->sentiment, -1, 1) || !within(l->predicted_sentiment, -1, 1) ||
        !within(l->confidence, 0, 1) || !within(l->interval, 0, 2))
        return refuse(it, DEAD_RANGE, "a number is out of its range", err);
    return ST_OK;
}

enum status errors_item_read(struct wire *w, const struct stage_rec *rec, struct arena *a,
                             struct errors_item *it, struct err *err)
{
    enum status st;

    *it = (struct errors_item){ .reason = DEAD_NULL };
    if (!rec->value.p)
        return err_set(err, ST_REJECT, "a record without a value");
    st = wire_decode(w, RECORD_LABEL, rec->value, &it->label, a, err);
    if (st == ST_REJECT)
        it->reason = wire_reason(w);
    if (st == ST_OK)
        st = check(it, rec->arrival_ms, err);
    if (st != ST_OK)
        return st;
    const struct slice fields[] = { it->label.comment_id, it->label.annotator,
                                    it->label.bundle_sha256 };

    hash_id(fields, sizeof(fields) / sizeof(fields[0]), it->id);
    it->judges = label_error_of(&it->label, it->x);
    return ST_OK;
}

static double value_of(struct opt_double v)
{
    return v.has ? v.v : (double)NAN;
}

struct score errors_item_score(struct errors_item *it, const struct origin *origin,
                               enum sighting sighting, bool evicted)
{
    const struct label *l = &it->label;

    return (struct score){
        .comment_id = l->comment_id,
        .video_id = l->video_id,
        .created_ms = l->arrival_ms,
        .sighting = sighting,
        .dedupe_evicted = evicted,
        .sentiment_score = value_of(l->predicted_sentiment),
        .engagement_score = value_of(l->predicted_engagement),
        .implicitness_degree = value_of(l->predicted_implicitness),
        .confidence = value_of(l->confidence),
        .features = { it->x, LABEL_ERROR_N },
        .bundle_sha256 = l->bundle_sha256,
        .origin = *origin,
    };
}
