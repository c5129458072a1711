/* SPDX-License-Identifier: MIT */
#include "stats/ks.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "stats/distance.h"
#include "stats/ks_inner.h"
#include "stats/special.h"
#include "stats/wide.h"
#include "stats/xmath.h"

double ks_distance(const double *ref, size_t n, const double *cur, size_t m)
{
    size_t i = 0;
    size_t j = 0;
    double most = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    while (i < n && j < m) {
        double x = fmin(ref[i], cur[j]);

        while (i < n && ref[i] == x)
            i++;
        while (j < m && cur[j] == x)
            j++;
        most = fmax(most, fabs((double)i / (double)n - (double)j / (double)m));
    }
    return most;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b > 0) {
        uint64_t r = a % b;

        a = b;
        b = r;
    }
    return a;
}

/* Lattice points (i, j) with |i mg - j ng| < h are inside, where ng and mg are n and
 * m over their greatest common divisor, and h is d in those units. */
struct strip {
    uint64_t ng;
    uint64_t mg;
    uint64_t h;
    size_t m;
};

/* left[j] becomes the chance that a path has left the strip, given that it got to
 * (i, j), from that of (i-1, j): its last step came from there with chance
 * i / (i + j). Outside the chance is 1. Returns that of the last j inside. */
static double strip_row(const struct strip *s, size_t i, double *left)
{
    const size_t lo = i * s->mg < s->h ? 0 : (i * s->mg - s->h) / s->ng + 1;
    const size_t hi = (i * s->mg + s->h - 1) / s->ng;
    double p = lo > 0 ? 1.0 : 0.0;

    for (size_t j = lo; j <= hi && j <= s->m; j++) {
        if (i + j > 0)
            p = (left[j] * (double)i + p * (double)j) / (double)(i + j);
        left[j] = p;
    }
    return p;
}

double ks_exact_p(double d, size_t n, size_t m)
{
    if (isnan(d) || n == 0 || m == 0)
        return (double)NAN;
    if (m > n)
        return ks_exact_p(d, m, n);
    struct strip s = { .ng = n / gcd(n, m), .mg = m / gcd(n, m), .m = m };
    s.h = (uint64_t)rint(d * (double)s.ng * (double)m);
    if (s.h == 0)
        return 1.0;
    double *left = malloc((m + 1) * sizeof(*left));
    if (!left)
        return (double)NAN;
    for (size_t j = 0; j <= m; j++)
        left[j] = 1.0;
    double p = 1.0;
    for (size_t i = 0; i <= n; i++)
        p = strip_row(&s, i, left);
    free(left);
    return p;
}

enum { SMIRNOV_ALL = 1024, SMIRNOV_TERMS = 256, SMIRNOV_BLOCK = 64 };

/* P(D+ >= d) of the one-sided statistic. The exact sum of Smirnov (1944) over
 *
 *     d sum_j C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j),   j = 0..n(1-d)
 *
 * is a sum of binomial probabilities over d + j/n: nothing cancels. The terms vanish with all
 * their differences at both ends, so that of many every h-th says as much as all (the trapezoidal
 * rule; to 1e-12 of SciPy's sum). From a million on, the approximation of Maag and Dicaire (1971).
 */
static double smirnov_sf(double n, double d)
{
    double k[SMIRNOV_BLOCK];
    double p[SMIRNOV_BLOCK];
    double term[SMIRNOV_BLOCK];
    double sum = 0.0;

    if (n > 1e6)
        return xexp(-(6 * n * d + 1) * (6 * n * d + 1) / (18 * n));
    const int step = n < SMIRNOV_ALL ? 1 : (int)n / SMIRNOV_TERMS;
    for (int j = 0; j <= n * (1.0 - d);) {
        size_t terms = 0;

        for (; terms < SMIRNOV_BLOCK && j <= n * (1.0 - d); j += step) {
            k[terms] = j;
            p[terms++] = fmin(d + j / n, 1.0);
        }
        special_binomials(n, k, p, terms, term);
        for (size_t i = 0; i < terms; i++)
            sum += term[i] * (d / p[i]);
    }
    return sum * step;
}

/* P(D < d) for d <= 1/n: n! ((2 t - 1) / n)^n with t = n d. (Ruben and Gambino
 * 1982.) */
static double ruben_gambino(double n, double t)
{
    if (t <= 0.5)
        return 0.0;
    return xexp(special_lgamma(n + 1.0) + n * xlog((2.0 * t - 1.0) / n));
}

/* e^-m2 p2 / (2 z2) is below 1e-32 for m > 3.9 z; with what stands before it that is nothing. */
static const double PG_TERMS = 4.0;
enum { PG_TERMS_MAX = 7, PG_POWERS_MAX = 2 * PG_TERMS_MAX, PG_TOGETHER = 16 };

/* How many terms P(D < d) has for z = d sqrt n, z < 1.5; out are the exponents of their powers of
 * e: of k - 1/2, then of k, by turns. */
static size_t pelz_good_exponents(double z, double *out)
{
    const double pi = 0x1.921fb54442d18p+1;
    const double p2 = pi * pi;
    const double z2 = z * z;
    const int terms = (int)(PG_TERMS * z) + 1;

    for (int k = 1; k <= terms; k++) {
        out[2 * k - 2] = -((k - 0.5) * (k - 0.5)) * p2 / (2.0 * z2);
        out[2 * k - 1] = -((double)k * k) * p2 / (2.0 * z2);
    }
    return (size_t)terms;
}

/* P(D < d) for large n: K0(z) + K1(z)/sqrt n + K2(z)/n + K3(z)/n^1.5, from the powers e_of.
 * (Pelz and Good 1976, the sums that converge fast for small z.) */
static double pelz_good(double n, double z, const double *e_of, size_t terms)
{
    const double pi = 0x1.921fb54442d18p+1;
    const double p2 = pi * pi;
    const double p4 = p2 * p2;
    const double p6 = p4 * p2;
    const double z2 = z * z;
    const double z4 = z2 * z2;
    const double z6 = z4 * z2;
    const double root = sqrt(pi / 2.0);
    double k0 = 0.0;
    double k1 = 0.0;
    double k2 = 0.0;
    double k3 = 0.0;

    for (int k = (int)terms; k >= 1; k--) {
        double m2 = (k - 0.5) * (k - 0.5);
        double m4 = m2 * m2;
        double e = e_of[2 * k - 2];
        double j2 = (double)k * k;
        double ej = e_of[2 * k - 1];

        k0 += e;
        k1 += e * (p2 * m2 - z2);
        k2 += e * (6 * z6 + 2 * z4 + p2 * (2 * z4 - 5 * z2) * m2 + p4 * (1 - 2 * z2) * m4) -
              ej * 2 * p2 * z4 * j2;
        k3 += e * (-30 * z6 - 90 * z6 * z2 + p2 * (135 * z4 - 96 * z6) * m2 +
                   p4 * (212 * z4 - 60 * z2) * m4 + p6 * (5 - 30 * z2) * m4 * m2) +
              ej * 30 * z4 * (3 * p2 * j2 * z2 - p4 * j2 * j2);
    }
    return 2 * root / z *
           (k0 + k1 / (6 * z2 * z * sqrt(n)) + k2 / (72 * z6 * n) +
            k3 / (6480 * z6 * z2 * z * n * sqrt(n)));
}

enum region {
    R_UNDEFINED,
    R_ZERO,
    R_ONE,
    R_TWICE_ONE_SIDED, /* P(D > d) is 2 P(D+ > d): exactly so, or to the last digit */
    R_RUBEN_GAMBINO,
    R_MATRICES,
    R_PELZ_GOOD,
};

static enum region region_of(double n, double d)
{
    if (isnan(d) || !(n >= 1.0))
        return R_UNDEFINED;
    if (d >= 1.0 || n * d * d >= 370.0)
        return R_ZERO;
    if (n * d <= 0.5 || (n > 140.0 && n * d * d < 0.03)) /* there the CDF is below 1e-16 */
        return R_ONE;
    if (n * d <= 1.0)
        return R_RUBEN_GAMBINO;
    if (d >= 0.5 || n * d >= n - 1.0 || n * d * d > (n > 140.0 ? 2.2 : 4.0))
        return R_TWICE_ONE_SIDED;
    if (n <= 140.0 || (n <= KS_MATRIX_N_MAX && n * d * sqrt(d) <= 1.4))
        return R_MATRICES;
    return R_PELZ_GOOD;
}

static double sf_of_cdf(double p)
{
    return fmin(fmax(1.0 - p, 0.0), 1.0);
}

/* Elsewhere than with Pelz and Good. */
static double sf_in(enum region where, double n, double d)
{
    switch (where) {
    case R_ZERO:
        return 0.0;
    case R_ONE:
        return 1.0;
    case R_TWICE_ONE_SIDED:
        return fmin(2.0 * smirnov_sf(n, d), 1.0);
    case R_RUBEN_GAMBINO:
        return sf_of_cdf(ruben_gambino(n, n * d));
    case R_MATRICES:
        return sf_of_cdf(ks_matrix_cdf(n, n * d));
    default:
        return (double)NAN;
    }
}

/* By Pelz and Good, of at most PG_TOGETHER that are theirs: those are cheap but for their powers,
 * which go side by side. */
static void pelz_good_sfs(const double *n, const double *d, const size_t *at, size_t count,
                          double *sf)
{
    double powers[PG_TOGETHER * PG_POWERS_MAX];
    size_t terms[PG_TOGETHER];
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        terms[i] = pelz_good_exponents(sqrt(n[at[i]]) * d[at[i]], powers + used);
        used += 2 * terms[i];
    }
    wide()->exp(powers, used);
    used = 0;
    for (size_t i = 0; i < count; i++) {
        sf[at[i]] =
            sf_of_cdf(pelz_good(n[at[i]], sqrt(n[at[i]]) * d[at[i]], powers + used, terms[i]));
        used += 2 * terms[i];
    }
}

void ks_kolmogorov_sfs(const double *n, const double *d, size_t count, double *sf)
{
    size_t at[PG_TOGETHER];
    size_t k = 0;

    for (size_t i = 0; i < count; i++) {
        const enum region where = region_of(n[i], d[i]);

        if (where == R_PELZ_GOOD)
            at[k++] = i;
        else
            sf[i] = sf_in(where, n[i], d[i]);
        if (k == PG_TOGETHER || i + 1 == count) {
            pelz_good_sfs(n, d, at, k, sf);
            k = 0;
        }
    }
}

double ks_kolmogorov_sf(double n, double d)
{
    double sf;

    ks_kolmogorov_sfs(&n, &d, 1, &sf);
    return sf;
}

double ks_auto_p(double d, size_t n, size_t m)
{
    if (n <= KS_EXACT_MAX && m <= KS_EXACT_MAX)
        return ks_exact_p(d, n, m);
    return dist_ks_p(d, (double)n, (double)m);
}
