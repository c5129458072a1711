/* SPDX-License-Identifier: MIT */
/* policy.h -- when a distance becomes a severity. One row a policy. */
#ifndef DRIFT_POLICY_H
#define DRIFT_POLICY_H

#include "base/err.h"
#include "base/slice.h"
#include "record/window.h"

struct policy {
    const char *name; /* drift.policy */
    /* Strictly above: PSI of a window that passed the gates. */
    double warning;
    double critical;
};

/* The policy of a name. ST_FATAL, "config: drift.policy ...": there is none. */
MUST_USE enum status policy_find(struct slice name, const struct policy **out, struct err *err);

/* NaN is NONE. */
enum severity policy_severity(const struct policy *p, double psi);

/* What PSI had to pass for a severity; 0 for NONE. */
double policy_threshold(const struct policy *p, enum severity severity);

#endif
