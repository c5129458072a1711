/* SPDX-License-Identifier: MIT */
#include "consumers/tail/pick.h"

#include <string.h>
#include <strings.h>

#include "base/near.h"

static enum status unknown(const char *name, const struct kafka_names *names, struct err *err)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;

    for (int t = 0; t < TOPIC_N; t++) {
        const char *both[] = { topic_table[t].name, names->of[t] };

        for (int i = 0; i < 2; i++) {
            size_t d = near_distance(slice_str(name), slice_str(both[i]));

            if (d < least && near_enough(slice_str(name), slice_str(both[i]), d)) {
                least = d;
                best = both[i];
            }
        }
    }
    return err_set(err, ST_FATAL, "usage: no topic of absa is called %.60s%s%s%s", name,
                   best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
}

enum status pick_topic(const char *name, const struct kafka_names *names, enum topic_id *out,
                       struct err *err)
{
    for (int t = 0; t < TOPIC_N; t++) {
        if (strcmp(name, names->of[t]) == 0 || strcmp(name, topic_table[t].name) == 0) {
            *out = (enum topic_id)t;
            return ST_OK;
        }
    }
    return unknown(name, names, err);
}

enum status pick_severity(const char *name, enum severity *out, struct err *err)
{
    *out = SEVERITY_NONE;
    if (strcasecmp(name, "WARNING") == 0)
        *out = SEVERITY_WARNING;
    else if (strcasecmp(name, "CRITICAL") == 0)
        *out = SEVERITY_CRITICAL;
    else
        return err_set(err, ST_FATAL, "usage: --severity %.40s: want WARNING or CRITICAL", name);
    return ST_OK;
}
