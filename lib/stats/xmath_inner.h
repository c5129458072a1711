/* SPDX-License-Identifier: MIT */
/* xmath_inner.h -- log and exp where they are not at their ends, without a branch: what xlog() and
 * xexp() do for one number, and the loops of stats/wide.h for many as vectors. */
#ifndef STATS_XMATH_INNER_H
#define STATS_XMATH_INNER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Beyond these e^x is 0 and infinite. */
#define XEXP_MIN (-745.1332191019412)
#define XEXP_MAX 709.782712893384

/* ln 2 in two pieces: the high one has 21 trailing zero bits, so that k times
 * it is exact for every exponent k. */
static const double ln2_hi = 0x1.62e42feep-1;
static const double ln2_lo = 0x1.a39ef35793c76p-33;
static const uint64_t sqrt_half = UINT64_C(0x3fe6a09e667f3bcd); /* bits of sqrt(1/2) */

static inline uint64_t bits_of(double x)
{
    uint64_t u;

    memcpy(&u, &x, sizeof(u));
    return u;
}

static inline double double_of(uint64_t u)
{
    double x;

    memcpy(&x, &u, sizeof(x));
    return x;
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
 * e by adding so much to the bits that the exponent changes at sqrt(2), and as the last bits of a
 * double near 2^52. */
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

/* The whole number at or below x, |x| < 2^51. */
static inline double floor_small(double x)
{
    const double near = (x + 0x1.8p52) - 0x1.8p52;

    return near - (near > x ? 1.0 : 0.0);
}

/* 2 to a whole k, -1022 <= k <= 1023. */
static inline double pow2(double k)
{
    return double_of(bits_of(k + (0x1p52 + 1023.0)) << 52);
}

/* e to an x of XEXP_MIN..XEXP_MAX. x = k ln 2 + r with |r| <= ln(2)/2, and with
 * c = r - (r coth(r/2) - 2)
 *
 *     e^r = 1 + r + r c / (2 - c),
 *     r coth(r/2) = 2 + r^2/6 - r^4/360 + ...  (the Bernoulli numbers)
 *
 * Times 2^k in two steps, of which one is 1 unless k is at an end. */
static inline double exp_finite(double x)
{
    static const double series[] = { 1.0 / 6,
                                     -1.0 / 360,
                                     1.0 / 15120,
                                     -1.0 / 604800,
                                     1.0 / 23950080,
                                     -691.0 / 653837184000.0,
                                     1.0 / 37362124800.0,
                                     -3617.0 / 5335311421440000.0 };
    const double k = floor_small(x * 0x1.71547652b82fep+0 + 0.5);
    const double hi = x - k * ln2_hi;
    const double lo = k * ln2_lo;
    const double r = hi - lo;
    const double z = r * r;
    const double c = r - z * horner(series, sizeof(series) / sizeof(series[0]), z);
    const double y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);
    const double above = k > 1023.0 ? 1.0 : 0.0;
    const double aside = k < -1021.0 ? -1000.0 : above;

    return y * pow2(k - aside) * pow2(aside);
}

#endif
