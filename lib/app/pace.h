/* SPDX-License-Identifier: MIT */
/* pace.h -- records again at the pace at which they once came, or faster. */
#ifndef APP_PACE_H
#define APP_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct pace {
    double speed; /* how much faster; 0: as fast as it goes */
    bool began;
    int64_t first_ms; /* arrival of the first record */
    int64_t start_ms; /* wall clock then             */
};

/* Reads "10x" or "max". ST_FATAL "usage: --speed ...". */
MUST_USE enum status pace_parse(const char *text, struct pace *out, struct err *err);

/* Waits until a record that arrived at arrival_ms is due, or the program is to
 * stop. */
void pace_wait(struct pace *p, int64_t arrival_ms);

#endif
