/* SPDX-License-Identifier: MIT */
#include "stats/axis.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/distance.h"
#include "stats/distance_inner.h"
#include "stats/wide.h"

/* Of cells that hold something, but for one in front of them, and some behind, so that they can be
 * taken by fours: the sweep finds nothing there. */
enum { FRONT = 1, BEHIND = WIDE_FOUR };

struct axis {
    const uint64_t *counts;
    const int64_t *sums;
    size_t cells;
    size_t held;   /* that hold something                                    */
    size_t points; /* of them so many, the first ones, have whole ascending means */
    double n;
    double most_whole; /* the largest of their |mean|                            */
    double *share;     /* at or below each; the others are in the same block     */
    double *mean;      /* of each                                                */
    int64_t *whole;    /* the same, of points                                    */
    uint16_t *at;      /* which cell it is                                       */
};

static bool make_room(struct axis *a)
{
    const size_t n = FRONT + a->held + BEHIND;

    a->share = calloc(n, sizeof(*a->share) + sizeof(*a->mean) + sizeof(*a->whole) + sizeof(*a->at));
    if (!a->share)
        return false;
    a->mean = a->share + n;
    a->whole = (int64_t *)(void *)(a->mean + n);
    a->at = (uint16_t *)(void *)(a->whole + n);
    a->share += FRONT;
    a->mean += FRONT;
    return true;
}

static void fill_cells(struct axis *a)
{
    uint64_t below = 0;
    size_t k = 0;

    a->mean[-1] = -DBL_MAX; /* low enough; nothing lies between it and the first point */
    for (size_t i = 0; i < a->cells; i++) {
        if (a->counts[i] == 0)
            continue;
        below += a->counts[i];
        a->at[k] = (uint16_t)i;
        a->share[k] = real(below) / a->n;
        a->mean[k++] = (double)a->sums[i] / real(a->counts[i]);
    }
    for (size_t i = 0; i < BEHIND; i++) {
        a->share[k + i] = 1.0;
        a->mean[k + i] = DBL_MAX;
    }
}

/* Up to 2^53 whole numbers are doubles, and their quotients exact. */
static const double exact_max = 0x1p53;

static void find_points(struct axis *a)
{
    for (size_t k = 0; k < a->held; k++) {
        const int64_t n = (int64_t)a->counts[a->at[k]];
        const int64_t sum = a->sums[a->at[k]];
        const double *mean =
            a->mean + k; /* mean[-1]: that of the cell before, or the one in front */

        if (fabs((double)sum) > exact_max || sum % n != 0 || mean[0] < mean[-1])
            return;
        a->whole[k] = sum / n;
        a->most_whole = fmax(a->most_whole, fabs(mean[0]));
        a->points++;
    }
}

struct axis *axis_new(const uint64_t *counts, const int64_t *sums, size_t cells)
{
    struct axis *a = calloc(1, sizeof(*a));

    if (!a)
        return NULL;
    a->counts = counts;
    a->sums = sums;
    a->cells = cells;
    a->n = real(total(counts, cells));
    for (size_t i = 0; i < cells; i++)
        a->held += counts[i] > 0 ? 1 : 0;
    if (!make_room(a)) {
        free(a);
        return NULL;
    }
    fill_cells(a);
    find_points(a);
    return a;
}

void axis_free(struct axis *a)
{
    if (!a)
        return;
    free(a->share - FRONT);
    free(a);
}

/* A window on its way along the axis. */
struct lane {
    struct axis_window *w;
    double m;
    size_t at; /* cells taken */
    uint64_t below;
    bool points; /* so far, and to come */
    struct wide_sweep sweep;
};

/* A block of cells, and room for those that do not lie side by side in the window. */
struct block {
    struct wide_cells cells;
    uint64_t below[WIDE_BLOCK];
    uint64_t count[WIDE_BLOCK];
    int64_t sum[WIDE_BLOCK];
};

/* Fills the last four cells up; how many there are. */
static size_t fill_up(const struct lane *l, struct block *b, size_t n)
{
    for (; n % WIDE_FOUR != 0; n++) {
        b->below[n] = l->below;
        b->count[n] = 0;
        b->sum[n] = 0;
    }
    return n;
}

static size_t next_block(size_t at, size_t end)
{
    return end - at < WIDE_BLOCK ? end - at : WIDE_BLOCK;
}

static void begin_block(const struct lane *l, struct block *b)
{
    b->cells = (struct wide_cells){ .m = l->m,
                                    .f = l->w->axis->share + l->at,
                                    .x = l->w->axis->mean + l->at,
                                    .below = b->below,
                                    .count = b->count,
                                    .sum = b->sum };
}

/* The next cells, if in all of them the window's comments are at the point where the reference's
 * are. */
static size_t take_points(struct lane *l, struct block *b)
{
    const struct axis *a = l->w->axis;
    const uint16_t *at = a->at + l->at;
    const int64_t *point = a->whole + l->at;
    const uint64_t *counts = l->w->counts;
    const int64_t *sums = l->w->sums;
    size_t n = next_block(l->at, a->points);
    uint64_t below = l->below;
    uint64_t other = 0;

    if (l->at + n < a->held)
        n -= n % WIDE_FOUR; /* the rest with those that are none */
    for (size_t i = 0; i < n; i++) {
        const uint64_t count = counts[at[i]];

        below += count;
        b->below[i] = below;
        other |= (uint64_t)sums[at[i]] ^ (count * (uint64_t)point[i]);
    }
    l->points = n > 0 && other == 0;
    if (!l->points)
        return 0;
    l->below = below;
    l->at += n;
    return fill_up(l, b, n);
}

/* The next cells, from where they are. */
static size_t take_as_they_are(struct lane *l, struct wide_cells *c)
{
    const size_t n = next_block(l->at, l->w->axis->cells);

    c->below = l->w->below + l->at + 1;
    c->count = l->w->counts + l->at;
    c->sum = l->w->sums + l->at;
    l->at += n;
    l->below = l->w->below[l->at];
    return n;
}

static size_t take_cells(struct lane *l, struct block *b)
{
    const struct axis *a = l->w->axis;
    const uint16_t *at = a->at + l->at;
    const uint64_t *counts = l->w->counts;
    const int64_t *sums = l->w->sums;
    const size_t n = next_block(l->at, a->held);
    uint64_t below = l->below;

    if (a->held == a->cells && n % WIDE_FOUR == 0)
        return take_as_they_are(l, &b->cells);
    for (size_t i = 0; i < n; i++) {
        below += counts[at[i]];
        b->below[i] = below;
        b->count[i] = counts[at[i]];
        b->sum[i] = sums[at[i]];
    }
    l->below = below;
    l->at += n;
    return fill_up(l, b, n);
}

/* The terms of the next block; how many. */
static size_t go_on(struct lane *l, struct block *b, double *term)
{
    size_t n = 0;

    begin_block(l, b);
    if (l->points && (n = take_points(l, b)) > 0) {
        wide()->sweep_points(&b->cells, &l->sweep, n, term);
        return n;
    }
    if ((n = take_cells(l, b)) == 0)
        return 0;
    wide()->sweep(&b->cells, &l->sweep, n, term);
    return 2 * n;
}

static void begin(struct lane *l, struct axis_window *w)
{
    const struct axis *a = w->axis;

    *l = (struct lane){ .w = w, .m = real(w->below[a->cells]) };
    l->sweep.high = -DBL_MAX;
    if (a->n == 0.0 || l->m == 0.0)
        l->at = a->held;
    else
        l->points = l->m * a->most_whole <= exact_max;
}

static bool is_swept(const struct lane *l)
{
    const uint64_t n = l->w->below[l->w->axis->cells];

    return !l->sweep.descends && l->below == n && n < WIDE_WHOLE && l->sweep.sums < 2 * WIDE_WHOLE;
}

static void finish(const struct lane *l, double area)
{
    struct axis_window *w = l->w;
    const struct axis *a = w->axis;
    const bool defined = a->n > 0.0 && l->m > 0.0;

    w->ks = defined ? l->sweep.most : (double)NAN;
    w->wasserstein = defined ? area : (double)NAN;
    if (!defined || is_swept(l))
        return;
    w->ks = dist_ks_cells(a->counts, w->counts, a->cells);
    w->wasserstein = dist_wasserstein_cells(a->counts, a->sums, w->counts, w->sums, a->cells);
}

struct together {
    struct block block;
    double term[WIDE_SUMS][WIDE_TERMS];
};

/* The terms of the next blocks of n lanes from first on; how many the longest has, to which the
 * others are filled up. */
static size_t next_terms(struct lane *lane, size_t first, size_t n, struct together *t)
{
    size_t terms[WIDE_FOUR] = { 0 };
    size_t most = 0;

    for (size_t k = 0; k < WIDE_FOUR && first + k < n; k++) {
        terms[k] = go_on(&lane[first + k], &t->block, t->term[first + k]);
        most = terms[k] > most ? terms[k] : most;
    }
    for (size_t k = 0; k < WIDE_FOUR; k++)
        for (size_t i = terms[k]; i < most; i++)
            t->term[first + k][i] = 0.0;
    return most;
}

static void measure(struct axis_window *w, size_t n, struct together *t)
{
    struct lane lane[WIDE_SUMS];
    double area[WIDE_SUMS] = { 0 };
    size_t terms[2];

    for (size_t k = 0; k < n; k++)
        begin(&lane[k], &w[k]);
    do {
        terms[0] = next_terms(lane, 0, n, t);
        terms[1] = next_terms(lane, WIDE_FOUR, n, t);
        wide()->add((const double(*)[WIDE_TERMS])t->term, terms, area);
    } while (terms[0] + terms[1] > 0);
    for (size_t k = 0; k < n; k++)
        finish(&lane[k], area[k]);
}

void axis_measure(struct axis_window *w, size_t n)
{
    struct together t;

    for (size_t i = 0; i < n; i += WIDE_SUMS)
        measure(w + i, n - i < WIDE_SUMS ? n - i : WIDE_SUMS, &t);
}
