/* SPDX-License-Identifier: MIT */
/* entry.h -- a record of any of our topics, made ready to be shown. */
#ifndef TAIL_ENTRY_H
#define TAIL_ENTRY_H

#include "base/arena.h"
#include "base/buf.h"
#include "record/alert.h"
#include "record/deadletter.h"
#include "stage/stage.h"
#include "wire/wire.h"

/* All is borrowed: from the record, or from the reader until its next entry. */
struct entry {
    const char *topic; /* whole name, "absa.alerts" */
    const struct stage_rec *rec;
    struct slice json; /* one line without its end; raw records: their own bytes */

    /* At most one of these is set. */
    const struct alert *alert;
    const struct deadletter *dead;
    const char *reason; /* it cannot be read; json says so, and why */
    const char *why;
};

struct entry_reader {
    struct wire *wire;
    struct arena *arena;
    struct buf json;
    struct err why;
};

/* ST_FATAL: memory. r can be released in any case. */
MUST_USE enum status entry_reader_init(struct entry_reader *r, struct err *err);
void entry_reader_release(struct entry_reader *r);

/* Reads rec of the topic called name. Never fails: what cannot be read is an
 * entry that says why. What has no value, or is no record of the topic's own
 * kind, is told by "absa_kind": mark, end (of a raw partition), deleted (a
 * tombstone), undecodable. */
void entry_read(struct entry_reader *r, const char *name, const struct stage_rec *rec,
                struct entry *out);

#endif
