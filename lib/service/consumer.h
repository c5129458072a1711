/* SPDX-License-Identifier: MIT */
/* consumer.h -- a program of one stage: on Kafka, or with --pipe between stdin and stdout.
 *
 * Such a program says which stage, and what is its own; what it shares with the others is read into
 * a struct consumer:
 *
 *     static struct consumer consumer;
 *     static const struct conf_section sections[] = {
 *         { "Errors", errors_props, &props },
 *         CONSUMER_SECTIONS(consumer),
 *         { NULL, NULL, NULL },
 *     };
 *     static const struct app_opt opts[] = {
 *         CONSUMER_OPTS(consumer, "labels on stdin, their errors on stdout, no Kafka"),
 *         { .name = NULL },
 *     };
 *
 * and its run() is one call of consumer_run(). */
#ifndef SERVICE_CONSUMER_H
#define SERVICE_CONSUMER_H

#include <stdbool.h>
#include <stdio.h>

#include "service/service.h"
#include "wire/wire.h"

/* Properties and options. */
struct consumer {
    struct kafka_topics topics;
    struct flow_conf flow;
    bool pipe;
    bool from_start;
    const char *dead_file;
};

/* clang-format off */
/* Rows of a struct conf_section table. */
#define CONSUMER_SECTIONS(c)                                                                       \
    { "Topics", kafka_topics_props, &(c).topics },                                                 \
    { "Consumer", flow_props, &(c).flow }

/* Rows of a struct app_opt table; what --pipe reads and writes is said by the program. */
#define CONSUMER_OPTS(c, streams)                                                                  \
    { "pipe", 0, NULL, APP_FLAG, &(c).pipe, streams },                                             \
    { "dead", 0, "FILE", APP_STR, &(c).dead_file, "with --pipe: dead letters go here" },           \
    { "from-start", 0, NULL, APP_FLAG, &(c).from_start, "a log that was cut at its start is fine" }
/* clang-format on */

/* What a program is besides. */
struct consumer_stage {
    /* Makes the stage; wire and topo (of Kafka, or one partition of everything) outlive it. */
    enum status (*make)(void *ctx, struct wire *wire, const struct topology *topo,
                        struct stage *out, struct err *err);
    void *ctx;
    FILE *to[TOPIC_N];                  /* with --pipe: as in pipe/lines.h */
    const struct flow_between *between; /* on Kafka; NULL: nothing         */
};

/* Makes the stage and runs it: as service_run(), or as pipe_lines_run() over stdin. The stage that
 * was made stays where it is until that is done, and is closed then. */
MUST_USE enum status consumer_run(const struct consumer *c, const struct consumer_stage *s,
                                  struct app_run *run, struct err *err);

#endif
