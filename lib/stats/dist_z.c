/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/special.h"

double dist_z_p(uint64_t i, uint64_t n, uint64_t j, uint64_t m)
{
    const double a = (double)n;
    const double b = (double)m;
    const double pooled = ((double)i + (double)j) / (a + b);
    const double variance = pooled * (1.0 - pooled) * (1.0 / a + 1.0 / b);

    if (n == 0 || m == 0)
        return (double)NAN;
    if (variance == 0.0)
        return 1.0;
    return 2.0 * special_normal_sf(fabs((double)i / a - (double)j / b) / sqrt(variance));
}
