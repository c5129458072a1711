/* SPDX-License-Identifier: MIT */
#include "model/manifest.h"
#include "stats/xmath.h"

/* Straight lines between the points; level before the first and behind the last. */
static double along(const struct point *p, size_t n, double x)
{
    size_t i = 1;

    if (!(x > p[0].x))
        return p[0].y;
    while (i < n && x > p[i].x)
        i++;
    if (i == n)
        return p[n - 1].y;
    return p[i - 1].y + (p[i].y - p[i - 1].y) * ((x - p[i - 1].x) / (p[i].x - p[i - 1].x));
}

double transform_apply(const struct manifest_output *o, const struct output_info *info, double x)
{
    switch (o->transform) {
    case TRANSFORM_CLIP:
        return x > info->max ? info->max : x < info->min ? info->min : x;
    case TRANSFORM_ONE_MINUS_EXP:
        return 1.0 - xexp(-x);
    case TRANSFORM_TABLE:
        return x == x ? along(o->points, o->n_points, x) : x;
    case TRANSFORM_IDENTITY:
    case TRANSFORM_N:
        break;
    }
    return x;
}
