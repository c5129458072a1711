/* SPDX-License-Identifier: MIT */
#include "stats/scipy.h"

#include <math.h>
#include <stdlib.h>

#include "stats/special.h"

/* Of each of the equal values: the middle of the ranks that they share. */
static double mid_rank(const struct sample_walk *w)
{
    return (double)(w->i + w->j) + ((double)(w->a + w->b) + 1.0) / 2.0;
}

double scipy_energy(struct sample ref, struct sample cur)
{
    struct sample_walk w = { .ref = ref, .cur = cur };
    double last = 0.0; /* nothing is below the first value: its gap weighs 0 */
    double area = 0.0;

    if (ref.n == 0 || cur.n == 0)
        return (double)NAN;
    while (sample_next(&w)) {
        double gap = (double)w.i / (double)ref.n - (double)w.j / (double)cur.n;

        if (gap != 0.0)
            area += gap * gap * (w.x - last);
        last = w.x;
    }
    return sqrt(2.0 * area);
}

/* sum (rank - k)^2 of n equal values, k from first on. */
static double rank_gaps(double rank, size_t first, size_t n)
{
    double sum = 0.0;

    for (size_t k = first; k < first + n; k++)
        sum += (rank - (double)k) * (rank - (double)k);
    return sum;
}

double scipy_cvm(struct sample ref, struct sample cur)
{
    struct sample_walk w = { .ref = ref, .cur = cur };
    const double n = (double)ref.n;
    const double m = (double)cur.n;
    double in_ref = 0.0;
    double in_cur = 0.0;

    if (ref.n < 2 || cur.n < 2)
        return (double)NAN;
    while (sample_next(&w)) {
        in_ref += rank_gaps(mid_rank(&w), w.i + 1, w.a);
        in_cur += rank_gaps(mid_rank(&w), w.j + 1, w.b);
    }
    double u = n * in_ref + m * in_cur;
    return u / (n * m * (n + m)) - (4.0 * n * m - 1.0) / (6.0 * (n + m));
}

/* P(U <= u) without ties, u <= n k / 2, k <= 8 values against n: the first u + 1
 * coefficients of
 *
 *     (1 - q^(n+1)) ... (1 - q^(n+k)) / ((1 - q) ... (1 - q^k))
 *
 * over their sum, (n+k)! / (n! k!). (Mann and Whitney 1947.) In the lower half of
 * each product nothing is lost by the subtractions. */
static enum status exact_below(size_t n, size_t k, size_t u, double *p, struct err *err)
{
    double *f = calloc(u + 1, sizeof(*f));
    double all = 1.0;
    double sum = 0.0;

    if (!f)
        return err_set(err, ST_FATAL, "out of memory for %zu ranks", u);
    f[0] = 1.0;
    for (size_t i = 1; i <= k; i++) {
        for (size_t at = u; at >= n + i; at--)
            f[at] -= f[at - n - i];
        for (size_t at = i; at <= u; at++)
            f[at] += f[at - i];
        all = all * (double)(n + i) / (double)i;
    }
    for (size_t at = 0; at <= u; at++)
        sum += f[at];
    free(f);
    *p = sum / all;
    return ST_OK;
}

static double normal_p(double u, double n, double m, double ties)
{
    const double all = n + m;
    const double variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));

    if (!(variance > 0.0))
        return 1.0;
    return 2.0 * special_normal_sf((u - n * m / 2.0 - 0.5) / sqrt(variance));
}

enum { EXACT_MAX = 8 };

enum status scipy_mann_whitney_p(struct sample ref, struct sample cur, double *p, struct err *err)
{
    struct sample_walk w = { .ref = ref, .cur = cur };
    const double n = (double)ref.n;
    const double m = (double)cur.n;
    const size_t few = ref.n < cur.n ? ref.n : cur.n;
    double ranks = 0.0;
    double ties = 0.0;
    enum status st = ST_OK;

    *p = (double)NAN;
    if (few == 0)
        return ST_OK;
    while (sample_next(&w)) {
        double t = (double)(w.a + w.b);

        ranks += mid_rank(&w) * (double)w.a;
        ties += t * t * t - t;
    }
    double u = ranks - n * (n + 1.0) / 2.0;
    u = fmax(u, n * m - u);
    if (few <= EXACT_MAX && ties == 0.0) {
        st = exact_below(ref.n + cur.n - few, few, (size_t)(n * m - u), p, err);
        *p *= 2.0;
    } else {
        *p = normal_p(u, n, m, ties);
    }
    *p = fmin(*p, 1.0);
    return st;
}
