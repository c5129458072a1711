/* SPDX-License-Identifier: MIT */
/* promise.h -- what keeps drift.false_alarms_per_month: the baseline's calibration, or
 * bounds; nothing where the policy weighs no evidence.
 *
 * Calibrated is the segment all, which every comment belongs to. With other segments
 * beside it, it has half of the budget, and they share the other half by bounds. */
#ifndef CONSUMERS_DRIFT_PROMISE_H
#define CONSUMERS_DRIFT_PROMISE_H

#include "consumers/drift/drift.h"
#include "drift/baseline.h"
#include "drift/segment.h"

struct promise {
    struct calibration_level all; /* of the segment all; zeros: not calibrated */
    const char *why;              /* it is not, a phrase; NULL: calibrated     */
    bool none;                    /* policy fixed: bounds do not hold either   */
};

/* The settings that a calibration depends on. */
struct calibration_settings drift_settings(const struct drift_conf *conf);

struct promise drift_promise(const struct drift_conf *conf, const struct policy *policy,
                             const struct segments *segments, const struct baseline *base);

/* The same from the configuration alone. ST_FATAL: memory, "config: ...". */
MUST_USE enum status drift_promise_of(const struct drift_conf *conf, const struct baseline *base,
                                      struct promise *out, struct err *err);

#endif
