/* SPDX-License-Identifier: MIT */
/* detectors.c -- numbers as a stream of scores, for tests/bench/detectors/run.
 *
 *     bench_detectors M DIR < doubles
 *
 * The first M are a baseline, DIR/baseline.json; the rest are the sentiment of one
 * comment each, 0.6 s and a video apart, in DIR/scores.jsonl. Every other score is
 * 0 for ever. Panes of a minute then hold 100 comments. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "drift/baseline.h"
#include "record/mark.h"
#include "record/score.h"
#include "wire/wire.h"

#define BUNDLE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

enum { SCORES = 4, STEP_MS = 600, PANE_MS = 60000, SKEW_MS = 10000 };

static const int64_t start_ms = INT64_C(1753275600000);

struct numbers {
    double *v;
    size_t n;
};

static bool read_all(struct numbers *x)
{
    size_t cap = 1 << 20;

    for (x->v = malloc(cap * sizeof(double)); x->v;) {
        size_t got = fread(x->v + x->n, sizeof(double), cap - x->n, stdin);

        x->n += got;
        if (got == 0)
            return true;
        if (x->n < cap)
            continue;
        cap *= 2;
        double *more = realloc(x->v, cap * sizeof(double));
        if (!more)
            return false;
        x->v = more;
    }
    return false;
}

static enum status write_file(const char *dir, const char *name, struct buf *b, struct err *err)
{
    char path[1024];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    bool ok = f && fwrite(b->p, 1, b->n, f) == b->n;
    if (f && fclose(f) != 0)
        ok = false;
    return ok ? ST_OK : err_set(err, ST_FATAL, "cannot write %s", path);
}

static enum status baseline_of(const double *v, size_t m, struct buf *out, struct err *err)
{
    static const char *const names[SCORES] = { "sentiment_score", "engagement_score",
                                               "implicitness_degree", "confidence" };
    double *zero = calloc(m, sizeof(*zero));
    uint64_t *video = calloc(m, sizeof(*video));
    const double *columns[SCORES] = { v, zero, zero, zero };
    const struct baseline_input in = { .bundle_sha256 = BUNDLE,
                                       .names = names,
                                       .columns = columns,
                                       .n = SCORES,
                                       .videos = video,
                                       .rows = m };
    struct baseline *b = NULL;
    enum status st = zero && video ? ST_OK : err_set(err, ST_FATAL, "out of memory");

    for (size_t i = 0; st == ST_OK && i < m; i++)
        video[i] = hash64((struct slice){ (const char *)&i, sizeof(i) });
    if (st == ST_OK)
        st = baseline_build(&in, &b, err);
    if (st == ST_OK)
        st = baseline_write(b, out, err);
    baseline_free(b);
    free(video);
    free(zero);
    return st;
}

static enum status put_mark(enum mark_kind kind, size_t said, int64_t wm, struct buf *out,
                            struct err *err)
{
    static int64_t seq;

    seq++;
    const struct mark m = { .src_count = 1,
                            .src_epoch = 1,
                            .next_offset = (int64_t)said,
                            .wm_ms = wm,
                            .floor_ms = WM_NONE,
                            .kind = kind,
                            .seq = seq,
                            .n_since_last = kind == MARK_HELLO ? -1 : PANE_MS / STEP_MS };

    buf_str(out, "{\"absa_kind\":\"mark\",");
    size_t at = out->n;
    enum status st = wire_to_json(RECORD_MARK, &m, out, err);
    out->p[at] = ' '; /* its opening brace */
    buf_byte(out, '\n');
    return st;
}

static enum status put_score(double x, size_t i, struct buf *out, struct err *err)
{
    const int64_t at = start_ms + STEP_MS * (int64_t)i;
    char id[32];

    (void)snprintf(id, sizeof(id), "c%zu", i);
    const struct score s = {
        .comment_id = slice_str(id),
        .created_ms = at,
        .sentiment_score = x,
        .model = slice_str("m"),
        .model_version = slice_str("1"),
        .encoder = slice_str("none"),
        .bundle_sha256 = slice_str(BUNDLE),
        .origin = { .src_offset = (int64_t)i,
                    .arrival_ms = at,
                    .src_wm_ms = i > 0 ? at - STEP_MS - SKEW_MS : WM_NONE },
    };
    enum status st = wire_to_json(RECORD_SCORE, &s, out, err);
    buf_byte(out, '\n');
    return st;
}

static enum status stream_of(const double *v, size_t n, struct buf *out, struct err *err)
{
    enum status st = put_mark(MARK_HELLO, 0, WM_NONE, out, err);

    for (size_t i = 0; st == ST_OK && i < n; i++) {
        st = put_score(v[i], i, out, err);
        if (st == ST_OK && (i + 1) % (PANE_MS / STEP_MS) == 0)
            st = put_mark(MARK_DATA, i + 1, start_ms + STEP_MS * (int64_t)i - SKEW_MS, out, err);
    }
    if (st == ST_OK)
        st = put_mark(MARK_END, n, WM_END, out, err);
    return st;
}

static enum status run(const struct numbers *x, size_t m, const char *dir, struct err *err)
{
    struct buf b;

    if (m == 0 || m > x->n)
        return err_set(err, ST_FATAL, "%zu numbers, and a baseline of %zu", x->n, m);
    buf_init(&b, SIZE_MAX / 2);
    enum status st = baseline_of(x->v, m, &b, err);
    if (st == ST_OK)
        st = write_file(dir, "baseline.json", &b, err);
    buf_truncate(&b, 0);
    if (st == ST_OK)
        st = stream_of(x->v + m, x->n - m, &b, err);
    if (st == ST_OK)
        st = write_file(dir, "scores.jsonl", &b, err);
    buf_release(&b);
    return st;
}

int main(int argc, char **argv)
{
    struct numbers x = { NULL, 0 };
    struct err err = { { 0 } };

    if (argc != 3)
        return 64;
    enum status st =
        read_all(&x) ? ST_OK : err_set(&err, ST_FATAL, "out of memory for the numbers");
    if (st == ST_OK)
        st = run(&x, (size_t)strtoull(argv[1], NULL, 10), argv[2], &err);
    if (st != ST_OK)
        (void)fprintf(stderr, "bench_detectors: %s\n", err.msg);
    free(x.v);
    return st == ST_OK ? 0 : 70;
}
