/* SPDX-License-Identifier: MIT */
#include "stats/sample.h"

#include <float.h>
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

struct sample sample_finite(struct sample s)
{
    size_t lo = sample_below(s, -DBL_MAX);

    return (struct sample){ s.v + lo, sample_below(s, (double)INFINITY) - lo };
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

/* How many values from i on are x. */
static size_t run_of(struct sample s, size_t i, double x)
{
    size_t end = i;

    while (end < s.n && s.v[end] == x)
        end++;
    return end - i;
}

bool sample_next(struct sample_walk *w)
{
    w->i += w->a;
    w->j += w->b;
    if (w->i == w->ref.n && w->j == w->cur.n)
        return false;
    w->x = w->i < w->ref.n ? w->ref.v[w->i] : (double)INFINITY;
    w->x = w->j < w->cur.n ? fmin(w->x, w->cur.v[w->j]) : w->x;
    w->a = run_of(w->ref, w->i, w->x);
    w->b = run_of(w->cur, w->j, w->x);
    return true;
}

double sample_wasserstein(struct sample ref, struct sample cur)
{
    struct sample_walk w = { .ref = ref, .cur = cur };
    double area = 0.0;
    double last = 0.0; /* nothing is below the first point: its gap weighs 0 */

    if (ref.n == 0 || cur.n == 0)
        return (double)NAN;
    while (sample_next(&w)) {
        double gap = fabs((double)w.i / (double)ref.n - (double)w.j / (double)cur.n);

        if (gap > 0.0)
            area += gap * (w.x - last);
        last = w.x;
    }
    return area;
}

double sample_psi_quantile(struct sample ref, struct sample cur, int bins)
{
    const double empty = 1e-4;
    size_t ref_below = 0;
    size_t cur_below = 0;
    double psi = 0.0;
    double last = (double)NAN;

    if (ref.n == 0 || cur.n == 0)
        return (double)NAN;
    for (int k = 1; k <= bins; k++) {
        double edge = k < bins ? sample_quantile(ref, (double)k / bins) : (double)INFINITY;

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

size_t sample_value_counts(struct sample ref, struct sample cur, uint64_t *in_ref, uint64_t *in_cur)
{
    struct sample_walk w = { .ref = ref, .cur = cur };
    size_t k = 0;

    for (; sample_next(&w); k++) {
        in_ref[k] = w.a;
        in_cur[k] = w.b;
    }
    return k;
}

size_t sample_distinct_both(struct sample ref, struct sample cur)
{
    struct sample_walk w = { .ref = ref, .cur = cur };
    size_t k = 0;

    while (sample_next(&w))
        k++;
    return k;
}
