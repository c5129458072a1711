/* SPDX-License-Identifier: MIT */
/* ready.h -- when a consumer is of use: the truth table behind /readyz.
 *
 * Ready is who has partitions or validly none, has restored what it remembers,
 * keeps up its commits as long as there is anything to commit, and whose way to
 * each receiver is open. Four checks, each with a reason when it is not met; all
 * of them must be. Whether Kafka is there is not among them: a process that waits
 * for it shows by its commits, and a broken broker must not look like broken
 * consumers before it has to.
 *
 * Facts in, checks out, without a clock. docs/READINESS.md is printed from here. */
#ifndef OBS_READY_H
#define OBS_READY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "obs/health.h"

enum ready_check { READY_ASSIGNED, READY_RESTORED, READY_COMMIT, READY_CIRCUIT, READY_N };

/* What of the input topic is ours. */
enum ready_parts {
    PARTS_WAITING, /* the group has not said yet, or has taken them back  */
    PARTS_STANDBY, /* it said that none is left for us: validly idle      */
    PARTS_OWNED,
};

enum { READY_COMMIT_MS = 30000 }; /* so long may input wait for a commit */

struct ready_facts {
    enum ready_parts parts;
    bool restored;      /* of all that is owned                                    */
    bool input;         /* records lie ahead of us, or results wait for a commit   */
    int64_t commit_age; /* ms since the last commit, or since input began, the later */
    int circuits_open;  /* receivers that are not tried until a person helps       */
};

struct ready_verdict {
    bool ok;
    char why[HEALTH_WHY_MAX]; /* "" when ok, unless there is something to tell */
};

/* "assigned", "restored", "commit", "circuit" */
const char *ready_check_name(enum ready_check c);

/* Judges all four; true when all are met. */
bool ready_judge(const struct ready_facts *f, struct ready_verdict out[READY_N]);

/* The same, and h has them from now on. */
void ready_show(const struct ready_facts *f, struct health *h);

/* The table of docs/READINESS.md: every state of each check, and what it means. */
void ready_print_doc(struct buf *out);

#endif
