/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"
#include "stats/ks.h"

double dist_ks_cells(const uint64_t *ref, const uint64_t *cur, size_t cells)
{
    const double n = real(total(ref, cells));
    const double m = real(total(cur, cells));
    uint64_t below_n = 0;
    uint64_t below_m = 0;
    double most = 0.0;

    if (n == 0.0 || m == 0.0)
        return (double)NAN;
    for (size_t i = 0; i < cells; i++) {
        below_n += ref[i];
        below_m += cur[i];
        const double gap = fabs(real(below_m) / m - real(below_n) / n);
        most = gap > most ? gap : most;
    }
    return most;
}

/* The size of one sample that is worth both; NaN where nothing is defined. */
static double one_sample(double d, double n, double m)
{
    if (isnan(d) || !(n > 0.0) || !(m > 0.0))
        return (double)NAN;
    return fmax(rint(n * m / (n + m)), 1.0);
}

double dist_ks_p(double d, double n, double m)
{
    return ks_kolmogorov_sf(one_sample(d, n, m), d);
}

void dist_ks_ps(const struct dist_ks *ks, size_t count, double *p)
{
    double n[DIST_BLOCK];
    double d[DIST_BLOCK];

    for (size_t at = 0; at < count; at += DIST_BLOCK) {
        const size_t k = count - at < DIST_BLOCK ? count - at : DIST_BLOCK;

        for (size_t i = 0; i < k; i++) {
            n[i] = one_sample(ks[at + i].d, ks[at + i].n, ks[at + i].m);
            d[i] = ks[at + i].d;
        }
        ks_kolmogorov_sfs(n, d, k, p + at);
    }
}
