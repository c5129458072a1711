/* SPDX-License-Identifier: MIT */
#include "stats/sample.h"

#include <math.h>
#include <stdlib.h>

#include "stats/xmath.h"

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

void sample_sort(struct sample s)
{
    for (size_t i = 0; i < s.n; i++)
        s.v[i] += 0.0; /* -0.0 becomes 0.0 */
    if (s.n > 0)
        qsort(s.v, s.n, sizeof(*s.v), by_value);
}

size_t sample_below(struct sample s, double x)
{
    size_t lo = 0;
    size_t hi = s.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (s.v[mid] < x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

size_t sample_distinct(struct sample s)
{
    size_t n = s.n > 0 ? 1 : 0;

    for (size_t i = 1; i < s.n; i++)
        n += s.v[i] != s.v[i - 1] ? 1 : 0;
    return n;
}

double sample_sd(struct sample s)
{
    if (s.n == 0)
        return (double)NAN;
    const double n = (double)s.n;
    const double scale = fmax(fabs(s.v[0]), fabs(s.v[s.n - 1]));
    double mean = 0.0;
    double sum = 0.0;

    if (s.v[0] == s.v[s.n - 1])
        return 0.0;
    for (size_t i = 0; i < s.n; i++)
        mean += s.v[i] / scale;
    mean /= n;
    for (size_t i = 0; i < s.n; i++)
        sum += (s.v[i] / scale - mean) * (s.v[i] / scale - mean);
    return sqrt(sum / n) * scale;
}

/* Between two neighbours from the nearer one, as NumPy does. */
double sample_quantile(struct sample s, double q)
{
    if (s.n == 0)
        return (double)NAN;
    double at = (double)(s.n - 1) * q;
    size_t i = (size_t)floor(at);
    double t = at - floor(at);

    if (i + 1 >= s.n)
        return s.v[s.n - 1];
    double gap = s.v[i + 1] - s.v[i];
    if (isinf(gap))
        return s.v[i] * (1.0 - t) + s.v[i + 1] * t;
    return t >= 0.5 ? s.v[i + 1] - gap * (1.0 - t) : s.v[i] + gap * t;
}

/* The least value of either from i and j on; one of them has one. */
static double least(struct sample ref, size_t i, struct sample cur, size_t j)
{
    if (i == ref.n)
        return cur.v[j];
    return j == cur.n ? ref.v[i] : fmin(ref.v[i], cur.v[j]);
}

/* How many values from i on are x. */
static size_t run_of(struct sample s, size_t i, double x)
{
    size_t end = i;

    while (end < s.n && s.v[end] == x)
        end++;
    return end - i;
}

double sample_wasserstein(struct sample ref, struct sample cur)
{
    size_t i = 0;
    size_t j = 0;
    double area = 0.0;
    double last = 0.0; /* nothing is below the first point: its gap weighs 0 */

    if (ref.n == 0 || cur.n == 0)
        return (double)NAN;
    while (i < ref.n || j < cur.n) {
        double x = least(ref, i, cur, j);
        double gap = fabs((double)i / (double)ref.n - (double)j / (double)cur.n);

        if (gap > 0.0)
            area += gap * (x - last);
        i += run_of(ref, i, x);
        j += run_of(cur, j, x);
        last = x;
    }
    return area;
}

double sample_psi_quantile10(struct sample ref, struct sample cur)
{
    const double empty = 1e-4;
    size_t ref_below = 0;
    size_t cur_below = 0;
    double psi = 0.0;
    double last = (double)NAN;

    if (ref.n == 0 || cur.n == 0)
        return (double)NAN;
    for (int k = 1; k <= 10; k++) {
        double edge = k < 10 ? sample_quantile(ref, k / 10.0) : (double)INFINITY;

        if (edge <= last)
            continue;
        size_t i = sample_below(ref, edge);
        size_t j = sample_below(cur, edge);
        double p = (double)(i - ref_below) / (double)ref.n;
        double q = (double)(j - cur_below) / (double)cur.n;

        p = p == 0.0 ? empty : p;
        q = q == 0.0 ? empty : q;
        psi += (p - q) * xlog(p / q);
        ref_below = i;
        cur_below = j;
        last = edge;
    }
    return psi;
}

static double share_of_empty(const uint64_t *counts, size_t bins, double n)
{
    double least = 1.0;

    for (size_t i = 0; i < bins; i++)
        if (counts[i] > 0)
            least = fmin(least, (double)counts[i] / n);
    return least <= 0.0001 ? least / 1e6 : 0.0001;
}

double psi_evidently_counts(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    double n = 0.0;
    double m = 0.0;
    double psi = 0.0;

    for (size_t i = 0; i < bins; i++) {
        n += (double)ref[i];
        m += (double)cur[i];
    }
    if (n == 0.0 || m == 0.0)
        return (double)NAN;
    const double ref_empty = share_of_empty(ref, bins, n);
    const double cur_empty = share_of_empty(cur, bins, m);
    for (size_t i = 0; i < bins; i++) {
        double p = ref[i] > 0 ? (double)ref[i] / n : ref_empty;
        double q = cur[i] > 0 ? (double)cur[i] / m : cur_empty;

        psi += (p - q) * xlog(p / q);
    }
    return psi;
}

size_t sample_value_counts(struct sample ref, struct sample cur, uint64_t *in_ref, uint64_t *in_cur)
{
    size_t i = 0;
    size_t j = 0;
    size_t k = 0;

    for (; i < ref.n || j < cur.n; k++) {
        double x = least(ref, i, cur, j);

        in_ref[k] = run_of(ref, i, x);
        in_cur[k] = run_of(cur, j, x);
        i += in_ref[k];
        j += in_cur[k];
    }
    return k;
}

/* Exact for a power of two, which a number of bins depends on. */
static double log2_of(double x)
{
    int exponent;
    double m = frexp(x, &exponent);

    return (double)(exponent - 1) + xlog(2.0 * m) * 0x1.71547652b82fep+0;
}

enum { STURGES_MAX = 70, VALUES_MAX = 20 };

/* numpy.histogram(s, numpy.histogram_bin_edges(both, "sturges")): n bins of
 * equal width from lo to hi. */
static void sturges_counts(struct sample s, double lo, double hi, size_t n, uint64_t *counts)
{
    const double step = (hi - lo) / (double)n;
    size_t below = 0;

    for (size_t i = 1; i <= n; i++) {
        double edge = step > 0.0 ? (double)i * step + lo : (double)i / (double)n * (hi - lo) + lo;
        size_t at = i < n ? sample_below(s, edge) : s.n;

        counts[i - 1] = at - below;
        below = at;
    }
}

static double psi_sturges(struct sample ref, struct sample cur)
{
    uint64_t in_ref[STURGES_MAX];
    uint64_t in_cur[STURGES_MAX];
    const double lo = fmin(ref.v[0], cur.v[0]);
    const double hi = fmax(ref.v[ref.n - 1], cur.v[cur.n - 1]);
    const double width = (hi - lo) / (log2_of((double)ref.n + (double)cur.n) + 1.0);

    if (!isfinite(hi - lo))
        return (double)NAN;
    size_t bins = width > 0.0 ? (size_t)ceil((hi - lo) / width) : 1;
    bins = bins < STURGES_MAX ? bins : STURGES_MAX;
    sturges_counts(ref, lo, hi, bins, in_ref);
    sturges_counts(cur, lo, hi, bins, in_cur);
    return psi_evidently_counts(in_ref, in_cur, bins);
}

enum status sample_psi_evidently(struct sample ref, struct sample cur, double *psi, struct err *err)
{
    *psi = (double)NAN;
    if (ref.n == 0 || cur.n == 0)
        return ST_OK;
    if (sample_distinct(ref) > VALUES_MAX) {
        *psi = psi_sturges(ref, cur);
        return ST_OK;
    }
    uint64_t *in_ref = calloc(ref.n + cur.n, sizeof(*in_ref));
    uint64_t *in_cur = calloc(ref.n + cur.n, sizeof(*in_cur));
    enum status st = ST_OK;

    if (in_ref && in_cur)
        *psi = psi_evidently_counts(in_ref, in_cur, sample_value_counts(ref, cur, in_ref, in_cur));
    else
        st = err_set(err, ST_FATAL, "out of memory for %zu values", ref.n + cur.n);
    free(in_ref);
    free(in_cur);
    return st;
}
