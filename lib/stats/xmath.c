/* SPDX-License-Identifier: MIT */
#include "stats/xmath.h"

#include <math.h>

#include "stats/xmath_inner.h"

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

double xexp(double x)
{
    if (isnan(x))
        return x;
    if (x > XEXP_MAX)
        return (double)INFINITY;
    if (x < XEXP_MIN)
        return 0.0;
    return exp_finite(x);
}
