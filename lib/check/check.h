/* SPDX-License-Identifier: MIT */
/* check.h -- the exactly-once property in milliseconds, without a broker.
 *
 * Runs stages over an in-memory log as Kafka would, only unkindly: a seed
 * decides how batches are cut, when the output says it is full, in which order
 * instances and partitions take their turn, who is killed at which point of a
 * step, who loses a partition and commits for it all the same (and is fenced),
 * when time ticks. A commit is atomic: outputs, positions and meta. A stage is
 * right when what it wrote equals what it writes when nothing happens (seed 0):
 *
 *     struct check_stage s[] = { { make_ingest, &conf, 2 }, { make_score, &bundle, 3 } };
 *     st = check_run(s, 2, input, &(struct check_plan){ .wire = w }, &calm, &err);
 *     for (uint64_t seed = 1; seed <= 100; seed++) {
 *         st = check_run(s, 2, input, &(struct check_plan){ .wire = w, .seed = seed }, &wild,
 * &err); st = check_log_equal(calm.log, wild.log, TOPIC_SCORES, CHECK_ORDERED, &err);
 *         check_result_release(&wild);
 *     }
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "check/log.h"

/* How to start an instance of a stage, as often as it dies. */
struct check_stage {
    enum status (*make)(void *arg, struct stage *stage, struct err *err);
    void *arg;
    int instances;
};

/* A host that is wrong, to show that the check sees it. */
enum check_mutant {
    CHECK_HOST_RIGHT,
    CHECK_POSITIONS_FIRST, /* commits positions, then outputs: may lose     */
    CHECK_OUTPUTS_FIRST,   /* commits outputs, then positions: may double   */
    CHECK_UNFENCED,        /* lets the former owner of a partition commit   */
};

struct check_plan {
    struct wire *wire;             /* for the stages' output; NULL when they put bytes only */
    uint64_t seed;                 /* 0: nothing happens                                    */
    int kills;                     /* at most; 0: 40                                        */
    int64_t wall_ms;               /* where the clock of random ticks starts; 0: no ticks   */
    int64_t end_wall_ms;           /* when not 0, each partition's tick at the end of input; a
                                      stage with effects lives on until then, a minute at most a step */
    const struct effects *effects; /* performs them; kills come before and behind       */
    enum check_mutant mutant;
};

/* What happened and what came of it. */
struct check_result {
    struct check_log *log; /* owned: a copy of the input, and all output   */
    int64_t counters[COUNTER_N];
    int kills;
    int fenced; /* commits of a former owner that were refused            */
    int moves;  /* partitions handed over in peace                        */
    int fulls;  /* times the output was made to say OUT_FULL              */
    int commits;
    int effects; /* performed */
};

/* Runs n stages until nobody has anything left to do. ST_FATAL: a stage said
 * so, broke its contract (used, meta) or made no progress. Fills *result also
 * then; release it in any case. */
MUST_USE enum status check_run(const struct check_stage *stages, size_t n,
                               const struct check_log *input, const struct check_plan *plan,
                               struct check_result *result, struct err *err);

/* Safe on a zeroed struct. */
void check_result_release(struct check_result *result);

#endif
