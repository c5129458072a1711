/* SPDX-License-Identifier: MIT */
#include "drift/spread.h"

#include <math.h>
#include <string.h>

#include "stats/eigen.h"

enum { BATCHES_WANTED = 64, BATCH_MIN = 8, BATCHES_MIN = 8 };

/* Moments, then groups: what is analysed together. */
enum { WIDE = RANK_MOMENTS + RANK_GROUPS_MAX };

struct anova {
    double videos;
    double n;
    double n_squares;                            /* sum of n_v^2 */
    double moments[RANK_MOMENTS * RANK_MOMENTS]; /* sum of n_v mean_v mean_v' */
    double groups[RANK_GROUPS_MAX * RANK_GROUPS_MAX];
};

/* One video: its comments and the sums of their moments and memberships, each
 * less the baseline's mean. */
struct video_sums {
    double n;
    double sum[WIDE];
};

static void add_outer(double *into, const double *x, size_t n, double weight)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            into[i * n + j] += weight * x[i] * x[j];
}

static void video_end(struct anova *a, const struct ranks *r, struct video_sums *v)
{
    if (v->n > 0) {
        for (size_t g = 0; g < r->groups; g++)
            v->sum[RANK_MOMENTS + g] -= v->n * r->share[g];
        a->videos += 1;
        a->n += v->n;
        a->n_squares += v->n * v->n;
        add_outer(a->moments, v->sum, RANK_MOMENTS, 1 / v->n);
        add_outer(a->groups, v->sum + RANK_MOMENTS, r->groups, 1 / v->n);
    }
    *v = (struct video_sums){ 0 };
}

static void analyse(struct anova *a, const struct ranks *r, const struct spread_rows *rows)
{
    struct video_sums v = { 0 };

    *a = (struct anova){ 0 };
    for (size_t i = 0; i < rows->n; i++) {
        size_t row = rows->by_video[i];
        int32_t cell = rows->cell[row];

        if (i > 0 && rows->video[row] != rows->video[rows->by_video[i - 1]])
            video_end(a, r, &v);
        if (cell < 0)
            continue;
        v.n += 1;
        v.sum[RANK_MOMENTS + r->group[cell]] += 1;
        for (size_t k = 0; k < RANK_MOMENTS; k++)
            v.sum[k] += r->moment[cell][k];
    }
    video_end(a, r, &v);
}

/* B from the sums of squares between videos and the whole covariance:
 * (SSB / (V - 1) - SSW / (n - V)) / n0. Packs the lower triangle. */
static void between(const struct anova *a, const double *ssb, const double *cov, size_t n,
                    double *packed)
{
    double b[RANK_GROUPS_MAX * RANK_GROUPS_MAX];
    double n0 = (a->n - a->n_squares / a->n) / (a->videos - 1);

    for (size_t i = 0; i < n * n; i++)
        b[i] = (ssb[i] / (a->videos - 1) - (a->n * cov[i] - ssb[i]) / (a->n - a->videos)) / n0;
    eigen_make_psd(b, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            *packed++ = b[i * n + j];
}

static void learn_videos(const struct ranks *r, const struct spread_rows *rows, struct spread *out)
{
    double cov[RANK_GROUPS_MAX * RANK_GROUPS_MAX];
    struct anova a;

    analyse(&a, r, rows);
    if (a.videos < 2 || a.n <= a.videos)
        return;
    out->known = true;
    ranks_group_cov(r, cov);
    between(&a, a.moments, r->cov, RANK_MOMENTS, out->moments);
    between(&a, a.groups, cov, r->groups, out->groups);
}

/* Mean size of the video that a comment of this stretch belongs to. */
static double mean_video_size(const struct spread_rows *rows, size_t from, size_t n)
{
    double same = 0;

    if (!rows->video)
        return 1;
    for (size_t i = from; i < from + n; i++)
        for (size_t k = from; k < from + n; k++)
            same += rows->video[i] == rows->video[k];
    return same / (double)n;
}

/* Squares of the sums of stretches, and what they would be on average. */
struct batches {
    size_t n;
    double square[RANK_MOMENTS];
    double expected[RANK_MOMENTS];
};

static void add_batch(struct batches *b, const struct ranks *r, const struct spread_rows *rows,
                      const double *between_var, size_t from, size_t length)
{
    double size = mean_video_size(rows, from, length);
    double sum[RANK_MOMENTS] = { 0 };
    double n = 0;

    for (size_t i = from; i < from + length; i++) {
        if (rows->cell[i] < 0)
            continue;
        n += 1;
        for (size_t k = 0; k < RANK_MOMENTS; k++)
            sum[k] += r->moment[rows->cell[i]][k];
    }
    size = fmax(1, size * n / (double)length);
    for (size_t k = 0; k < RANK_MOMENTS; k++) {
        b->square[k] += sum[k] * sum[k];
        b->expected[k] += n * (r->cov[k * RANK_MOMENTS + k] + between_var[k] * (size - 1));
    }
    b->n++;
}

/* Position of (i, j), j <= i, in a packed lower triangle. */
static size_t packed_at(size_t i, size_t j)
{
    return i * (i + 1) / 2 + j;
}

static void learn_time(const struct ranks *r, const struct spread_rows *rows, struct spread *out)
{
    size_t length = rows->n / BATCHES_WANTED;
    struct batches b = { 0 };
    double between_var[RANK_MOMENTS];

    length = length < BATCH_MIN ? BATCH_MIN : length;
    length = length > SPREAD_BATCH_MAX ? SPREAD_BATCH_MAX : length;
    for (size_t k = 0; k < RANK_MOMENTS; k++)
        between_var[k] = out->known ? out->moments[packed_at(k, k)] : r->cov[k * RANK_MOMENTS + k];
    for (size_t from = 0; from + length <= rows->n; from += length)
        add_batch(&b, r, rows, between_var, from, length);
    if (b.n < BATCHES_MIN)
        return;
    for (size_t k = 0; k < RANK_MOMENTS; k++) {
        double ratio = b.expected[k] > 0 ? b.square[k] / b.expected[k] : 1;
        double noise = sqrt(2 / (double)b.n); /* of the ratio, relative */

        if (ratio > 1 + 2 * noise)
            out->long_run[k] = ratio * (1 + noise) - 1;
    }
}

void spread_learn(const struct ranks *r, const struct spread_rows *rows, struct spread *out)
{
    *out = (struct spread){ 0 };
    if (r->groups == 0)
        return;
    if (rows->video)
        learn_videos(r, rows, out);
    learn_time(r, rows, out);
}

static void pack(const double *full, size_t n, double times, double *packed)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            packed[packed_at(i, j)] = times * full[i * n + j];
}

void spread_carry(const struct spread *of, double icc, const struct ranks *r, struct spread *out)
{
    double groups[RANK_GROUPS_MAX * RANK_GROUPS_MAX];

    *out = (struct spread){ .known = of->known };
    memcpy(out->long_run, of->long_run, sizeof(out->long_run));
    if (!of->known)
        return;
    pack(r->cov, RANK_MOMENTS, icc, out->moments);
    ranks_group_cov(r, groups);
    pack(groups, r->groups, icc, out->groups);
}

static void unpack(const double *packed, size_t n, double *full)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            full[i * n + j] = packed[i >= j ? packed_at(i, j) : packed_at(j, i)];
}

/* What the long run adds to the moments: a diagonal, kept within the range of
 * their covariance, where a feature of few values has no other. */
static void long_run_moments(const struct spread *s, const struct ranks *r, double *add)
{
    enum { N = RANK_MOMENTS };
    double work[N * N];
    double values[N];
    double v[N * N];
    double range[N * N] = { 0 }; /* projector */

    memcpy(work, r->cov, sizeof(work));
    eigen_symmetric(work, N, values, v);
    for (size_t e = 0; e < N; e++)
        for (size_t i = 0; i < N && values[e] >= EIGEN_RANK_MIN; i++)
            for (size_t j = 0; j < N; j++)
                range[i * N + j] += v[i * N + e] * v[j * N + e];
    memset(add, 0, sizeof(work));
    for (size_t k = 0; k < N; k++)
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++)
                add[i * N + j] +=
                    range[i * N + k] * range[j * N + k] * s->long_run[k] * r->cov[k * N + k];
}

void spread_moments(const struct spread *s, const struct ranks *r, double *a, double *b)
{
    double add[RANK_MOMENTS * RANK_MOMENTS];

    long_run_moments(s, r, add);
    for (size_t i = 0; i < sizeof(add) / sizeof(add[0]); i++)
        a[i] = r->cov[i] + add[i];
    if (s->known)
        unpack(s->moments, RANK_MOMENTS, b);
    else
        memcpy(b, r->cov, sizeof(r->cov));
}

double spread_long_run(const struct spread *s)
{
    double most = 0;

    for (size_t k = 0; k < RANK_MOMENTS; k++)
        most = fmax(most, s->long_run[k]);
    return 1 + most;
}

/* The groups follow the moments as far as they go together with them; what they
 * have beyond has the factor of the last moment. */
void spread_groups(const struct spread *s, const struct ranks *r, double *a, double *b)
{
    size_t n = r->groups;
    double rest = s->long_run[RANK_MOMENTS - 1];

    ranks_group_cov(r, b);
    for (size_t i = 0; i < n * n; i++)
        a[i] = b[i] * (1 + rest);
    for (size_t k = 0; k < RANK_MOMENTS; k++) {
        double var = r->cov[k * RANK_MOMENTS + k];

        if (var >= EIGEN_RANK_MIN && s->long_run[k] > rest)
            add_outer(a, r->cross[k], n, (s->long_run[k] - rest) / var);
    }
    if (s->known)
        unpack(s->groups, n, b);
}
