/* SPDX-License-Identifier: MIT */
#include "producers/label/row.h"

#include <math.h>
#include <string.h>

#include "base/time.h"
#include "record/score.h"
#include "score/tsv.h"
#include "wire/table.h"

/* 2005: nobody wrote comments of this kind before. */
#define EARLIEST_MS INT64_C(1104537600000)
#define LATER_MS    (5 * MS_MINUTE)

/* Doubles hold these exactly. */
#define EXACT_MAX 9007199254740992.0

int label_field(struct slice name)
{
    const struct wire_table *t = wire_tables[RECORD_LABEL];

    for (size_t i = 0; i < t->n; i++) {
        if (slice_is(name, t->fields[i].name))
            return (int)i;
    }
    return -1;
}

static enum status refuse(struct label_row *row, enum dead_reason reason, const char *field,
                          const char *what, struct err *err)
{
    row->reason = reason;
    return err_set(err, ST_REJECT, "%s %s", field, what);
}

static bool is_empty(const struct cell *c)
{
    return c->kind == CELL_NONE || (c->kind == CELL_TEXT && slice_trim(c->text).n == 0);
}

static enum status take_text(struct label_row *row, const struct wire_field *f,
                             const struct cell *c, struct arena *a, struct err *err)
{
    struct slice *out = (struct slice *)(void *)((char *)&row->label + f->offset);

    if (c->kind == CELL_NUMBER)
        return refuse(row, DEAD_SHAPE, f->name, "is a number: write it as a string", err);
    *out = arena_copy(a, slice_trim(c->text));
    if (!out->p)
        return err_set(err, ST_FATAL, "out of memory for the labels");
    return out->n <= LABEL_ID_MAX
               ? ST_OK
               : refuse(row, DEAD_RANGE, f->name, "is longer than 256 bytes", err);
}

static enum status take_time(struct label_row *row, const struct wire_field *f,
                             const struct cell *c, struct err *err)
{
    int64_t *out = (int64_t *)(void *)((char *)&row->label + f->offset);
    const struct slice text = slice_trim(c->text);
    bool zoned;

    if (c->kind == CELL_NUMBER && fabs(c->number) < EXACT_MAX && floor(c->number) == c->number)
        *out = (int64_t)c->number;
    else if (c->kind == CELL_NUMBER ||
             (!slice_to_int64(text, out) && !time_parse_iso(text, out, &zoned)))
        return refuse(row, DEAD_CLOCK, f->name, "is no time in ms and none of ISO 8601", err);
    return *out >= EARLIEST_MS ? ST_OK
                               : refuse(row, DEAD_CLOCK, f->name, "is before the year 2005", err);
}

/* The range that a number of a label is in. */
static void range_of(const struct wire_field *f, double *lo, double *hi)
{
    *lo = strstr(f->name, "sentiment") ? -1.0 : 0.0;
    *hi = strcmp(f->name, "interval") == 0 ? 2.0 : 1.0;
}

static enum status take_number(struct label_row *row, const struct wire_field *f,
                               const struct cell *c, struct err *err)
{
    struct opt_double *out = (struct opt_double *)(void *)((char *)&row->label + f->offset);
    double v = c->number;
    double lo;
    double hi;

    if ((c->kind == CELL_TEXT && !tsv_number(slice_trim(c->text), &v)) || !isfinite(v))
        return refuse(row, DEAD_NUMBER, f->name, "is not a finite number", err);
    range_of(f, &lo, &hi);
    if (v < lo || v > hi)
        return refuse(row, DEAD_RANGE, f->name, "is out of its range", err);
    *out = (struct opt_double){ .v = v, .has = true };
    return ST_OK;
}

static enum status take(struct label_row *row, const struct wire_field *f, const struct cell *c,
                        struct arena *a, struct err *err)
{
    if (is_empty(c))
        return ST_OK;
    switch (f->type) {
    case WIRE_STRING:
        return take_text(row, f, c, a, err);
    case WIRE_LONG:
        return take_time(row, f, c, err);
    default:
        return take_number(row, f, c, err);
    }
}

/* Is there a prediction for each output that was judged? */
static bool covers(const struct label *l)
{
    return (l->predicted_sentiment.has || !l->sentiment.has) &&
           (l->predicted_engagement.has || !l->engagement.has) &&
           (l->predicted_implicitness.has || !l->implicitness.has);
}

/* A row brings its prediction wholly or not at all. */
static enum status check_prediction(struct label_row *row, struct err *err)
{
    const struct label *l = &row->label;
    const bool any = l->predicted_sentiment.has || l->predicted_engagement.has ||
                     l->predicted_implicitness.has || l->confidence.has;

    row->predicted = any && covers(l) && l->arrival_ms != 0 && l->bundle_sha256.n > 0;
    if (any && !row->predicted)
        return refuse(row, DEAD_SHAPE, "a prediction",
                      "wants predicted_... of what is judged, arrival_ms and bundle_sha256", err);
    return ST_OK;
}

static enum status check(struct label_row *row, const struct label_rules *rules, struct err *err)
{
    struct label *l = &row->label;

    if (l->comment_id.n == 0)
        return refuse(row, DEAD_SHAPE, "comment_id", "is missing", err);
    if (!l->sentiment.has && !l->engagement.has && !l->implicitness.has)
        return refuse(row, DEAD_SHAPE, "the row", "judges nothing", err);
    if (l->annotator.n == 0)
        l->annotator = rules->annotator;
    if (l->annotator.n == 0)
        return refuse(row, DEAD_SHAPE, "annotator", "is missing", err);
    if (l->stage.n == 0)
        l->stage = rules->stage;
    if (l->labelled_ms == 0)
        l->labelled_ms = rules->now_ms;
    if (l->labelled_ms > rules->now_ms + LATER_MS)
        return refuse(row, DEAD_CLOCK_SKEW, "labelled_ms", "is in the future", err);
    if (l->confidence.has && !l->interval.has)
        l->interval = (struct opt_double){ .v = CONFIDENCE_INTERVAL, .has = true };
    return check_prediction(row, err);
}

enum status label_row_read(struct label_row *row, const struct cell *cells,
                           const struct label_rules *rules, struct arena *a, struct err *err)
{
    const struct wire_table *t = wire_tables[RECORD_LABEL];

    memset(&row->label, 0, sizeof(row->label));
    row->predicted = false;
    for (size_t i = 0; i < t->n; i++) {
        enum status st = take(row, &t->fields[i], &cells[i], a, err);

        if (st != ST_OK)
            return st;
    }
    return check(row, rules, err);
}
