/* SPDX-License-Identifier: MIT */
#include "stats/nannyml.h"

#include <math.h>

#include "stats/distance.h"
#include "stats/distance_inner.h"
#include "stats/equal_bins.h"
#include "stats/ks.h"

static const struct nannyml undefined = { (double)NAN, (double)NAN, (double)NAN };

/* On raw shares; dist_hellinger() smooths. */
static double hellinger(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const double n = (double)total(ref, bins);
    const double m = (double)total(cur, bins);
    double sum = 0.0;

    for (size_t i = 0; i < bins; i++) {
        double gap = sqrt((double)ref[i] / n) - sqrt((double)cur[i] / m);

        sum += gap * gap;
    }
    return sqrt(sum / 2.0);
}

static double js_base_2(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const double root_ln2 = 0x1.aa4499161cd47p-1;

    return dist_js(ref, cur, bins) / root_ln2;
}

struct nannyml nannyml_numbers(struct sample ref, struct sample cur)
{
    uint64_t in_ref[EQUAL_BINS_MAX + 1];
    uint64_t in_cur[EQUAL_BINS_MAX + 1];
    struct nannyml out = undefined;
    struct equal_bins bins;

    if (ref.n == 0 || cur.n == 0)
        return out;
    out.ks = ks_distance(ref.v, ref.n, cur.v, cur.n);
    if (!equal_bins_doane(ref, &bins))
        return out;
    equal_bins_count(&bins, ref, in_ref);
    equal_bins_count(&bins, cur, in_cur);
    in_ref[bins.n] = 0;
    in_cur[bins.n] = cur.n - total(in_cur, bins.n);
    out.js = js_base_2(in_ref, in_cur, bins.n + 1);
    out.hellinger = hellinger(in_ref, in_cur, bins.n + 1);
    return out;
}

/* All that is new is one bin, which changes neither figure: a bin that the
 * reference does not have adds its own share, however it is cut. */
struct nannyml nannyml_categories(const uint64_t *ref, const uint64_t *cur, size_t n)
{
    struct nannyml out = undefined;

    if (total(ref, n) == 0 || total(cur, n) == 0)
        return out;
    out.js = js_base_2(ref, cur, n);
    out.hellinger = hellinger(ref, cur, n);
    return out;
}
