/* SPDX-License-Identifier: MIT */
#include "drift/estimate.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "record/output.h"

/* Each fits, all together need not: of millions of values, as fine as may be. */
static double sum_of(const int64_t *sums, size_t cells)
{
    int64_t sum = 0;
    double about = 0;
    bool fits = true;

    for (size_t i = 0; i < cells; i++) {
        fits = fits && !__builtin_add_overflow(sum, sums[i], &sum);
        about += (double)sums[i];
    }
    return fits ? (double)sum : about;
}

static double mean_of(const int64_t *sums, size_t cells, double unit, int64_t n)
{
    return sum_of(sums, cells) * unit / (double)n;
}

void estimate_fill(const struct tally *t, struct window *out)
{
    for (size_t i = 0; i < t->base->n; i++) {
        const struct baseline_feature *base = &t->base->features[i];
        const struct hist *h = &t->hists[i];
        double p;

        if (base->categories || strcmp(base->name, output_table[OUTPUT_CONFIDENCE].name) != 0 ||
            h->n == 0 || base->n == 0)
            continue;
        p = mean_of(h->sums, base->n_cells, base->unit, h->n);
        out->estimated_accuracy = (struct opt_double){ p, true };
        out->estimated_accuracy_error =
            (struct opt_double){ sqrt(fmax(p * (1 - p), 0) / out->features.v[i].n_eff), true };
        out->estimated_accuracy_before =
            (struct opt_double){ mean_of(base->sums, base->n_cells, base->unit, base->n), true };
    }
}
