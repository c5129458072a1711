/* SPDX-License-Identifier: MIT */
#include "drift/monitored.h"

#include <string.h>

const char *const monitored_score_names[MONITORED_SCORES] = { "sentiment_score", "engagement_score",
                                                              "implicitness_degree", "confidence" };

bool monitored_is_score(struct slice name)
{
    for (size_t i = 0; i < MONITORED_SCORES; i++)
        if (slice_is(name, monitored_score_names[i]))
            return true;
    return false;
}

size_t monitored_scores(const char *first)
{
    return strcmp(first, monitored_score_names[0]) == 0 ? MONITORED_SCORES : 0;
}

void monitored_put(const struct score *s, size_t scores, double *x)
{
    const double own[MONITORED_SCORES] = { s->sentiment_score, s->engagement_score,
                                           s->implicitness_degree, s->confidence };

    for (size_t i = 0; i < scores; i++)
        x[i] = own[i];
    for (size_t i = 0; i < s->features.n; i++)
        x[scores + i] = s->features.v[i];
}

void monitored_take(struct doubles row, size_t scores, struct score *s)
{
    double *const own[MONITORED_SCORES] = { &s->sentiment_score, &s->engagement_score,
                                            &s->implicitness_degree, &s->confidence };

    for (size_t i = 0; i < scores; i++)
        *own[i] = row.v[i];
    s->features = (struct doubles){ row.v + scores, row.n - scores };
}
