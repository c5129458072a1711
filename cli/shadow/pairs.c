/* SPDX-License-Identifier: MIT */
#include "cli/shadow/pairs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pairs_init(struct pairs *p)
{
    memset(p, 0, sizeof(*p));
    for (int i = 0; i < PAIRS_SIDES; i++)
        buf_init(&p->rows[i], PAIRS_ROWS_MAX * sizeof(struct pairs_row));
}

void pairs_release(struct pairs *p)
{
    for (int i = 0; i < PAIRS_SIDES; i++)
        buf_release(&p->rows[i]);
}

static void note_bundle(struct pairs *p, enum pairs_side side, struct slice sha256)
{
    size_t n = p->n_bundles[side];

    for (size_t i = 0; i < n; i++) {
        if (slice_is(sha256, p->bundles[side][i]))
            return;
    }
    if (n == PAIRS_BUNDLES_MAX)
        return;
    snprintf(p->bundles[side][n], SHA256_HEX_LEN + 1, "%.*s", SLICE_ARG(sha256));
    p->n_bundles[side]++;
}

/* The comment and its place in absa.raw. */
static uint64_t key_of(const struct score *s)
{
    char place[80];
    int n = snprintf(place, sizeof(place), "%" PRIu64 " %d %" PRId64 " %d", hash64(s->comment_id),
                     (int)s->origin.src, s->origin.src_offset, (int)s->origin.src_index);

    return hash64((struct slice){ place, (size_t)n });
}

enum status pairs_add(struct pairs *p, enum pairs_side side, const struct score *s, struct err *err)
{
    const struct pairs_row row = { key_of(s),
                                   { [OUTPUT_SENTIMENT] = s->sentiment_score,
                                     [OUTPUT_ENGAGEMENT] = s->engagement_score,
                                     [OUTPUT_IMPLICITNESS] = s->implicitness_degree,
                                     [OUTPUT_CONFIDENCE] = s->confidence } };

    note_bundle(p, side, s->bundle_sha256);
    buf_add(&p->rows[side], &row, sizeof(row));
    if (!buf_failed(&p->rows[side]))
        return ST_OK;
    return err_set(err, ST_FATAL, "usage: more than %d scores, or memory is short: --from, --until",
                   PAIRS_ROWS_MAX);
}

static int by_key(const void *a, const void *b)
{
    const struct pairs_row *p = a;
    const struct pairs_row *q = b;

    return (p->key > q->key) - (p->key < q->key);
}

/* Sums of one output over the pairs, centred on the first pair. */
struct sums {
    double n, a0, b0, a, b, aa, bb, ab, d_abs, d_max, beyond, flipped;
};

static void sums_add(struct sums *s, double a, double b, double bound)
{
    double d = fabs(b - a);

    if (s->n == 0.0) {
        s->a0 = a;
        s->b0 = b;
    }
    s->n += 1.0;
    s->d_abs += d;
    s->d_max = d > s->d_max ? d : s->d_max;
    s->beyond += d > bound;
    s->flipped += a * b < 0.0 && (fabs(a) > bound || fabs(b) > bound);
    a -= s->a0;
    b -= s->b0;
    s->a += a;
    s->b += b;
    s->aa += a * a;
    s->bb += b * b;
    s->ab += a * b;
}

static double positive(double x)
{
    return x > 0.0 ? x : 0.0;
}

static struct pairs_output sums_end(const struct sums *s)
{
    double n = s->n;
    double va = positive(s->aa / n - s->a / n * (s->a / n));
    double vb = positive(s->bb / n - s->b / n * (s->b / n));
    double cov = s->ab / n - s->a / n * (s->b / n);

    return (struct pairs_output){
        .mean = { s->a0 + s->a / n, s->b0 + s->b / n },
        .sd = { sqrt(va), sqrt(vb) },
        .diff_mean = s->b0 - s->a0 + (s->b - s->a) / n,
        .diff_sd = sqrt(positive(va + vb - 2.0 * cov)),
        .diff_abs = s->d_abs / n,
        .diff_max = n > 0.0 ? s->d_max : (double)NAN,
        .correlation = cov / sqrt(va * vb),
        .beyond = s->beyond / n,
        .flipped = s->flipped / n,
    };
}

void pairs_compare(struct pairs *p, double bound, struct pairs_report *out)
{
    const size_t size = sizeof(struct pairs_row);
    struct sums sums[OUTPUT_N] = { { 0 } };
    const struct pairs_row *v[PAIRS_SIDES];
    size_t n[PAIRS_SIDES];
    size_t i = 0;
    size_t k = 0;

    memset(out, 0, sizeof(*out));
    out->bound = bound;
    for (int side = 0; side < PAIRS_SIDES; side++) {
        n[side] = p->rows[side].n / size;
        if (n[side] > 0)
            qsort(p->rows[side].p, n[side], size, by_key);
        v[side] = (const void *)p->rows[side].p;
    }
    while (i < n[0] && k < n[1]) {
        int order = by_key(&v[0][i], &v[1][k]);

        for (enum output o = 0; order == 0 && o < OUTPUT_N; o++)
            sums_add(&sums[o], v[0][i].output[o], v[1][k].output[o], bound);
        out->n += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    out->alone[0] = n[0] - out->n;
    out->alone[1] = n[1] - out->n;
    for (enum output o = 0; o < OUTPUT_N; o++)
        out->output[o] = sums_end(&sums[o]);
}
