/* SPDX-License-Identifier: MIT */
/* policy.h -- when a distance becomes a severity. One row a policy.
 *
 *   fixed        at the close of a window: PSI above 0.2 is WARNING, above 0.3
 *                CRITICAL, as the original had it. Deaf to what is small (a quarter
 *                of a standard deviation is 0.06), and with few comments it calls
 *                noise (of windows of 50, 44 % are above 0.2 when nothing happened).
 *   significant  at each pane boundary, and only with evidence (drift/scan.h): PSI
 *                above 0.3 is CRITICAL, above 0.2 WARNING; so is what is smaller
 *                but lasts: evidence of an effect above drift.effect_min at
 *                drift.for successive boundaries.
 *   early        as significant, but evidence alone is WARNING at once. */
#ifndef DRIFT_POLICY_H
#define DRIFT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "record/window.h"

struct policy {
    const char *name; /* drift.policy                        */
    /* Strictly above, PSI. */
    double warning;
    double critical;
    bool scans; /* rule scan and evidence; else rule window and PSI alone */
    bool early; /* evidence alone is WARNING                              */
};

/* What evidence says of one feature. */
struct weighed {
    double psi;    /* NaN: not defined                                         */
    bool evidence; /* q is at most the level                                   */
    bool lasting;  /* its effect is large enough and it has lasted long enough */
};

/* The policy of a name. ST_FATAL, "config: drift.policy ...": there is none. */
MUST_USE enum status policy_find(struct slice name, const struct policy **out, struct err *err);

/* By PSI alone, of a window that passed the gates; NaN is NONE. */
enum severity policy_severity(const struct policy *p, double psi);

/* By evidence; for policies that scan. */
enum severity policy_weigh(const struct policy *p, const struct weighed *w);

/* What PSI had to pass for a severity; 0 for NONE, and for a psi that did not pass
 * it: then evidence decided. */
double policy_threshold(const struct policy *p, enum severity severity, double psi);

#endif
