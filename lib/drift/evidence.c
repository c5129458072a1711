/* SPDX-License-Identifier: MIT */
#include "drift/evidence.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/eigen.h"
#include "stats/family.h"
#include "stats/special.h"

/* One of the two tests: its directions. */
struct directions {
    enum evidence_test test;
    struct pencil pencil;
    double kurtosis[EIGEN_MAX]; /* of each, over the baseline's comments */
    bool known[EIGEN_MAX];      /* the baseline holds enough comments to tell */
};

struct evidence {
    struct ranks ranks;
    const uint64_t *counts; /* of the baseline, behind this struct */
    double m;
    double video_size;
    double long_run;  /* comments that are worth one */
    uint16_t *unseen; /* cells without comments, behind the counts */
    size_t n_unseen;
    double singles; /* comments that are alone in their cell */
    struct directions neyman;
    struct directions groups;
    double var[RANK_MOMENTS][2]; /* diagonals of A and B of the moments */
};

/* What the covariance of this window is made of. */
struct weights {
    double a;
    double b;
    double n; /* comments, long runs of them as one */
    double video_size;
    double df_videos;
};

/* What the directions of a pencil are in one cell: z of a single comment there. */
static void cell_directions(const struct ranks *r, const struct directions *of, size_t cell,
                            double *z)
{
    double d[RANK_GROUPS_MAX] = { 0 };

    for (size_t g = 0; g < r->groups; g++)
        d[g] = (r->group[cell] == g ? 1 : 0) - r->share[g];
    pencil_project(&of->pencil, of->test == EVIDENCE_GROUPS ? d : r->moment[cell], z);
}

/* Fourth moments of the directions over the squares of their variances, and what
 * the baseline is worth for each. */
static void fill_kurtosis(const struct evidence *e, struct directions *of)
{
    double squares[EIGEN_MAX] = { 0 };
    double fourths[EIGEN_MAX] = { 0 };
    double z[EIGEN_MAX];

    for (size_t c = 0; c < e->ranks.cells; c++) {
        double share = (double)e->counts[c] / e->m;

        cell_directions(&e->ranks, of, c, z);
        for (size_t i = 0; i < of->pencil.k; i++) {
            squares[i] += share * z[i] * z[i];
            fourths[i] += share * z[i] * z[i] * z[i] * z[i];
        }
    }
    for (size_t i = 0; i < of->pencil.k; i++) {
        double m = e->m / (e->long_run * (1 + of->pencil.lambda[i] * (e->video_size - 1)));

        of->kurtosis[i] = fourths[i] / (squares[i] * squares[i]);
        of->known[i] = m >= EVIDENCE_BASELINE_PER_KURTOSIS * of->kurtosis[i];
    }
}

struct evidence *evidence_new(const struct evidence_counts *counts, const struct spread *spread,
                              double video_size)
{
    const size_t cells = counts->cells;
    double a[RANK_GROUPS_MAX * RANK_GROUPS_MAX];
    double b[RANK_GROUPS_MAX * RANK_GROUPS_MAX];
    struct evidence *e = calloc(1, sizeof(*e) + cells * (sizeof(*counts->v) + sizeof(*e->unseen)));

    if (!e)
        return NULL;
    memcpy(e + 1, counts->v, cells * sizeof(*counts->v));
    e->counts = (const uint64_t *)(const void *)(e + 1);
    e->unseen = (uint16_t *)(void *)((uint64_t *)(void *)(e + 1) + cells);
    for (size_t i = 0; i < cells; i++) {
        e->m += (double)counts->v[i];
        if (counts->v[i] == 0)
            e->unseen[e->n_unseen++] = (uint16_t)i;
        e->singles += counts->v[i] == 1 ? 1 : 0;
    }
    e->video_size = fmax(video_size, 1);
    e->long_run = spread_long_run(spread);
    ranks_init(&e->ranks, counts->v, cells);
    e->neyman.test = EVIDENCE_NEYMAN;
    spread_moments(spread, &e->ranks, a, b);
    pencil_init(&e->neyman.pencil, a, b, RANK_MOMENTS);
    e->neyman.pencil.k = counts->nominal ? 0 : e->neyman.pencil.k;
    for (size_t k = 0; k < RANK_MOMENTS && !counts->nominal; k++) {
        e->var[k][0] = a[k * RANK_MOMENTS + k];
        e->var[k][1] = b[k * RANK_MOMENTS + k];
    }
    spread_groups(spread, &e->ranks, a, b);
    e->groups.test = EVIDENCE_GROUPS;
    pencil_init(&e->groups.pencil, a, b, e->ranks.groups);
    fill_kurtosis(e, &e->neyman);
    fill_kurtosis(e, &e->groups);
    return e;
}

void evidence_free(struct evidence *e)
{
    free(e);
}

size_t evidence_groups(const struct evidence *e)
{
    return e->ranks.groups;
}

const char *evidence_test_name(enum evidence_test test)
{
    static const char *const names[] = { "", "neyman", "groups", "unseen" };

    return names[test];
}

/* Keeps a test's outcome when it is the strongest so far. */
static void keep_stronger(struct outcome *out, const struct outcome *one)
{
    if (out->test != EVIDENCE_NONE && !(one->p < out->p))
        return;
    out->test = one->test;
    out->p = one->p;
    out->statistic = one->statistic;
    out->df = one->df;
    out->effect = one->effect;
}

/* False when there is no direction to test. */
static bool test_directions(const struct directions *of, const double *d, const struct weights *w,
                            struct outcome *out)
{
    const struct pencil *p = &of->pencil;
    struct outcome one = { .test = of->test };
    double z[EIGEN_MAX];
    double effect = 0;

    pencil_project(p, d, z);
    for (size_t i = 0; i < p->k; i++) {
        double var = w->a + w->b * p->lambda[i];
        double n = w->n / (1 + p->lambda[i] * (w->video_size - 1));

        if (n < EVIDENCE_PER_KURTOSIS * of->kurtosis[i] || !of->known[i])
            continue;
        one.df += 1;
        one.statistic += z[i] * z[i] / var;
        effect += z[i] * z[i] - var;
    }
    if (one.df == 0)
        return false;
    one.effect = fmax(effect, 0);
    one.p = special_f_sf(one.statistic / one.df, one.df, w->df_videos);
    keep_stronger(out, &one);
    return true;
}

/* Comments in cells where the baseline has none. */
static double count_unseen(const struct evidence *e, const uint64_t *counts)
{
    uint64_t x = 0;

    for (size_t i = 0; i < e->n_unseen; i++)
        x += counts[e->unseen[i]];
    return (double)x;
}

enum { UNSEEN_TERMS_MAX = 64 }; /* p is below 1e-19 behind them, or n is most of n + m */

/* How likely at least x of x + singles are in the window, of which all are worth eff_n of all. */
static double p_unseen(double x, double singles, double eff_n, double all)
{
    double p = 1;

    if (singles > 0 && x > 0)
        return special_beta(x, singles + 1, eff_n / all);
    for (int i = 0; i < x && i < UNSEEN_TERMS_MAX && eff_n > i; i++)
        p *= (eff_n - i) / (all - i);
    return p;
}

/* False when there is no such cell. */
static bool test_unseen(const struct evidence *e, const uint64_t *counts, double n, double b,
                        struct outcome *out)
{
    struct outcome one = { .test = EVIDENCE_UNSEEN, .p = 1 };
    double eff_n = n / b;
    double all = eff_n + e->m / e->video_size;

    if (e->n_unseen == 0)
        return false;
    one.statistic = floor(count_unseen(e, counts) / b);
    one.p = p_unseen(one.statistic, e->singles, eff_n, all);
    one.effect = one.statistic * b / n;
    keep_stronger(out, &one);
    return true;
}

void evidence_test(const struct evidence *e, const uint64_t *counts, int64_t n, double b,
                   struct outcome *out)
{
    double moment[RANK_MOMENTS];
    double group[RANK_GROUPS_MAX];
    double size = fmax(b, 1);
    double dn = (double)n;
    struct weights w;
    size_t tests = 0;

    *out = (struct outcome){ .p = (double)NAN };
    if (n <= 0 || e->m == 0)
        return;
    w = (struct weights){
        .a = 1 / dn + 1 / e->m,
        .b = (size - 1) / dn + (e->video_size - 1) / e->m,
        .n = dn / e->long_run,
        .video_size = size,
        .df_videos = 3 * fmax(dn / (size * e->long_run), 1),
    };
    out->df_videos = w.df_videos;
    ranks_measure(&e->ranks, counts, dn, moment, group);
    tests += test_directions(&e->neyman, moment, &w, out) ? 1 : 0;
    tests += test_directions(&e->groups, group, &w, out) ? 1 : 0;
    tests += test_unseen(e, counts, dn, size, out) ? 1 : 0;
    if (tests == 0)
        return;
    out->p = family_bonferroni(out->p, tests);
    for (size_t k = 0; k < RANK_MOMENTS; k++) {
        double var = w.a * e->var[k][0] + w.b * e->var[k][1];

        out->moment[k] = e->var[k][0] >= EIGEN_RANK_MIN ? moment[k] / sqrt(var) : 0;
    }
}
