/* SPDX-License-Identifier: MIT */
/* lines.h -- what --pipe does: stages between stdin and stdout, no Kafka.
 *
 *     absa ingest --pipe < raw.jsonl | absa score --pipe | absa drift --pipe
 *
 * stdin holds what the first stage reads, one object a line: raw lines as a
 * scraper writes them, else lines with the fields of the schema, and marks.
 * Each topic goes to the stream it is given; a topic without one goes nowhere.
 * What has been read is worked on at once, so that `tail -f` can stand in front. */
#ifndef PIPE_LINES_H
#define PIPE_LINES_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "stage/stage.h"

/* Of a longer line the first bytes are kept: too many for any stage. */
enum { PIPE_LINE_MAX = 4 << 20 };

struct pipe_lines {
    const struct stage *stages; /* in the order of the flow, made for pipe_topology() */
    size_t n;
    struct wire *wire;
    int fd;                  /* of the input                                   */
    FILE *to[TOPIC_N];       /* borrowed                                       */
    const char *dead_file;   /* NULL: dead letters are counted and fail the end */
    int64_t arrival_ms;      /* of raw lines; -1: now                          */
    const atomic_bool *stop; /* ends the input early when true; may be NULL    */
    int64_t *counted; /* COUNTER_N, filled at the end: what the stages counted; may be NULL */
};

/* One partition of everything. */
struct topology pipe_topology(void);

/* Runs to the end of the input; closes every window as the end of an import does
 * when the input is absa.raw. ST_REJECT (exit 65): some were dead letters and
 * there is no dead_file; err says how many and why. */
MUST_USE enum status pipe_lines_run(const struct pipe_lines *lines, struct err *err);

#endif
