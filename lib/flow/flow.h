/* SPDX-License-Identifier: MIT */
/* flow.h -- THE poll loop: a stage on Kafka, exactly once.
 *
 * What a stage emits, the positions of the input that it emitted it for and
 * what it wants to remember are one Kafka transaction:
 *
 *      poll ──> process() ──> out (memory)        no transaction is open here,
 *                  │                              however long it takes
 *      limits, interval or a short count
 *                  │
 *               checkpoint()
 *                  │
 *      begin ─ produce ─ offsets + meta ─ commit  about 20 ms
 *
 * Either all of it is visible, or nothing ever is. So a process may die at any
 * instruction: its successor asks for the committed offsets (the broker lets it
 * wait while a transaction is still being settled), restores the stage from the
 * meta, or from a log that the same transactions wrote, and goes on at exactly
 * that record. There is no other way in or out: no record leaves outside such a
 * transaction, and each sends the offset of every partition that it says
 * something about, with the group's current metadata, even when the offset is
 * unchanged. That is what stops zombies twice: the broker refuses a producer
 * whose transactional.id was taken over (same slot), and refuses offsets of
 * somebody who no longer is the member that owns the partition (any slot).
 *
 * Crash-only: fenced, assignment lost, transaction to be aborted: the process
 * ends with 75 and is started again, through the one path that every start
 * takes. Only ST_RETRY of the stage itself is handled within: the batch is
 * dropped and all partitions begin anew at their last commit, after a pause.
 *
 * Limits split, they never stop: a batch that is too big is committed in parts.
 *
 * Records that kill. The offset's metadata says what became of the starts before:
 * "v2 a=<attempts> t=<time> <meta of the stage>" (meta.h). Right before a partition's first record
 * goes to the stage the same offset is committed with a=1, and so it stands in each commit until
 * the start has shown that it lives: it has read what was in the log when it began, or as
 * much of it as can have been in flight. Then it is a=0. Whoever finds
 *
 *      a=1       lets a child of its process read the next records first (trial.c), and
 *                half as many when that dies: the record that kills is found without any
 *                death of ours. Its bytes go to the dead letters, undecoded, unless the
 *                stage forbids it (NO_QUARANTINE: exit 70). Until its first commit it is a=2.
 *      a=2       did that, and it did not help (or the start was killed twice, early): reads
 *                one record a transaction, before each of them a commit that counts it.
 *      a=3 + t   the next record was tried, alone, t times. From 2 on a child tries it first,
 *                and any death of the child's convicts it, also one by SIGKILL, which the
 *                kernel's may be when memory is short; 6 set it aside in any case.
 *
 * So a record that kills is set aside at the second restart (one death in full flight, one
 * of a start), one that eats all memory at the fourth; and no death of a process by itself
 * sets a record aside, whoever kills it and when. "v0 a=..." stands for a position at which
 * no stage ever committed.
 *
 * Effects (mails, messages) are performed between commits, one at a time, when
 * nothing waits for a commit (stage/effect.h). While one is performed nobody
 * polls: it must be over within 10 s, far below max.poll.interval.ms.
 *
 * Partitions far ahead. Kafka hands out partitions as it likes, and hours of one
 * may come before minutes of another; the judge would hold every window between
 * the two open. So a partition is paused that stands more than
 * watermark.max_skew.ms ahead of the slowest one that has anything to read
 * (align.h), ours or another process's (peers.h). It changes when records are read, never
 * what comes of them.
 *
 * A new configuration (SIGHUP) is taken over between two transactions or not at all:
 * what was processed is committed first, then the program reads it and says whether
 * it holds. A stage that was made anew for it begins at its last commit.
 *
 * The rest is refusal to guess: without a committed offset it starts only where
 * the log starts at 0 (or --from-start), a log that was cut behind the position
 * is named and ends it (78), and so does a topic with another number of
 * partitions than the configuration says.
 *
 * The embedded broker (kafka/embedded.h) forgets positions, so there a process has
 * one assignment in its life; a second one is refused (78), not read from the start.
 * It is also told once a second how far we are, for producers that hold back. */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "kafka/topics.h"
#include "stage/stage.h"

/* Section "Consumer". */
struct flow_conf {
    const char *slot;
    const char *group;
    int64_t commit_interval_ms; /* 0: as the stage has it */
    int64_t batch_records;
    int64_t batch_bytes;
    int64_t batch_ms;
    int64_t max_skew_ms;
    int64_t http_port;
    int log_format; /* enum log_format */
    int log_level;  /* enum log_level  */
};

extern const struct conf_prop flow_props[];

/* How a program takes over a new configuration while it runs. */
struct flow_reload {
    atomic_bool *asked; /* set: do it at the next commit; it is cleared */

    /* Changes *conf, and the ops and ctx of *stage if that has to be made anew (the old
     * one is closed). ST_OK: *props is what is in force now; ST_REJECT: all is as it was,
     * and the log says why; ST_FATAL. */
    enum status (*load)(void *ctx, struct stage *stage, const struct conf **props, struct err *err);
    void *ctx;
};

struct metrics;

/* What else a program does where nothing is half done, without reading its configuration:
 * a model is exchanged for another. */
struct flow_between {
    atomic_bool *asked; /* set, by any thread: do it at the next commit; it is cleared */
    enum status (*act)(void *ctx, struct metrics *metrics, struct err *err);
    void *ctx;
};

struct flow_args {
    const struct flow_conf *conf;
    const struct kafka_topics *topics;
    const struct conf *props; /* for the properties under "kafka."            */
    const struct stage *stage;
    const struct flow_reload *reload;   /* NULL: nobody does */
    const struct flow_between *between; /* NULL: nothing */
    const struct effects *effects;      /* for a stage with NEEDS_EFFECTS, else NULL */
    const atomic_bool *stop;            /* set: drain, then return ST_OK                 */
    atomic_bool *report;                /* set: a log line that says where we stand, and it is
                                           cleared; NULL: nobody asks */
    /* Told how it ends, before all is closed: nothing more will be committed. May be NULL. */
    void (*ending)(enum status st, const struct err *err);
    const char *version;
    int verbosity;   /* -1 errors, 0 normal, 1 and more debug                 */
    bool from_start; /* a log that no longer starts at 0 is fine              */
};

/* Runs the stage until *stop. ST_OK: drained, all that was processed is
 * committed. ST_RETRY: end with 75. ST_FATAL: 70, or what the message says. */
MUST_USE enum status flow_run(const struct flow_args *args, struct err *err);

#endif
