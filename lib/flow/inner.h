/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of lib/flow share; nobody else includes it. */
#ifndef FLOW_INNER_H
#define FLOW_INNER_H

#include "base/arena.h"
#include "flow/align.h"
#include "flow/flow.h"
#include "flow/meta.h"
#include "flow/peers.h"
#include "kafka/admin.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "kafka/reader.h"
#include "obs/health.h"
#include "obs/http.h"
#include "obs/metrics.h"
#include "obs/ready.h"

/* Most records in one call of process(). */
enum { FLOW_MICRO_MIN = 16, FLOW_MICRO_MAX = 256 };

/* Records that are read alone until nobody is suspected any more. */
enum { FLOW_ALONE_LEN = 256 };

/* How a partition is read after deaths. */
enum care {
    CARE_NONE,
    CARE_CHILD, /* a child reads records before we do         */
    CARE_ALONE, /* one record a transaction, each one counted */
};

/* No call into Kafka, nor a restore, is silent for longer than this. */
enum { FLOW_AWAY_MS = 300000 };

enum { FLOW_CIRCUITS_MAX = 8 };

/* The way to one receiver. */
struct circuit {
    const char *to; /* borrowed of the effects */
    bool open;      /* held: not tried until a person helps */
};

/* What is committed for a partition, or is about to be. */
struct point {
    int64_t offset; /* of the next record; -1: nothing was ever committed */
    struct meta meta;
};

/* A partition of the input topic. */
struct part {
    bool owned;
    bool given;   /* the stage has it                                      */
    bool counted; /* this start is counted, or need not be                 */
    bool lived;   /* through a record that was never committed before      */
    enum care care;
    size_t narrow; /* a child died of so many records or fewer; 0: of none  */
    int64_t wary;  /* records to go until it has shown that it lives        */
    bool touched;  /* something to commit: used, or written about           */
    bool paused;   /* too far ahead of the others                           */
    int64_t next;  /* the stage has used all before this                    */
    int64_t end;   /* where the log ended when it last did; -1: unknown     */
    struct point done;
    struct point plan; /* becomes done when the transaction is committed   */
    size_t n;          /* records that wait for process()                  */
    size_t first;
    struct kafka_msg queue[FLOW_MICRO_MAX];
};

struct flow {
    const struct flow_args *args;
    const struct stage_ops *ops;
    void *stage; /* ops' context */
    struct kafka_conf kafka;
    struct kafka_names names;
    struct topology topo;
    struct wire *wire;
    struct arena *arena; /* for decoding marks */
    struct kafka_admin *admin;
    struct kafka_reader *reader;
    struct kafka_producer *producer;
    struct kafka_consumer *consumer;
    struct out *out;
    struct metrics *metrics;
    struct health *health;
    struct http *http;
    char group[200];
    char slot[200];
    struct part *parts; /* of the input, by number */
    struct lane *lanes; /* [nparts], of align()                       */
    struct peer *peers; /* [nparts], of those that are not ours       */
    int64_t look_ms;    /* monotonic: of the last look at them        */
    size_t nparts;
    int64_t interval_ms;    /* longest wait of a result for its commit               */
    size_t micro;           /* records in one call now                               */
    size_t used;            /* records since the last commit                         */
    int64_t open_ms;        /* monotonic: since when something waits for a commit; -1 */
    int64_t tick_ms;        /* monotonic: of the last tick                           */
    bool again;             /* the stage said ST_RETRY: begin anew, do not exit      */
    int retries;            /* in a row                                              */
    bool embedded;          /* the broker keeps no positions: one life (kafka/embedded.h)    */
    bool assigned;          /* was, at least once                                      */
    bool mixed_time;        /* raw: an arrival that only a producer vouches for      */
    enum ready_parts ready; /* what of the input is ours, for /readyz         */
    bool restoring;
    int64_t commit_ms; /* monotonic: of the last commit, or when input began to wait */
    struct circuit circuits[FLOW_CIRCUITS_MAX];
    size_t n_circuits;
};

/* layout.c: every topic is there and cut as configured. */
MUST_USE enum status flow_check_layout(struct flow *f, struct err *err);

/* assign.c: the consumer's handler, and the way back after ST_RETRY. */
enum status flow_assigned(void *ctx, struct kafka_offset *v, size_t n, struct err *err);
enum status flow_revoked(void *ctx, bool lost, struct err *err);
MUST_USE enum status flow_begin_anew(struct flow *f, struct err *err);

/* assign.c: gives the stage all that is owned, from the last commit on. */
MUST_USE enum status flow_restart_parts(struct flow *f, struct err *err);

/* reload.c: takes over a new configuration, when somebody asked for it. */
MUST_USE enum status flow_reload(struct flow *f, struct err *err);

/* reload.c: does what the program wants to do between two transactions. */
MUST_USE enum status flow_act_between(struct flow *f, struct err *err);

/* flow.c: as the configuration says now. */
int64_t flow_commit_interval(const struct flow_args *args);
void flow_setup_log(const struct flow *f);

/* careful.c: what is known of p's deaths, from what was committed. */
void flow_take_deaths(struct part *p);

/* careful.c: counts this start, when the first records of p are about to go to the stage. */
MUST_USE enum status flow_count_start(struct flow *f, struct part *p, struct err *err);

/* careful.c: what the next commit of p is to say of deaths. */
uint32_t flow_attempts(const struct part *p);

/* careful.c: how many of the records that wait were used and committed by an earlier process. A
 * stage may read them again; nobody died of them. */
size_t flow_known(const struct part *p);

/* commit.c: one transaction of all that waits; nothing waits: nothing happens. */
MUST_USE enum status flow_commit(struct flow *f, struct err *err);

/* commit.c: one transaction that only writes the plans of n partitions. */
MUST_USE enum status flow_commit_plans(struct flow *f, struct part *const *v, size_t n,
                                       struct err *err);

/* feed.c: gives the stage what waits in the queues; ticks. */
MUST_USE enum status flow_feed(struct flow *f, struct err *err);
MUST_USE enum status flow_tick(struct flow *f, struct err *err);

/* feed.c: takes note of what the stage said, and of what it wrote about p. */
enum status flow_said(struct flow *f, struct part *p, size_t out_before, enum status st);

/* feed.c: calls resume() until there is no more to emit. */
MUST_USE enum status flow_settle(struct flow *f, struct part *p, struct err *err);

/* feed.c: lets go of the first n records of the queue, which were used. */
void flow_pop(struct flow *f, struct part *p, size_t n);

/* state.c: what /readyz says of where we stand now. */
void flow_show_ready(struct flow *f);

/* state.c: one line of the log that says where we stand. */
void flow_report(struct flow *f);

/* effect.c: performs what is due, when nothing waits for a commit. */
MUST_USE enum status flow_effects(struct flow *f, struct err *err);

/* hold.c: pauses the partitions that are far ahead, resumes the others. */
MUST_USE enum status flow_hold(struct flow *f, struct err *err);

/* hold.c: resumes all. */
MUST_USE enum status flow_release(struct flow *f, struct err *err);

/* careful.c: says how many partitions are read with care. */
void flow_show_careful(struct flow *f);

/* careful.c: p has lived through n records that were never committed before. */
void flow_lived(struct flow *f, struct part *p, size_t n);

/* careful.c: the next records of p, with care. */
MUST_USE enum status flow_careful(struct flow *f, struct part *p, struct err *err);

/* feed.c: gives the stage the next n records of p. */
MUST_USE enum status flow_step(struct flow *f, struct part *p, size_t n, struct err *err);

enum verdict {
    VERDICT_NONE, /* there could be no child, or it came to no end            */
    VERDICT_LIVES,
    VERDICT_KILLS,
    VERDICT_KILLED, /* by SIGKILL: the kernel, short of memory, or somebody     */
};

/* trial.c: what becomes of a child that gives the stage the next n records of p. Some ms, 10 s
 * at most. */
enum verdict flow_trial(struct flow *f, const struct part *p, size_t n);

#endif
