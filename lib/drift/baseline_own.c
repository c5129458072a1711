/* SPDX-License-Identifier: MIT */
/* The counts of a segment that is known well enough to be compared with itself
 * (drift/reference.h): how they are counted, written and read. */
#include <inttypes.h>
#include <stdlib.h>

#include "drift/baseline_inner.h"
#include "drift/tally.h"
#include "wire/tojson.h"

enum { ARENA_MAX = 64 << 20 };

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory");
}

/* One row, as the pane would look it up. */
static void look_up(struct sighting_values *v, const struct baseline *b,
                    const struct baseline_input *in, size_t row)
{
    for (size_t i = 0; i < b->n; i++)
        v->x[i] = in->columns[i][row] + 0.0;
    cells_find_row(v->cells, v->x, b->n, v->cell);
    for (size_t i = 0; i < b->n; i++)
        v->units[i] =
            v->cell[i] < 0 || i >= b->numbers ? 0 : baseline_units(&b->features[i], v->x[i]);
    v->video = in->videos[row];
    v->example = (struct example){ .cells = { v->cell, b->n } };
}

/* Keeps what was tallied; the videos and examples of the past are of no use. */
static enum status keep(struct baseline_segment *s, const struct tally *t, struct arena *a,
                        struct err *err)
{
    struct pane_delta d = { 0 };
    enum status st = tally_delta(t, a, &d, err);
    size_t bytes;

    if (st != ST_OK)
        return st;
    d.videos = (struct video_count_list){ 0 };
    d.examples = (struct example_list){ 0 };
    s->own = delta_copy(&d, &bytes);
    return s->own ? ST_OK : no_memory(err);
}

enum status baseline_own_build(const struct baseline *b, const struct baseline_input *in,
                               const struct baseline_rows *rows, struct baseline_segment *s,
                               struct err *err)
{
    struct sighting_values *v = sighting_values_new(b);
    struct tally *t = tally_new(b);
    struct arena *a = arena_new(ARENA_MAX);
    enum status st = v && t && a ? ST_OK : no_memory(err);

    for (size_t i = 0; i < rows->n && st == ST_OK; i++) {
        look_up(v, b, in, rows->row[i]);
        st = tally_add(t, v, err);
    }
    if (st == ST_OK)
        st = keep(s, t, a, err);
    arena_free(a);
    tally_free(t);
    sighting_values_free(v);
    return st;
}

static void put_longs(struct buf *out, const char *name, const struct longs *v)
{
    buf_fmt(out, ",\"%s\":[", name);
    for (size_t i = 0; i < v->n; i++)
        buf_fmt(out, "%s%" PRId64, i ? "," : "", v->v[i]);
    buf_byte(out, ']');
}

void baseline_own_write(const struct baseline_segment *s, struct buf *out)
{
    buf_str(out, ",\"own\":[");
    for (size_t i = 0; i < s->own->features.n; i++) {
        const struct pane_feature *f = &s->own->features.v[i];

        buf_fmt(out, "%s\n {\"n\":%" PRId64 ",\"missing\":%" PRId64 ",\"infinite\":%" PRId64,
                i ? "," : "", f->n, f->missing, f->infinite);
        buf_str(out, ",\"min\":");
        to_json_double(f->min, out);
        buf_str(out, ",\"max\":");
        to_json_double(f->max, out);
        buf_str(out, ",\"cells\":[");
        for (size_t k = 0; k < f->cells.n; k++)
            buf_fmt(out, "%s%" PRId32, k ? "," : "", f->cells.v[k]);
        buf_byte(out, ']');
        put_longs(out, "counts", &f->counts);
        put_longs(out, "sums", &f->sums);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

/* A list of whole numbers; NULL: it is none, or longer than cells can be. */
static struct longs read_longs(const json_t *list, struct arena *a)
{
    struct longs out = { NULL, json_array_size(list) };

    if (json_is_array(list) && out.n <= CELLS_MAX)
        out.v = arena_array(a, out.n, sizeof(*out.v));
    for (size_t i = 0; out.v && i < out.n; i++) {
        const json_t *v = json_array_get(list, i);

        if (!json_is_integer(v))
            return (struct longs){ 0 };
        out.v[i] = json_integer_value(v);
    }
    return out;
}

/* As far as there are counts: that there are as many is for delta_check(). */
static bool sums_fit(const struct pane_feature *f)
{
    for (size_t i = 0; i < f->sums.n && i < f->counts.n; i++)
        if (!baseline_sum_fits(f->sums.v[i], f->counts.v[i]))
            return false;
    return true;
}

static bool read_feature(json_t *obj, int32_t index, struct arena *a, struct pane_feature *f)
{
    json_t *list[3];
    struct longs cells;
    json_int_t n[3];

    *f = (struct pane_feature){ .index = index };
    if (json_unpack(obj, "{s:I,s:I,s:I,s:F,s:F,s:o,s:o,s:o}", "n", &n[0], "missing", &n[1],
                    "infinite", &n[2], "min", &f->min, "max", &f->max, "cells", &list[0], "counts",
                    &list[1], "sums", &list[2]) != 0)
        return false;
    f->n = n[0];
    f->missing = n[1];
    f->infinite = n[2];
    cells = read_longs(list[0], a);
    f->counts = read_longs(list[1], a);
    f->sums = read_longs(list[2], a);
    f->cells = (struct ints){ arena_array(a, cells.n, sizeof(*f->cells.v)), cells.n };
    if (!cells.v || !f->counts.v || !f->sums.v || !f->cells.v)
        return false;
    for (size_t i = 0; i < cells.n; i++) {
        if (cells.v[i] < 0 || cells.v[i] >= CELLS_MAX)
            return false;
        f->cells.v[i] = (int32_t)cells.v[i];
    }
    return sums_fit(f);
}

/* The checks of a delta are ours, but for its videos: it has none. */
static enum status check(const struct baseline *b, const struct pane_delta *d, struct err *err)
{
    struct video_count one = { .n = d->n };
    struct pane_delta whole = *d;

    whole.videos = (struct video_count_list){ &one, 1 };
    return delta_check(b, &whole, err);
}

static enum status read_own(const json_t *list, const struct baseline *b, struct arena *a,
                            struct baseline_segment *s, struct err *err)
{
    struct pane_feature *f = arena_array(a, b->n, sizeof(*f));
    struct pane_delta d = { .segment = slice_str(s->name), .n = s->comments };
    enum status st;
    size_t bytes;

    if (!f)
        return no_memory(err);
    d.features = (struct pane_feature_list){ f, b->n };
    for (size_t i = 0; i < b->n; i++)
        if (!read_feature(json_array_get(list, i), (int32_t)i, a, &f[i]))
            return err_set(err, ST_REJECT,
                           "baseline: segment %s: the counts of feature %zu are none", s->name, i);
    st = check(b, &d, err);
    if (st != ST_OK) {
        err_prefix(err, "baseline");
        return st;
    }
    s->own = delta_copy(&d, &bytes);
    return s->own ? ST_OK : no_memory(err);
}

enum status baseline_own_read(const json_t *list, const struct baseline *b,
                              struct baseline_segment *s, struct err *err)
{
    struct arena *a;
    enum status st;

    if (!list)
        return ST_OK;
    if (json_array_size(list) != b->n)
        return err_set(err, ST_REJECT, "baseline: segment %s has not the counts of %zu features",
                       s->name, b->n);
    a = arena_new(ARENA_MAX);
    st = a ? read_own(list, b, a, s, err) : no_memory(err);
    arena_free(a);
    return st;
}
