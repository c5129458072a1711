/* SPDX-License-Identifier: MIT */
/* pick.h -- names that a person gives. */
#ifndef TAIL_PICK_H
#define TAIL_PICK_H

#include "kafka/msg.h"
#include "record/window.h"

/* The topic called name, with or without its prefix. ST_FATAL "usage: ...",
 * with the one that was meant, perhaps. */
MUST_USE enum status pick_topic(const char *name, const struct kafka_names *names,
                                enum topic_id *out, struct err *err);

/* WARNING or CRITICAL, in any case of letters. ST_FATAL "usage: ...". */
MUST_USE enum status pick_severity(const char *name, enum severity *out, struct err *err);

#endif
