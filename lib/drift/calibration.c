/* SPDX-License-Identifier: MIT */
#include "drift/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/xmath.h"

#define MONTH_DAYS 30.0
#define LN2        0.6931471805599453

static double step(double i)
{
    return xexp(-LN2 * i / 8);
}

double calibration_step(int32_t i)
{
    return step(i);
}

int32_t calibration_row(const struct policy *policy)
{
    if (!policy->scans)
        return -1;
    return policy->early ? 1 : 0;
}

static int by_descending(const void *a, const void *b)
{
    int x = *(const int16_t *)a;
    int y = *(const int16_t *)b;

    return (y > x) - (y < x);
}

void calibration_sort(struct calibration *c)
{
    for (int row = 0; row < CALIBRATION_POLICIES; row++)
        qsort(c->least[row], (size_t)c->stretches, sizeof(c->least[row][0]), by_descending);
}

static double capped(double level)
{
    return fmin(level, CALIBRATION_LEVEL_MAX);
}

/* The level that at most rank stretches of the row reach. */
static double level_of_rank(const struct calibration *c, int32_t row, double rank)
{
    double last = (double)c->stretches - 1;
    int32_t at = (int32_t)fmin(fmax(rank, 0), last);

    return capped(step(c->least[row][at] + 1));
}

/* The level that rank stretches reach, about share of them. */
static struct calibration_level level_of_share(const struct calibration *c, int32_t row,
                                               double share, double rank)
{
    double around = 1.96 * sqrt((double)c->stretches * share * (1 - share));

    if (rank < 1)
        return (struct calibration_level){ 0 };
    return (struct calibration_level){
        .level = level_of_rank(c, row, rank),
        .low = level_of_rank(c, row, floor(rank - around)),
        .high = level_of_rank(c, row, ceil(rank + around)),
    };
}

/* The level beyond the strictest k stretches that share of those to come is beyond: calibration.h.
 * The standard error is that of an exponential tail's two estimates, u and its mean. */
static struct calibration_level level_of_tail(const struct calibration *c, int32_t row,
                                              double share)
{
    const int16_t *least = c->least[row];
    double k = c->tail;
    double times = (k + 1) / ((c->stretches + 1) * share);
    double beyond = k * (xexp(xlog(times) / k) - 1); /* in means */
    double mean = 0;
    double at;
    double around;

    for (int32_t i = 0; i < c->tail; i++)
        mean += (least[i] - least[c->tail]) / k;
    at = least[c->tail] + 0.5 +
         beyond * mean; /* a stretch is somewhere between its step and the next */
    around = 1.96 * mean * sqrt(beyond * beyond / k + 1 / (k + 1));
    return (struct calibration_level){
        .level = capped(step(at)),
        .low = capped(step(at + around)),
        .high = capped(step(at - around)),
    };
}

struct calibration_level calibration_level(const struct calibration *c, const struct policy *policy,
                                           double per_month)
{
    double events = fmin(per_month * (double)c->days / MONTH_DAYS, CALIBRATION_EVENTS_MAX);
    double share = 1 - xexp(-events);
    double n = c->stretches;
    int32_t row = calibration_row(policy);

    if (row < 0 || !(share > 0))
        return (struct calibration_level){ 0 };
    if (c->tail == 0)
        return level_of_share(c, row, share, floor(share * n));
    if (share * (n + 1) < c->tail + 1)
        return level_of_tail(c, row, share);
    return level_of_share(c, row, share, floor(share * (n + 1)) - 1);
}

static bool same(const struct calibration_settings *a, const struct calibration_settings *b)
{
    return a->pane_ms == b->pane_ms && a->span_ms == b->span_ms && a->min_videos == b->min_videos &&
           a->streak_min == b->streak_min && a->season == b->season &&
           !(a->effect_min < b->effect_min) && !(a->effect_min > b->effect_min);
}

const char *calibration_fault(const struct calibration *c, const struct policy *policy,
                              const struct calibration_settings *settings, double per_month)
{
    if (calibration_row(policy) < 0)
        return "the policy weighs no evidence";
    if (c->stretches == 0)
        return "the baseline is not calibrated";
    if (c->settings.method != settings->method)
        return "the baseline was calibrated with other tests";
    if (!same(&c->settings, settings))
        return "the baseline was calibrated for other settings";
    if (!(calibration_level(c, policy, per_month).level > 0))
        return "so few false alarms are below the resolution of the baseline";
    return NULL;
}
