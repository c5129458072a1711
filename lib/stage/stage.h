/* SPDX-License-Identifier: MIT */
/* stage.h -- one stage of the pipeline, and what a host promises it.
 *
 * A stage is a function of the records it is given: no I/O, no clock, no
 * thread. A host gives it batches of one partition, in order, and takes its
 * output. The hosts are flow (Kafka), pipe (files and the backtest), check
 * (tests: random cuts, kills, restores) and later lambda.
 *
 *              assign(part, what was remembered)
 *                 |
 *       +-> resume() until ST_OK without more ----------+
 *       |         |                                      |  limits reached,
 *       |   process(part, records, &used, out)           |  time is up, or
 *       |   tick(part, ...)                              |  asked for more
 *       |         |                                      v
 *       |   checkpoint(part, meta, out) for each partition touched
 *       |         |
 *       +-- COMMIT: out, input positions and meta, all or nothing
 *       |         |
 *       |   due() - perform - settled(): effects, between commits (effect.h)
 *       |         |
 *       +---------+
 *              drop(part)
 *
 * Promises of the host: records of one partition come in offset order, without
 * gaps but for what the log itself skips; what process() was given and did not
 * use comes again; after a kill, assign() gets the offset and meta of the last
 * commit, and nothing that was not committed is visible to anyone; two owners
 * never commit for one partition (fencing).
 *
 * Promises of a stage: process() uses at least one record or says why not; its
 * committed output is the same however the input is cut into batches.
 *
 * enum status here: ST_OK; ST_RETRY, abort this batch and start over from the
 * last commit; ST_FATAL, stop (exit 70, or 78 where err says "config:"). A bad
 * record is no status: the stage dead-letters it by out_dead() and goes on. */
#ifndef STAGE_STAGE_H
#define STAGE_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "stage/effect.h"
#include "stage/out.h"
#include "stage/topic.h"

/* One record of the input log; all of it borrowed until process() returns. */
struct stage_rec {
    enum topic_id topic;
    int32_t part;
    int64_t offset;
    int64_t arrival_ms; /* raw, labels: Kafka's append time; -1 unknown     */
    struct slice key;
    struct slice value; /* p == NULL: a null value                          */
    const struct hdr *hdr;
    size_t nhdr;
};

struct stage_tick {
    int64_t wall_ms;
    bool at_end;       /* position == end of the log, asked read_uncommitted ... */
    int64_t proven_ms; /* ... at this time                                       */
};

/* Reads a partition of a log from its start to its end as of the call, for a
 * stage that restores state: absa.state for the judge, its own output for
 * score. The host provides it. */
struct log_reader {
    void *ctx;
    /* Starts reading topic/part at the first record appended at or after
     * from_ms; 0: from the start of the log. */
    enum status (*open)(void *ctx, enum topic_id topic, int32_t part, int64_t from_ms,
                        struct err *err);
    /* The same, at an offset: or where the log starts, if that is higher. */
    enum status (*open_at)(void *ctx, enum topic_id topic, int32_t part, int64_t offset,
                           struct err *err);
    /* The next record, borrowed until the next call; *more = false at the end. */
    enum status (*next)(void *ctx, struct stage_rec *rec, bool *more, struct err *err);
    void (*close)(void *ctx);
};

/* What is remembered of a partition. offset is in and out: the host passes the
 * committed offset (-1: there is none); the stage may lower it to read some
 * records again that only rebuild its memory, for which it emits nothing, and
 * without a committed offset set it. The host never commits below what was
 * committed, nor below floor, which a stage sets to the position that its own
 * state stands at. */
struct stage_resume {
    int64_t offset;
    int64_t start;     /* in: the first offset that the log still holds; 0: all are there */
    int64_t floor;     /* out; 0: none */
    bool reset;        /* out: floor holds even below what was committed: an operator said so */
    struct slice meta; /* of the last checkpoint(); empty: none */
    struct log_reader *log;
};

enum stage_needs {
    NEEDS_STATE = 1,   /* assign() reads a log                        */
    NEEDS_TICK = 2,    /* tick() about once a second, and when idle   */
    NO_QUARANTINE = 4, /* a record that kills is never dead-lettered  */
    NEEDS_EFFECTS = 8, /* has due() and settled(), and a performer    */
};

enum { STAGE_META_MAX = 1024 }; /* bytes of meta; Kafka takes 4,096 with ours around it */

struct stage_ops {
    const char *name;    /* "ingest": metrics, dead letters, logs */
    unsigned needs;      /* enum stage_needs                      */
    enum topic_id input; /* topic whose partitions it owns        */
    int64_t commit_ms;   /* longest wait of a result for its commit; 0: 200 ms */

    /* A partition is ours from now on. */
    enum status (*assign)(void *ctx, int32_t part, struct stage_resume *resume, struct out *out,
                          struct err *err);

    /* n >= 1 records of one partition; *used = 1..n on ST_OK; 0 only when out held
     * something before and is full, or when resume() has more: the host commits
     * (or resumes) and calls again. */
    enum status (*process)(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                           size_t *used, struct out *out, struct err *err);

    /* Time has passed. May be NULL without NEEDS_TICK. */
    enum status (*tick)(void *ctx, int32_t part, const struct stage_tick *tick, struct out *out,
                        struct err *err);

    /* More to emit before the next record (a close too big for one commit)?
     * Emits some; *more says whether there is still more. May be NULL. */
    enum status (*resume)(void *ctx, int32_t part, struct out *out, bool *more, struct err *err);

    /* Before each commit, for each partition touched since the last: what to
     * remember (at most STAGE_META_MAX printable bytes) and last output. */
    enum status (*checkpoint)(void *ctx, int32_t part, struct buf *meta, struct out *out,
                              struct err *err);

    /* With NEEDS_EFFECTS, else NULL. The one effect that is due at wall_ms, of which the
     * state is committed; *any = false: none. Changes nothing that is remembered. */
    enum status (*due)(void *ctx, int32_t part, int64_t wall_ms, struct effect *effect, bool *any,
                       struct err *err);

    /* What became of the effect that due() named last; a commit follows at once. */
    enum status (*settled)(void *ctx, int32_t part, const struct effect_result *res,
                           struct out *out, struct err *err);

    /* Where the partition stands in event time, as far as it was processed: WM_NONE
     * unknown, WM_END it has ended. A host that reads several at once holds back
     * those that are far ahead; what is put out does not depend on it. NULL where
     * there is only one. */
    int64_t (*time_of)(const void *ctx, int32_t part);

    /* The partition is no longer ours: forget it. */
    void (*drop)(void *ctx, int32_t part);

    /* Frees ctx; NULL is fine. */
    void (*close)(void *ctx);
};

/* A stage as a program made it. Each stage's header has its constructor, which
 * takes the stage's own configuration. */
struct stage {
    const struct stage_ops *ops;
    void *ctx;
};

/* Releases the ctx; safe on a zeroed struct. */
void stage_close(struct stage *s);

/* The header of a canary: a record of absa canary, which goes through every stage and counts in
 * none. Each stage puts it on what it makes of such a record; it moves no time, is remembered by
 * nobody and enters no window. Its value is the canary's id. */
#define STAGE_CANARY "absa-canary"

/* The value of header name, or an empty slice with p == NULL. */
struct slice stage_header(const struct stage_rec *rec, const char *name);

#endif
