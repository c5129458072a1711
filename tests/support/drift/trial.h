/* SPDX-License-Identifier: MIT */
/* trial.h -- one feature of a made-up stream in panes of 100 comments, and what the
 * scan finds at each boundary: false alarms when nothing changes, delays when
 * something does. */
#ifndef SUPPORT_DRIFT_TRIAL_H
#define SUPPORT_DRIFT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drift/scan.h"
#include "support/prop.h"

enum { TRIAL_PANE = 100, TRIAL_PANE_MS = 60000, TRIAL_CHANGES = 13 };

/* How the comments of a stream hang together. */
struct trial_kind {
    int change;   /* before and after which change: 0..TRIAL_CHANGES - 1           */
    double phi;   /* autocorrelation of one comment with the next, normal values   */
    double rho;   /* intra-video correlation, normal values                        */
    int videos;   /* at a time; 0: each comment has its own                        */
    double zeros; /* instead: 0 in such a share, else 1, 2, ... each 0.3 times as
                     often; with rho of a video's comments that many pairs are copies */
};

struct trial {
    struct trial_kind kind;
    struct prop rng;
    struct baseline *base;
    struct scan *scan;
    struct history past;
    int64_t now_ms;
    uint64_t comments; /* made so far */
    double last;       /* of the autocorrelated values */
};

extern const char *const trial_changes[TRIAL_CHANGES];

/* A baseline of m comments and an empty stream; ends the program when it cannot. */
void trial_begin(struct trial *t, struct trial_kind kind, uint64_t seed, size_t m);
void trial_end(struct trial *t);

/* Draws a value: after < 0 before the change, else so many comments behind it. */
double trial_draw(struct trial *t, int64_t after);

/* Draws a pane and looks back from its end, over panes from from_ms on. after as
 * in trial_draw(), of the first. What was found is in t->scan->features[0]. */
void trial_step(struct trial *t, int64_t after, int64_t from_ms);

/* The same with a pane of so many comments. */
void trial_step_of(struct trial *t, int comments, int64_t after, int64_t from_ms);

/* Alarms in so many comments when nothing changes, at a level a boundary; after
 * one it looks at what comes then. */
int64_t trial_false_alarms(struct trial *t, int64_t comments, double level);

#endif
