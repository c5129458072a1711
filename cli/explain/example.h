/* SPDX-License-Identifier: MIT */
/* example.h -- the comment that an alert means, out of the raw record that held it. */
#ifndef CLI_EXPLAIN_EXAMPLE_H
#define CLI_EXPLAIN_EXAMPLE_H

#include "base/arena.h"
#include "base/err.h"
#include "ingest/ingest.h"
#include "record/alert.h"
#include "stage/stage.h"

struct found_example {
    const char *why; /* it is not there, in words; NULL: it is */
    struct comment comment;
};

/* Reads the record as ingest did and finds the example in it; strings live in a. rec: the record
 * at the example's offset, or the next one that is left; NULL: there is none. ST_FATAL: memory. */
MUST_USE enum status example_find(const struct ingest_rules *rules, const struct stage_rec *rec,
                                  const struct alert_example *x, struct arena *a,
                                  struct found_example *out, struct err *err);

#endif
