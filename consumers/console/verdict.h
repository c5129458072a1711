/* SPDX-License-Identifier: MIT */
/* verdict.h -- what all of it comes to, in a sentence. */
#ifndef CONSOLE_VERDICT_H
#define CONSOLE_VERDICT_H

#include "consumers/console/model.h"

enum verdict_level {
    VERDICT_NOTHING,   /* no window has come                    */
    VERDICT_UNDECIDED, /* none of the newest could be judged    */
    VERDICT_OK,
    VERDICT_WARNING,
    VERDICT_CRITICAL,
};

struct verdict {
    enum verdict_level level;
    char title[256]; /* of strangers' names, cut */
    char lead[640];
    const char *alert_id; /* the worst that fires; NULL: none */
    int64_t since_ms;     /* when its episode began           */
    size_t firing;
};

/* Alerts that fire come first: what they say was decided with more than a threshold. */
struct verdict verdict_of(const struct model *m);

/* "nothing", "undecided", "ok", "WARNING", "CRITICAL" */
const char *verdict_level_name(enum verdict_level level);

#endif
