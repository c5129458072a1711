/* SPDX-License-Identifier: MIT */
/* calibrate.h -- calibrates a baseline (drift/calibrate.h) on all processors, with a bar. */
#ifndef CLI_CALIBRATE_H
#define CLI_CALIBRATE_H

#include "consumers/drift/drift.h"
#include "drift/baseline.h"

struct calibrate_wish {
    int64_t stretches; /* 1..CALIBRATION_STRETCHES_MAX */
    uint64_t seed;
    int verbosity; /* as of struct app_run */
};

/* Puts a calibration into b, which was built from in and arrival_ms (rows in its order), or
 * says on stderr why it has none; how many threads there are does not change a byte. conf is
 * what the judge will be told. ST_RETRY: an interrupt; ST_FATAL: memory, a conf that cannot be. */
MUST_USE enum status calibrate_baseline(struct baseline *b, const struct baseline_input *in,
                                        const int64_t *arrival_ms, const struct drift_conf *conf,
                                        const struct calibrate_wish *wish, struct err *err);

#endif
