/* SPDX-License-Identifier: MIT */
/* pipe.h -- stages in one process, without Kafka.
 *
 *     feed ──> stage 1 ──> stage 2 ──> ... ──> sink
 *                 └───────────┴── everything nobody reads, dead letters, copies
 *
 * What a stage puts into the topic that a later stage reads goes there, at once
 * and in order; everything else goes to the sink. Each batch that is fed runs
 * through all stages before pipe_feed() returns, so memory is bounded by the
 * batch and the limits of the output, and the same input in the same batches
 * gives the same calls of the sink. Nothing is remembered from one pipe to the
 * next: every partition is assigned as on the first day. */
#ifndef PIPE_PIPE_H
#define PIPE_PIPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stage/stage.h"

enum { PIPE_STAGES_MAX = 8 };

struct pipe_conf {
    struct wire *wire;           /* borrowed */
    const struct topology *topo; /* borrowed */
    struct out_limits limits;    /* of each stage's output; zeroed: 2,000 records, 8 MiB */
    unsigned copies;             /* 1u << topic: the sink gets these also when a stage reads them */
    enum status (*sink)(void *ctx, const struct out_rec *rec, struct err *err);
    void *ctx;
};

struct pipe;

/* Assigns every partition to the n stages, 0 or more (borrowed, in the order of the flow;
 * they must outlive the pipe). ST_FATAL: memory, or a stage said so. */
MUST_USE enum status pipe_new(const struct stage *stages, size_t n, const struct pipe_conf *conf,
                              struct pipe **out, struct err *err);

/* NULL is fine. */
void pipe_free(struct pipe *p);

/* Feeds n records of one topic in the order of their arrival; offsets are the
 * caller's for the topic, ascending in each partition. ST_RETRY and ST_FATAL of
 * a stage end the pipe; the sink's status too. What no stage reads goes to the
 * sink. */
MUST_USE enum status pipe_feed(struct pipe *p, const struct stage_rec *in, size_t n,
                               struct err *err);

/* Ends every partition of a topic of sources (absa.raw, absa.labels) by a control record
 * (absa-kind=end) at next[part], as an import does; arrival_ms is its time in the log. */
MUST_USE enum status pipe_end(struct pipe *p, enum topic_id topic, const int64_t *next,
                              int64_t arrival_ms, struct err *err);

/* What the stages counted so far, over all of them. */
int64_t pipe_counter(const struct pipe *p, enum counter c);
int64_t pipe_dead_count(const struct pipe *p, enum dead_reason r);

#endif
