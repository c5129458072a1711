/* SPDX-License-Identifier: MIT */
#include "drift/label_error.h"

#include <math.h>

const char *const label_error_names[LABEL_ERROR_N] = {
    [LABEL_ERROR] = "error",
    [LABEL_ERROR_ABSOLUTE] = "absolute_error",
    [LABEL_ERROR_COVERED] = "covered",
    [LABEL_ERROR_GAP] = "confidence_gap",
};

bool label_error_is(struct slice name)
{
    for (size_t i = 0; i < LABEL_ERROR_N; i++)
        if (slice_is(name, label_error_names[i]))
            return true;
    return false;
}

/* NaN: there is none. */
static double value_of(struct opt_double v)
{
    return v.has && isfinite(v.v) ? v.v : (double)NAN;
}

bool label_error_of(const struct label *l, double x[LABEL_ERROR_N])
{
    const double error = value_of(l->predicted_sentiment) - value_of(l->sentiment);
    const double interval = value_of(l->interval);

    if (isnan(error))
        return false;
    x[LABEL_ERROR] = error;
    x[LABEL_ERROR_ABSOLUTE] = fabs(error);
    x[LABEL_ERROR_COVERED] = isnan(interval) ? interval : (double)(fabs(error) <= interval);
    x[LABEL_ERROR_GAP] = value_of(l->confidence) - x[LABEL_ERROR_COVERED];
    return true;
}
