/* SPDX-License-Identifier: MIT */
/* months.h -- comments of five features made up for weeks, and how many alerts a judge
 * has while nothing changes. */
#ifndef SUPPORT_DRIFT_MONTHS_H
#define SUPPORT_DRIFT_MONTHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drift/calibrate.h"
#include "drift/scan_weigh.h"

enum { MONTHS_FEATURES = 5, MONTHS_PANE_MS = 3600000 };

struct months_kind {
    int days;
    int videos_a_day; /* that begin; each has some 8 comments within hours              */
    double rho;       /* intra-video correlation of all features but the last             */
    double day_sd;    /* how far a day as a whole is off, in sd of a comment: weather      */
    double weekend;   /* how far Saturdays and Sundays are, which a season of weekdays knows */
};

struct months_rows {
    double *column[MONTHS_FEATURES]; /* normal; the last is 0 in 9 of 10, else 1, 2, ... */
    int64_t *arrival_ms;             /* ascending */
    uint64_t *video;
    size_t n;
    const struct facet *season; /* of a kind with weekends; else NULL */
    struct season_rows slots;   /* of it                              */
};

/* Ends the program when memory does. */
void months_make(const struct months_kind *kind, uint64_t seed, struct months_rows *out);
void months_release(struct months_rows *r);

/* Its rows as the input of a baseline; borrows r, and statics. */
struct baseline_input months_input(const struct months_rows *r);

/* The settings of a calibration for panes of an hour, defaults beside; with the season of rows
 * that have one. */
struct calibration_settings months_settings(void);
struct calibration_settings months_settings_of(const struct months_rows *r);

/* Ends the program when it cannot. */
struct baseline *months_baseline(const struct months_rows *r);

/* Calibrates it on one thread; false, with why on stderr, when it cannot be. */
bool months_calibrate(struct baseline *b, const struct months_rows *r, int stretches,
                      uint64_t seed);

/* Alerts that begin in r, judged against b (by its season) by a policy at a level a boundary. */
int months_alerts(const struct baseline *b, const struct months_rows *r, const char *policy,
                  double level);

#endif
