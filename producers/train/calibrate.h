/* SPDX-License-Identifier: MIT */
/* calibrate.h -- from an expected error to the share that is near enough. */
#ifndef TRAIN_CALIBRATE_H
#define TRAIN_CALIBRATE_H

#include <stddef.h>

#include "base/err.h"
#include "model/manifest.h"

/* Fills a table transform: points of falling y, one a level of isotonic
 * regression (pool adjacent violators) of "error <= CONFIDENCE_INTERVAL" on the expected
 * error, first in groups of equal size. ST_FATAL: memory. O(n log n). */
MUST_USE enum status calibrate(const float *expected, const double *error, size_t n,
                               struct manifest_output *out, struct err *err);

#endif
