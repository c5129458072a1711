/* SPDX-License-Identifier: MIT */
/* dump.h -- a log and some facts as text that can be kept, and read by eye in part. */
#ifndef GOLDEN_UPGRADE_DUMP_H
#define GOLDEN_UPGRADE_DUMP_H

#include "base/buf.h"
#include "check/log.h"

/* Appends every record of the log: a line each. */
void dump_log(const struct check_log *log, struct buf *out);

/* Reads what dump_log() wrote into log, offsets included; a failure fails the test. */
void dump_read(struct slice text, struct check_log *log);

/* The value of name in lines of name=value, borrowed; fails the test without it. */
struct slice dump_fact(struct slice facts, const char *name);
int64_t dump_number(struct slice facts, const char *name);

#endif
