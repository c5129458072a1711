/* SPDX-License-Identifier: MIT */
/* absa errors: labels in, the errors of the predictions that they judge out. */
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "consumers/errors/config.h"
#include "pipe/lines.h"
#include "service/service.h"

static struct errors_conf props;
static struct kafka_topics topics;
static struct flow_conf consumer;
static bool pipe_mode;
static bool from_start;
static const char *dead_file;

static const struct conf_section sections[] = {
    { "Errors", errors_props, &props },
    { "Topics", kafka_topics_props, &topics },
    { "Consumer", flow_props, &consumer },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "pipe", 0, NULL, APP_FLAG, &pipe_mode, "labels on stdin, their errors on stdout, no Kafka" },
    { "dead", 0, "FILE", APP_STR, &dead_file, "with --pipe: dead letters go here" },
    { "from-start", 0, NULL, APP_FLAG, &from_start, "a log that was cut at its start is fine" },
    { .name = NULL },
};

static enum status run_pipe(struct wire *wire, struct stage *stage, struct err *err)
{
    const struct topology topo = pipe_topology();
    enum status st = errors_stage_new(&props, wire, &topo, stage, err);
    const struct pipe_lines lines = { .stages = stage,
                                      .n = 1,
                                      .wire = wire,
                                      .fd = STDIN_FILENO,
                                      .to = { [TOPIC_ERRORS] = stdout },
                                      .dead_file = dead_file,
                                      .arrival_ms = -1,
                                      .stop = app_stop_flag() };

    return st == ST_OK ? pipe_lines_run(&lines, err) : st;
}

static enum status run_kafka(struct app_run *run, struct wire *wire, struct stage *stage,
                             struct err *err)
{
    const struct topology topo = kafka_topology(&topics);
    enum status st = errors_stage_new(&props, wire, &topo, stage, err);
    const struct service service = { .consumer = &consumer,
                                     .topics = &topics,
                                     .from_start = from_start };

    return st == ST_OK ? service_run(&service, run, stage, err) : st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct stage stage = { NULL, NULL };
    struct wire *wire = NULL;
    enum status st = wire_new(NULL, &wire, err);

    if (st == ST_OK)
        st = pipe_mode ? run_pipe(wire, &stage, err) : run_kafka(run, wire, &stage, err);
    stage_close(&stage);
    wire_free(wire);
    return st;
}

static const struct app app = {
    .name = "errors",
    .summary = "Labels in, the errors of the predictions that they judge out: absa drift with\n"
               "topic.prefix=absa.errors. watches them as it watches scores.",
    .examples = "  absa errors -c absa.conf\n"
                "  absa label -n judged.csv | absa errors --pipe > errors.jsonl\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
