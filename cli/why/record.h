/* SPDX-License-Identifier: MIT */
/* record.h -- a record of a topic into an account. */
#ifndef CLI_WHY_RECORD_H
#define CLI_WHY_RECORD_H

#include "base/arena.h"
#include "cli/why/account.h"
#include "stage/stage.h"
#include "wire/wire.h"

/* Takes a record of absa.windows, absa.alerts or absa.state; what is of no use is passed over. a
 * holds it meanwhile. ST_REJECT: it is none of ours; ST_FATAL: memory. */
MUST_USE enum status why_take_record(struct why *y, struct wire *w, enum topic_id topic,
                                     const struct stage_rec *rec, struct arena *a, struct err *err);

#endif
