/* SPDX-License-Identifier: MIT */
#include "drift/evidence.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/eigen.h"
#include "stats/family.h"
#include "stats/special.h"
#include "stats/wide.h"

/* One of the two tests: its directions. */
struct directions {
    enum evidence_test test;
    struct pencil pencil;
    double least[EIGEN_MAX]; /* comments that each needs; infinite: the baseline is too small */
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
    size_t commonest;
    double rest; /* comments beside the commonest cell; 0: not tested */
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

/* From the kurtosis of each direction, its fourth moment over the square of its variance, and what
 * the baseline is worth for it. */
static void fill_least(const struct evidence *e, struct directions *of)
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
    for (size_t i = 0; i < EIGEN_MAX; i++)
        of->least[i] = (double)INFINITY;
    for (size_t i = 0; i < of->pencil.k; i++) {
        double m = e->m / (e->long_run * (1 + of->pencil.lambda[i] * (e->video_size - 1)));
        double kurtosis = fourths[i] / (squares[i] * squares[i]);

        if (m >= EVIDENCE_BASELINE_PER_KURTOSIS * kurtosis)
            of->least[i] = EVIDENCE_PER_KURTOSIS * kurtosis;
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
        e->commonest = counts->v[i] > counts->v[e->commonest] ? i : e->commonest;
    }
    e->video_size = fmax(video_size, 1);
    e->long_run = spread_long_run(spread);
    ranks_init(&e->ranks, counts->v, cells);
    if (e->ranks.groups == 1 && !counts->no_rest)
        e->rest = e->m - (double)counts->v[e->commonest];
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
    fill_least(e, &e->neyman);
    fill_least(e, &e->groups);
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
    static const char *const names[] = { "", "neyman", "groups", "unseen", "rest" };

    return names[test];
}

/* What one test found. */
struct finding {
    enum evidence_test test; /* NONE: nothing could be tested */
    double p;
    double statistic;
    double df;
    double effect;
};

/* Keeps it when it is the strongest so far. */
static void keep_stronger(struct outcome *out, const struct finding *one)
{
    if (out->test != EVIDENCE_NONE && !(one->p < out->p))
        return;
    out->test = one->test;
    out->p = one->p;
    out->statistic = one->statistic;
    out->df = one->df;
    out->effect = one->effect;
}

/* All of a test but its p. NONE when there is no direction to test. */
static void sum_directions(const struct directions *of, const double *d, const struct weights *w,
                           struct finding *out)
{
    struct wide_directions sums = { .n = of->pencil.n,
                                    .k = of->pencil.k,
                                    .t = of->pencil.t,
                                    .lambda = of->pencil.lambda,
                                    .least = of->least,
                                    .there = w->n,
                                    .more = w->video_size - 1,
                                    .a = w->a,
                                    .b = w->b };

    wide()->directions(&sums, d);
    out->test = sums.taken > 0 ? of->test : EVIDENCE_NONE;
    out->df = (double)sums.taken;
    out->statistic = sums.statistic;
    out->effect = fmax(sums.excess, 0);
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
    struct finding one = { .test = EVIDENCE_UNSEEN, .p = 1 };
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

/* Squared shift of the rest's share beyond noise, in its variance; at most the shift. */
static double rest_effect(double before, double now, double noise)
{
    double d = now - before;

    return d > 0 ? fmax(fmin(d, d * d / (before * (1 - before)) - noise), 0) : 0;
}

/* Comments of the largest video that there can be among n whose mean video size is b: it and n less
 * it of one comment each have the squares of all, M^2 + n - M = n b. */
static double largest_video(double n, double b)
{
    return (1 + sqrt(1 + 4 * n * (b - 1))) / 2;
}

/* p of so many events of the rest in a window that is worth eff_n. */
static double p_rest(const struct evidence *e, double events, double eff_n)
{
    double eff_m = e->m / (e->video_size * e->long_run);
    double r = ceil(e->rest / (e->video_size * e->long_run));

    return p_unseen(floor(events), r, eff_n, eff_n + eff_m);
}

/* As if what x of n comments vary by were of videos of the largest size, so many as make it up:
 * what is more than expected is counted in them. */
static double p_rest_of_largest(const struct evidence *e, double x, double n, double b)
{
    double share = e->rest / e->m;
    double most = largest_video(n, b);
    double eff_n = n * b / (most * most * e->long_run);
    double more = (x - share * n) / (most * e->long_run);

    return p_rest(e, more + share * eff_n, eff_n);
}

/* False when there is no rest. */
static bool test_rest(const struct evidence *e, const uint64_t *counts, double n, double b,
                      struct outcome *out)
{
    struct finding one = { .test = EVIDENCE_REST };
    double x = n - (double)counts[e->commonest];
    double noise = (b / n + e->video_size / e->m) * e->long_run;
    double of_video = b * e->long_run; /* comments that are one event */

    if (!(e->rest > 0))
        return false;
    one.statistic = floor(x / of_video);
    one.p = fmax(p_rest(e, x / of_video, n / of_video), p_rest_of_largest(e, x, n, b));
    one.effect = rest_effect(e->rest / e->m, x / n, noise);
    keep_stronger(out, &one);
    return true;
}

static struct weights weigh(const struct evidence_case *c)
{
    const struct evidence *e = c->of;
    const double size = fmax(c->b, 1);
    const double n = (double)c->n;

    return (struct weights){
        .a = 1 / n + 1 / e->m,
        .b = (size - 1) / n + (e->video_size - 1) / e->m,
        .n = n / e->long_run,
        .video_size = size,
        .df_videos = 3 * fmax(n / (size * e->long_run), 1),
    };
}

enum { NEYMAN, GROUPS, BY_DIRECTIONS };

/* Cases that are tested together. */
struct together {
    const struct evidence_case *cases[RANKS_TOGETHER];
    struct outcome *out[RANKS_TOGETHER];
    struct ranks_window ranks[RANKS_TOGETHER];
    struct weights weights[RANKS_TOGETHER];
    struct finding found[BY_DIRECTIONS][RANKS_TOGETHER];
    size_t n;
};

/* p of all outcomes by directions. */
static void fill_p(struct together *t)
{
    struct special_f f[BY_DIRECTIONS * RANKS_TOGETHER];
    struct finding *whose[BY_DIRECTIONS * RANKS_TOGETHER];
    double p[BY_DIRECTIONS * RANKS_TOGETHER];
    size_t n = 0;

    for (size_t k = 0; k < BY_DIRECTIONS; k++) {
        for (size_t i = 0; i < t->n; i++) {
            struct finding *one = &t->found[k][i];

            if (one->test == EVIDENCE_NONE)
                continue;
            f[n] = (struct special_f){ one->statistic / one->df, one->df, t->weights[i].df_videos };
            whose[n++] = one;
        }
    }
    special_f_sfs(f, n, p);
    for (size_t i = 0; i < n; i++)
        whose[i]->p = p[i];
}

static void conclude(const struct together *t, size_t i)
{
    const struct evidence_case *c = t->cases[i];
    struct outcome *out = t->out[i];
    size_t tests = 0;

    out->df_videos = t->weights[i].df_videos;
    for (size_t k = 0; k < BY_DIRECTIONS; k++) {
        if (t->found[k][i].test == EVIDENCE_NONE)
            continue;
        keep_stronger(out, &t->found[k][i]);
        tests++;
    }
    tests += test_rest(c->of, c->counts, (double)c->n, t->weights[i].video_size, out) ? 1 : 0;
    tests += test_unseen(c->of, c->counts, (double)c->n, t->weights[i].video_size, out) ? 1 : 0;
    if (tests > 0)
        out->p = family_bonferroni(out->p, tests);
}

static void test_together(struct together *t)
{
    ranks_measure(t->ranks, t->n);
    for (size_t i = 0; i < t->n; i++) {
        const struct evidence *e = t->cases[i]->of;

        t->weights[i] = weigh(t->cases[i]);
        sum_directions(&e->neyman, t->ranks[i].moment, &t->weights[i], &t->found[NEYMAN][i]);
        sum_directions(&e->groups, t->ranks[i].group, &t->weights[i], &t->found[GROUPS][i]);
    }
    fill_p(t);
    for (size_t i = 0; i < t->n; i++)
        conclude(t, i);
    t->n = 0;
}

/* What is to be measured; what comes out is left as it is. */
static void set_ranks(const struct evidence_case *c, struct ranks_window *r)
{
    r->ranks = &c->of->ranks;
    r->counts = c->counts;
    r->below = c->below;
    r->n = (double)c->n;
}

void evidence_moments(const struct evidence_case *c, double out[RANK_MOMENTS])
{
    struct ranks_window r;
    struct weights w;

    memset(out, 0, RANK_MOMENTS * sizeof(*out));
    if (c->n <= 0 || c->of->m == 0)
        return;
    w = weigh(c);
    set_ranks(c, &r);
    ranks_measure(&r, 1);
    for (size_t k = 0; k < RANK_MOMENTS; k++) {
        const double *var = c->of->var[k];

        if (var[0] >= EIGEN_RANK_MIN)
            out[k] = r.moment[k] / sqrt(w.a * var[0] + w.b * var[1]);
    }
}

void evidence_test(const struct evidence_case *cases, size_t n, struct outcome *out)
{
    struct together t;

    t.n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct evidence_case *c = &cases[i];

        out[i] = (struct outcome){ .p = (double)NAN };
        if (c->n <= 0 || c->of->m == 0)
            continue;
        t.cases[t.n] = c;
        t.out[t.n] = &out[i];
        set_ranks(c, &t.ranks[t.n++]);
        if (t.n == RANKS_TOGETHER)
            test_together(&t);
    }
    if (t.n > 0)
        test_together(&t);
}
