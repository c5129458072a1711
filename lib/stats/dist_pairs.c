/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>
#include <stdbool.h>

#include "stats/distance_inner.h"
#include "stats/wide.h"

/* Some bins of a pair in a block of bins: the rest of them is in others. */
struct part {
    struct dist_pair *of;
    size_t end; /* in the block */
};

struct block {
    size_t n;
    size_t parts;
    struct part part[DIST_BLOCK];
    double ref[DIST_BLOCK];
    double cur[DIST_BLOCK];
    double refs[DIST_BLOCK]; /* what the counts of the pair add up to */
    double curs[DIST_BLOCK];
    double refs_half[DIST_BLOCK]; /* the same, with half a count in every bin */
    double curs_half[DIST_BLOCK];
};

static void add_psi(const struct block *b)
{
    double gap[DIST_BLOCK] = { 0 };
    double log[DIST_BLOCK];

    for (size_t i = 0; i < b->n; i++) {
        const double p = (b->ref[i] + 0.5) / b->refs_half[i];
        const double q = (b->cur[i] + 0.5) / b->curs_half[i];

        gap[i] = q - p;
        log[i] = q / p;
    }
    wide()->log(log, b->n);
    for (size_t k = 0, i = 0; k < b->parts; k++) {
        double sum = b->part[k].of->psi;

        for (; i < b->part[k].end; i++)
            sum += gap[i] * log[i];
        b->part[k].of->psi = sum;
    }
}

static void add_js(const struct block *b)
{
    double share[2][DIST_BLOCK]; /* of ref, of cur */
    double log[2 * DIST_BLOCK];  /* of ref, then of cur */

    for (size_t i = 0; i < b->n; i++) {
        const double p = b->ref[i] / b->refs[i];
        const double q = b->cur[i] / b->curs[i];
        const double mid = (p + q) / 2.0;
        const double p_ratio = p / mid;
        const double q_ratio = q / mid;

        share[0][i] = p;
        share[1][i] = q;
        log[i] = p > 0.0 ? p_ratio : 1.0; /* 0 ln 0 = 0 */
        log[b->n + i] = q > 0.0 ? q_ratio : 1.0;
    }
    wide()->log(log, 2 * b->n);
    for (size_t k = 0, i = 0; k < b->parts; k++) {
        double sum = b->part[k].of->js;

        for (; i < b->part[k].end; i++) {
            sum += share[0][i] * log[i];
            sum += share[1][i] * log[b->n + i];
        }
        b->part[k].of->js = sum;
    }
}

static void flush(struct block *b)
{
    add_psi(b);
    add_js(b);
    b->n = 0;
    b->parts = 0;
}

static void add_pair(struct block *b, struct dist_pair *pair, double refs, double curs)
{
    const double half = (double)pair->bins / 2.0;

    for (size_t at = 0; at < pair->bins;) {
        const size_t room = DIST_BLOCK - b->n;
        const size_t n = pair->bins - at < room ? pair->bins - at : room;

        for (size_t i = 0; i < n; i++) {
            b->ref[b->n + i] = real(pair->ref[at + i]);
            b->cur[b->n + i] = real(pair->cur[at + i]);
            b->refs[b->n + i] = refs;
            b->curs[b->n + i] = curs;
            b->refs_half[b->n + i] = refs + half;
            b->curs_half[b->n + i] = curs + half;
        }
        at += n;
        b->n += n;
        b->part[b->parts++] = (struct part){ pair, b->n };
        if (b->n == DIST_BLOCK)
            flush(b);
    }
}

void dist_pairs(struct dist_pair *pairs, size_t n)
{
    struct block b;

    b.n = 0;
    b.parts = 0;
    for (size_t i = 0; i < n; i++) {
        const double refs = real(total(pairs[i].ref, pairs[i].bins));
        const double curs = real(total(pairs[i].cur, pairs[i].bins));
        const bool defined = refs > 0.0 && curs > 0.0;

        pairs[i].psi = pairs[i].js = defined ? 0.0 : (double)NAN;
        if (defined)
            add_pair(&b, &pairs[i], refs, curs);
    }
    flush(&b);
    for (size_t i = 0; i < n; i++)
        if (!isnan(pairs[i].js))
            pairs[i].js = pairs[i].js > 0.0 ? sqrt(pairs[i].js / 2.0) : 0.0;
}
