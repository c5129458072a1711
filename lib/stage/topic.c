/* SPDX-License-Identifier: MIT */
#include "stage/topic.h"

#define DAYS(n) ((n)*INT64_C(86400000))

/* Scores outlive dedupe.horizon (7 d): score restores its sightings from them. */
const struct topic_info topic_table[TOPIC_N] = {
    [TOPIC_RAW] = { "raw", 1, false, DAYS(7) },
    [TOPIC_COMMENTS] = { "comments", 4, false, DAYS(7) },
    [TOPIC_SCORES] = { "scores", 0, false, DAYS(14) },
    [TOPIC_LABELS] = { "labels", 1, false, DAYS(90) },
    [TOPIC_PANES] = { "panes", 1, false, DAYS(7) },
    [TOPIC_STATE] = { "state", 1, true, -1 },
    [TOPIC_WINDOWS] = { "windows", 1, false, DAYS(365) },
    [TOPIC_ALERTS] = { "alerts", 1, false, DAYS(365) },
    [TOPIC_NOTIFY] = { "notify", 1, true, -1 },
    [TOPIC_DEAD] = { "dead", 1, false, DAYS(30) },
    [TOPIC_SHADOW] = { "scores.shadow", 0, false, DAYS(7) },
    [TOPIC_ERRORS] = { "errors.scores", 1, false, DAYS(365) },
};

struct topology topology_make(int32_t raw_parts, int32_t comments_parts, int32_t src_epoch)
{
    struct topology t = { .src_epoch = src_epoch };

    for (int i = 0; i < TOPIC_N; i++)
        t.parts[i] = topic_table[i].parts > 0 ? topic_table[i].parts : comments_parts;
    t.parts[TOPIC_RAW] = raw_parts;
    t.parts[TOPIC_COMMENTS] = comments_parts;
    return t;
}
