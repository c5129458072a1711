/* SPDX-License-Identifier: MIT */
#include "stats/xmath.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two pieces: the high one has 21 trailing zero bits, so that k times
 * it is exact for every exponent k. */
static const double ln2_hi = 0x1.62e42feep-1;
static const double ln2_lo = 0x1.a39ef35793c76p-33;
static const uint64_t sqrt_half = UINT64_C(0x3fe6a09e667f3bcd); /* bits of sqrt(1/2) */

static uint64_t bits_of(double x)
{
    uint64_t u;

    memcpy(&u, &x, sizeof(u));
    return u;
}

static double double_of(uint64_t u)
{
    double x;

    memcpy(&x, &u, sizeof(x));
    return x;
}

/* 2 to the k, -1022 <= k <= 1023. */
static double pow2(int k)
{
    return double_of((uint64_t)(k + 1023) << 52);
}

static inline double horner(const double *c, size_t n, double x)
{
    double y = c[n - 1];

    for (size_t i = n - 1; i > 0; i--)
        y = y * x + c[i - 1];
    return y;
}

/* ln(2^k x) of a normal x above 0, for x = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), and with
 * s = f / (2 + f)
 *
 *     ln(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + R),
 *     R = 2 (s^2/3 + s^4/5 + s^6/7 + ...),   s^2 < 0.0295
 *
 * Without a branch, so that a loop over it is one of vectors: e by adding so much to the bits that
 * the exponent changes at sqrt(2), and as the last bits of a double near 2^52. */
static inline double log_normal(double x, double k)
{
    static const double series[] = { 2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                     2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23 };
    const uint64_t u = bits_of(x);
    const uint64_t e = (u + (UINT64_C(0x3ff0000000000000) - sqrt_half)) >> 52;
    const double m = double_of(u - (e << 52) + UINT64_C(0x3ff0000000000000));
    const double dk = double_of(UINT64_C(0x4330000000000000) | e) - (0x1p52 + 1023.0) + k;
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double r = z * horner(series, sizeof(series) / sizeof(series[0]), z);
    const double half = 0.5 * f * f;

    return dk * ln2_hi - ((half - (s * (half + r) + dk * ln2_lo)) - f);
}

double xlog(double x)
{
    if (isnan(x) || x < 0.0)
        return (double)NAN;
    if (x == 0.0)
        return (double)-INFINITY;
    if (isinf(x))
        return x;
    return x < 0x1p-1022 ? log_normal(x * 0x1p54, -54.0) : log_normal(x, 0.0);
}

void xlog_all(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = log_normal(x[i], 0.0);
}

/* x = k ln 2 + r with |r| <= ln(2)/2, and with c = r - (r coth(r/2) - 2)
 *
 *     e^r = 1 + r + r c / (2 - c),
 *     r coth(r/2) = 2 + r^2/6 - r^4/360 + ...  (the Bernoulli numbers) */
double xexp(double x)
{
    static const double series[] = { 1.0 / 6,
                                     -1.0 / 360,
                                     1.0 / 15120,
                                     -1.0 / 604800,
                                     1.0 / 23950080,
                                     -691.0 / 653837184000.0,
                                     1.0 / 37362124800.0,
                                     -3617.0 / 5335311421440000.0 };
    if (isnan(x))
        return x;
    if (x > 709.782712893384)
        return (double)INFINITY;
    if (x < -745.1332191019412)
        return 0.0;
    int k = (int)floor(x * 0x1.71547652b82fep+0 + 0.5);
    double hi = x - k * ln2_hi;
    double lo = k * ln2_lo;
    double r = hi - lo;
    double z = r * r;
    double c = r - z * horner(series, sizeof(series) / sizeof(series[0]), z);
    double y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);

    if (k > 1023)
        return y * 2.0 * pow2(k - 1);
    if (k < -1021)
        return y * pow2(k + 1000) * 0x1p-1000;
    return y * pow2(k);
}
