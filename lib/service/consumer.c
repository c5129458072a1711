/* SPDX-License-Identifier: MIT */
#include "service/consumer.h"

#include <unistd.h>

#include "pipe/lines.h"

static enum status run_pipe(const struct consumer *c, const struct consumer_stage *s,
                            const struct stage *stage, struct wire *wire, struct err *err)
{
    struct pipe_lines lines = { .stages = stage,
                                .n = 1,
                                .wire = wire,
                                .fd = STDIN_FILENO,
                                .dead_file = c->dead_file,
                                .arrival_ms = -1,
                                .stop = app_stop_flag() };

    for (int i = 0; i < TOPIC_N; i++)
        lines.to[i] = s->to[i];
    return pipe_lines_run(&lines, err);
}

static enum status run_kafka(const struct consumer *c, const struct consumer_stage *s,
                             struct stage *stage, struct app_run *run, struct err *err)
{
    const struct service service = { .consumer = &c->flow,
                                     .topics = &c->topics,
                                     .between = s->between,
                                     .from_start = c->from_start };

    return service_run(&service, run, stage, err);
}

enum status consumer_run(const struct consumer *c, const struct consumer_stage *s,
                         struct app_run *run, struct err *err)
{
    const struct topology topo = c->pipe ? pipe_topology() : kafka_topology(&c->topics);
    struct stage stage = { NULL, NULL };
    struct wire *wire = NULL;
    enum status st = wire_new(NULL, &wire, err);

    if (st == ST_OK)
        st = s->make(s->ctx, wire, &topo, &stage, err);
    if (st == ST_OK)
        st = c->pipe ? run_pipe(c, s, &stage, wire, err) : run_kafka(c, s, &stage, run, err);
    stage_close(&stage);
    wire_free(wire);
    return st;
}
