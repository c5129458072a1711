/* SPDX-License-Identifier: MIT */
#include "stats/equal_bins.h"

#include <math.h>

#include "stats/xmath.h"

/* Exact for a power of two, which a number of bins depends on. */
static double log2_of(double x)
{
    int exponent;
    double m = frexp(x, &exponent);

    return (double)(exponent - 1) + xlog(2.0 * m) * 0x1.71547652b82fep+0;
}

/* range / (range / pieces), rounded up: NumPy goes by the width of a bin. */
static bool cut(double lo, double hi, double pieces, struct equal_bins *out)
{
    const double width = (hi - lo) / pieces;

    if (!isfinite(hi - lo))
        return false;
    *out = (struct equal_bins){ lo, hi, 1 };
    if (width > 0.0)
        out->n = (size_t)fmin(ceil((hi - lo) / width), EQUAL_BINS_MAX);
    if (lo == hi) {
        out->lo -= 0.5;
        out->hi += 0.5;
    }
    return true;
}

bool equal_bins_sturges(double lo, double hi, size_t n, struct equal_bins *out)
{
    return cut(lo, hi, log2_of((double)n) + 1.0, out);
}

/* Third standardised moment; NaN when all values are equal. */
static double skewness(struct sample s)
{
    const double sd = sample_sd(s);
    double mean = 0.0;
    double sum = 0.0;

    if (sd == 0.0)
        return (double)NAN;
    for (size_t i = 0; i < s.n; i++)
        mean += s.v[i] / (double)s.n;
    for (size_t i = 0; i < s.n; i++) {
        double z = (s.v[i] - mean) / sd;

        sum += z * z * z;
    }
    return sum / (double)s.n;
}

bool equal_bins_doane(struct sample s, struct equal_bins *out)
{
    const double n = (double)s.n;
    const double skew = s.n > 2 ? skewness(s) : (double)NAN;
    double pieces = 1.0;

    if (s.n == 0)
        return false;
    if (!isnan(skew)) {
        double error = sqrt(6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0)));

        pieces = 1.0 + log2_of(n) + log2_of(1.0 + fabs(skew) / error);
    }
    return cut(s.v[0], s.v[s.n - 1], pieces, out);
}

/* NumPy's linspace: the last edge is hi exactly. */
static double edge(const struct equal_bins *b, size_t i)
{
    const double step = (b->hi - b->lo) / (double)b->n;

    if (i == b->n)
        return b->hi;
    if (step > 0.0)
        return (double)i * step + b->lo;
    return (double)i / (double)b->n * (b->hi - b->lo) + b->lo;
}

void equal_bins_count(const struct equal_bins *b, struct sample s, uint64_t *counts)
{
    size_t below = sample_below(s, b->lo);

    for (size_t i = 1; i <= b->n; i++) {
        double to = edge(b, i);
        size_t at = sample_below(s, i < b->n ? to : nextafter(to, (double)INFINITY));

        counts[i - 1] = at - below;
        below = at;
    }
}
