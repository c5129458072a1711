/* SPDX-License-Identifier: MIT */
/* The canonical file of a baseline: one object, a feature a line. Numbers are
 * written with the fewest digits that read back as the same double. */
#include <inttypes.h>

#include "drift/baseline_inner.h"
#include "drift/calibration_json.h"
#include "drift/training_json.h"
#include "wire/tojson.h"

static void put_number(struct buf *out, const char *name, double x)
{
    buf_fmt(out, "\"%s\":", name);
    to_json_double(x, out);
    buf_byte(out, ',');
}

static void put_int(struct buf *out, const char *name, int64_t x)
{
    buf_fmt(out, "\"%s\":%" PRId64 ",", name, x);
}

static void put_numbers(struct buf *out, const char *name, const double *x, size_t n)
{
    buf_fmt(out, "\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        buf_str(out, i ? "," : "");
        to_json_double(x[i], out);
    }
    buf_str(out, "],");
}

/* What there is of the matrices: nothing where videos cannot be told apart. */
static void put_spread(struct buf *out, const struct baseline_feature *f)
{
    size_t groups = evidence_groups(f->evidence);

    put_numbers(out, "between_moments", f->spread.moments, f->spread.known ? SPREAD_MOMENTS : 0);
    put_numbers(out, "between_groups", f->spread.groups,
                f->spread.known ? groups * (groups + 1) / 2 : 0);
    put_numbers(out, "long_run", f->spread.long_run, RANK_MOMENTS);
}

static void put_counts(struct buf *out, const struct baseline_feature *f)
{
    buf_str(out, "\"counts\":[");
    for (size_t i = 0; i < f->n_cells; i++)
        buf_fmt(out, "%s%" PRIu64, i ? "," : "", f->counts[i]);
}

static void put_categories(struct buf *out, const struct baseline_feature *f)
{
    buf_fmt(out, "{\"name\":\"%s\",\"kind\":\"category\",\"complete\":%s,", f->name,
            f->categories->complete ? "true" : "false");
    put_int(out, "n", f->n);
    put_int(out, "missing", f->missing);
    put_number(out, "icc", f->icc);
    put_spread(out, f);
    buf_str(out, "\"categories\":[");
    for (size_t i = 0; i < f->categories->n; i++)
        buf_fmt(out, "%s\"%.*s\"", i ? "," : "", SLICE_ARG(f->categories->name[i]));
    buf_str(out, "],");
    put_counts(out, f);
    buf_str(out, "]}");
}

static void put_feature(struct buf *out, const struct baseline_feature *f)
{
    const double *edges = cells_edges(f->cells);

    buf_fmt(out, "{\"name\":\"%s\",\"kind\":\"numeric\",", f->name);
    put_int(out, "n", f->n);
    put_int(out, "missing", f->missing);
    put_int(out, "infinite", f->infinite);
    put_number(out, "min", f->min);
    put_number(out, "max", f->max);
    put_number(out, "mean", f->mean);
    put_number(out, "sd", f->sd);
    put_number(out, "icc", f->icc);
    training_write_skew(f, out);
    put_number(out, "unit", f->unit);
    put_spread(out, f);
    buf_str(out, "\"edges\":[");
    for (size_t i = 0; i + 1 < f->n_cells; i++) {
        buf_str(out, i ? "," : "");
        to_json_double(edges[i], out);
    }
    buf_str(out, "],");
    put_counts(out, f);
    buf_str(out, "],\"sums\":[");
    for (size_t i = 0; i < f->n_cells; i++)
        buf_fmt(out, "%s%" PRId64, i ? "," : "", f->sums[i]);
    buf_str(out, "],\"psi_bins\":[");
    for (size_t i = 0; i < f->n_cells; i++)
        buf_fmt(out, "%s%" PRId32, i ? "," : "", f->psi_bin[i]);
    buf_str(out, "]}");
}

static int format_of(const struct baseline *b)
{
    const bool newest = b->n_segments > 0 || b->until_ms > 0 || b->n > b->numbers;

    return newest ? BASELINE_FORMAT : BASELINE_FORMAT_OLDEST;
}

static void put_segments(struct buf *out, const struct baseline *b)
{
    if (b->n_segments == 0)
        return;
    buf_str(out, "\n\"segments\":[");
    for (size_t i = 0; i < b->n_segments; i++) {
        const struct baseline_segment *s = &b->segments[i];

        buf_fmt(out, "%s\n{\"name\":\"%s\",", i ? "," : "", s->name);
        put_int(out, "comments", s->comments);
        put_int(out, "videos", s->videos);
        buf_str(out, "\"video_size\":");
        to_json_double(s->video_size, out);
        if (s->own)
            baseline_own_write(s, out);
        buf_byte(out, '}');
    }
    buf_str(out, "\n],");
}

enum status baseline_write(const struct baseline *b, struct buf *out, struct err *err)
{
    size_t before = out->n;

    buf_fmt(out, "{\"absa_baseline\":%d,\n", format_of(b));
    put_int(out, "method", b->method);
    buf_fmt(out, "\"bundle_sha256\":\"%s\",", b->bundle_sha256);
    put_int(out, "comments", b->comments);
    put_int(out, "videos", b->videos);
    put_number(out, "video_size", b->video_size);
    if (b->until_ms > 0)
        put_int(out, "until_ms", b->until_ms);
    buf_fmt(out, "\n\"split\":{\"ok\":%s,\"tested\":%" PRId32 ",\"worst\":\"%s\",\"psi\":",
            b->split.ok ? "true" : "false", b->split.tested, b->split.worst);
    to_json_double(b->split.psi, out);
    buf_str(out, "},");
    training_write(b, out);
    put_segments(out, b);
    buf_str(out, "\n");
    calibration_write(&b->calibration, out);
    buf_str(out, "\"features\":[\n");
    for (size_t i = 0; i < b->n; i++) {
        buf_str(out, i ? ",\n" : "");
        (b->features[i].categories ? put_categories : put_feature)(out, &b->features[i]);
    }
    buf_str(out, "\n]}\n");
    if (buf_failed(out)) {
        buf_truncate(out, before);
        return err_set(err, ST_FATAL, "no room for the baseline's file");
    }
    return ST_OK;
}
