/* SPDX-License-Identifier: MIT */
/* rig.h -- the deployment that is frozen, and a host that runs one of its stages from
 * where somebody left it. */
#ifndef GOLDEN_UPGRADE_RIG_H
#define GOLDEN_UPGRADE_RIG_H

#include "base/buf.h"
#include "check/log.h"
#include "consumers/drift/drift.h"
#include "drift/baseline.h"
#include "model/bundle.h"
#include "wire/wire.h"

enum rig_stage { RIG_INGEST, RIG_SCORE, RIG_PANE, RIG_JUDGE, RIG_NOTIFY };

/* One raw partition, one of the rest, windows of an hour. */
struct rig {
    struct topology topo;
    struct drift_conf drift;
    struct wire *wire;
    struct baseline *base; /* taken */
    struct bundle *bundle;
};

void rig_open(struct rig *r, struct baseline *base);
void rig_close(struct rig *r);

/* Where a stage stands in its input. */
struct place {
    int64_t offset; /* committed; -1: nowhere */
    struct buf meta;
};

/* Assigns the stage at a place, feeds it records of its input up to before offset
 * `until`, as many commits as there are, and appends what it commits to log. */
MUST_USE enum status rig_try(struct rig *r, enum rig_stage which, struct check_log *log,
                             struct place *at, int64_t until, struct err *err);

/* The same where it must go well: else the test has failed. */
void rig_run(struct rig *r, enum rig_stage which, struct check_log *log, struct place *at,
             int64_t until);

/* A record as each version could have said it. An alert must verify, by the method that it names.
 */
void rig_level(enum record_kind kind, void *rec, struct arena *a);

#endif
