/* SPDX-License-Identifier: MIT */
/* stage.h -- ingest: raw records in; comments, marks and dead letters out.
 *
 *     absa.raw/src ----> shapes, rules (lib/ingest) ----> absa.comments/hash(video)
 *                  \                                  \-> absa.dead
 *                   `--> clock: stamp each comment, mark each step
 *
 * Per raw record, in this order: its comments, stamped with the watermark before
 * it; its dead letters; then, when it moved the watermark over a step, a mark
 * into every partition of comments. All of it or, when the output is full, none.
 * Two things are outside of the raw log: hellos, which depend on who owned a
 * partition when, and floors, which depend on when a live source was idle; the
 * comments themselves depend on the log alone wherever no floor decided. */
#ifndef CONSUMERS_INGEST_STAGE_H
#define CONSUMERS_INGEST_STAGE_H

#include <stdint.h>

#include "base/err.h"
#include "ingest/ingest.h"
#include "stage/clock.h"
#include "stage/stage.h"

struct wire;

struct ingest_conf {
    struct ingest_rules rules;
    int64_t skew_ms;
    int64_t step_ms;
    int64_t idle_ms;       /* a floor rises once in this time, at most */
    enum source_kind kind; /* SOURCE_UNKNOWN: the first record tells   */
};

/* The properties' defaults: skew 10 s, step 10 s, idle 60 s, key all zero. */
struct ingest_conf ingest_conf_default(void);

/* Makes the stage; conf is copied, w is not used (ingest decodes no Avro), topo
 * is borrowed. ST_FATAL "config: ..." or out of memory. */
MUST_USE enum status ingest_stage_new(const struct ingest_conf *conf, struct wire *w,
                                      const struct topology *topo, struct stage *out,
                                      struct err *err);

#endif
