/* SPDX-License-Identifier: MIT */
/* canaries.h -- the marked records of absa canary among the records of a raw topic, and
 * whether what was committed accounts for each. */
#ifndef CANARIES_H
#define CANARIES_H

#include <stdbool.h>

#include "base/buf.h"
#include "check/log.h"

/* A copy of a raw topic with canaries between its records, as many in each partition. */
struct check_log *canaries_among(const struct check_log *input);

/* Whether each canary came once through every hop; report is cleared, and says what is wrong. */
bool canaries_accounted(const struct check_log *log, struct buf *report);

#endif
