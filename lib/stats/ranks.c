/* SPDX-License-Identifier: MIT */
#include "stats/ranks.h"

#include <assert.h>
#include <string.h>

#include "stats/wide.h"

/* sqrt of 3, 5 and 7 */
static const double sqrt3 = 0x1.bb67ae8584caap+0;
static const double sqrt5 = 0x1.1e3779b97f4a8p+1;
static const double sqrt7 = 0x1.52a7fa9d2f8eap+1;

void ranks_legendre(double u, double out[RANK_MOMENTS])
{
    double z = 2 * u - 1;
    double z2 = z * z;

    out[0] = sqrt3 * z;
    out[1] = sqrt5 * (3 * z2 - 1) / 2;
    out[2] = sqrt7 * z * (5 * z2 - 3) / 2;
    out[3] = 3 * ((35 * z2 - 30) * z2 + 3) / 8;
}

/* Merges group g into a neighbour, the smaller one. */
static void merge(struct ranks *r, size_t g)
{
    size_t into = g + 1;

    if (g > 0 && (g + 1 == r->groups || r->share[g - 1] < r->share[g + 1]))
        into = g - 1;
    r->share[into] += r->share[g];
    memmove(r->share + g, r->share + g + 1, (r->groups - g - 1) * sizeof(*r->share));
    r->groups--;
    r->share[r->groups] = 0;
    for (size_t i = 0; i < r->cells; i++)
        if (r->group[i] > g || (r->group[i] == g && into < g))
            r->group[i]--;
}

static void cut_groups(struct ranks *r, const uint64_t *counts, double n)
{
    double below = 0;
    int sixteenth = -1;

    for (size_t i = 0; i < r->cells; i++) {
        double mid = (below + (double)counts[i] / 2) / n;
        int at = (int)(mid * RANK_GROUPS_MAX);

        at = at < RANK_GROUPS_MAX ? at : RANK_GROUPS_MAX - 1;
        if (at > sixteenth)
            r->groups++;
        sixteenth = at;
        r->group[i] = (uint8_t)(r->groups - 1);
        r->share[r->groups - 1] += (double)counts[i] / n;
        below += (double)counts[i];
    }
    for (size_t g = 0; g < r->groups && r->groups > 1;) {
        if (r->share[g] * RANK_GROUP_SHARE >= 1) {
            g++;
            continue;
        }
        merge(r, g);
        g = 0;
    }
    for (size_t i = 0; i < r->cells; i++)
        r->run[r->group[i]] = (struct cell_run){ (uint16_t)(i + 1), r->group[i] };
}

static void fill_moments(struct ranks *r, const uint64_t *counts, double n)
{
    double mean[RANK_MOMENTS] = { 0 };
    double below = 0;

    for (size_t i = 0; i < r->cells; i++) {
        ranks_legendre((below + (double)counts[i] / 2) / n, r->moment[i]);
        below += (double)counts[i];
        for (size_t k = 0; k < RANK_MOMENTS; k++)
            mean[k] += r->moment[i][k] * (double)counts[i] / n;
    }
    for (size_t i = 0; i < r->cells; i++) {
        double share = (double)counts[i] / n;
        double *m = r->moment[i];

        for (size_t k = 0; k < RANK_MOMENTS; k++)
            m[k] -= mean[k];
        for (size_t k = 0; k < RANK_MOMENTS; k++) {
            r->cross[k][r->group[i]] += share * m[k];
            for (size_t j = 0; j < RANK_MOMENTS; j++)
                r->cov[k * RANK_MOMENTS + j] += share * m[k] * m[j];
        }
    }
}

void ranks_init(struct ranks *r, const uint64_t *counts, size_t cells)
{
    double n = 0;

    memset(r, 0, sizeof(*r));
    r->cells = cells;
    for (size_t i = 0; i < cells; i++)
        n += (double)counts[i];
    if (n == 0)
        return;
    cut_groups(r, counts, n);
    fill_moments(r, counts, n);
}

static void measure_groups(struct ranks_window *w)
{
    const size_t groups = w->ranks->groups;
    uint64_t in[RANK_GROUPS_MAX];

    cells_to_bins(w->below, w->ranks->run, groups, groups, in);
    for (size_t g = 0; g < groups; g++)
        w->group[g] = (double)(int64_t)in[g] / w->n - w->ranks->share[g];
}

/* A cell without comments adds 0: cheaper than to guess at it. */
void ranks_measure(struct ranks_window *w, size_t count)
{
    struct wide_combination c[RANKS_TOGETHER];

    assert(count <= RANKS_TOGETHER);
    for (size_t i = 0; i < count; i++)
        c[i] =
            (struct wide_combination){ w[i].ranks->moment, w[i].counts, w[i].ranks->cells, { 0 } };
    wide()->combine(c, count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < RANK_MOMENTS; k++)
            w[i].moment[k] = c[i].sum[k] / w[i].n;
        measure_groups(&w[i]);
    }
}

void ranks_group_cov(const struct ranks *r, double *out)
{
    for (size_t i = 0; i < r->groups; i++)
        for (size_t j = 0; j < r->groups; j++)
            out[i * r->groups + j] = (i == j ? r->share[i] : 0) - r->share[i] * r->share[j];
}
