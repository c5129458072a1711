/* SPDX-License-Identifier: MIT */
/* calibration_json.h -- a calibration as a member of a baseline's file:
 *
 *   "calibration":{"stretches":200,"days":30,"pane_ms":60000,"max_span_ms":86400000,
 *    "min_videos":10,"effect_min":0.005,"for":3,"per_month":1,
 *    "significant":{"level":..,"low":..,"high":..,"least":[..]},"early":{..}}
 *
 * Where days were left out: "tail":7 before "effect_min". The file of a baseline that is not
 * calibrated has no such member, as those of before. */
#ifndef DRIFT_CALIBRATION_JSON_H
#define DRIFT_CALIBRATION_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "drift/calibration.h"
#include "wire/json.h"

/* Appends the member with its comma and end of line; nothing when there is no calibration. */
void calibration_write(const struct calibration *c, struct buf *out);

/* Reads and checks it; obj NULL: there is none. ST_REJECT says what does not fit. */
MUST_USE enum status calibration_read(const json_t *obj, struct calibration *out, struct err *err);

#endif
