/* SPDX-License-Identifier: MIT */
#include "drift/monitored.h"

#include <string.h>

bool monitored_is_score(struct slice name)
{
    for (size_t i = 0; i < MONITORED_SCORES; i++)
        if (slice_is(name, output_table[i].name))
            return true;
    return false;
}

size_t monitored_scores(const char *first)
{
    return strcmp(first, output_table[0].name) == 0 ? MONITORED_SCORES : 0;
}

void monitored_put(const struct score *s, size_t scores, double *x)
{
    const double own[MONITORED_SCORES] = { [OUTPUT_SENTIMENT] = s->sentiment_score,
                                           [OUTPUT_ENGAGEMENT] = s->engagement_score,
                                           [OUTPUT_IMPLICITNESS] = s->implicitness_degree,
                                           [OUTPUT_CONFIDENCE] = s->confidence };

    for (size_t i = 0; i < scores; i++)
        x[i] = own[i];
    for (size_t i = 0; i < s->features.n; i++)
        x[scores + i] = s->features.v[i];
}

void monitored_take(struct doubles row, size_t scores, struct score *s)
{
    double *const own[MONITORED_SCORES] = { [OUTPUT_SENTIMENT] = &s->sentiment_score,
                                            [OUTPUT_ENGAGEMENT] = &s->engagement_score,
                                            [OUTPUT_IMPLICITNESS] = &s->implicitness_degree,
                                            [OUTPUT_CONFIDENCE] = &s->confidence };

    for (size_t i = 0; i < scores; i++)
        *own[i] = row.v[i];
    s->features = (struct doubles){ row.v + scores, row.n - scores };
}
