/* SPDX-License-Identifier: MIT */
/* absa score: comments in, scores out. */
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "consumers/score/stage.h"
#include "model/default_dir.h"
#include "pipe/lines.h"
#include "service/service.h"

static struct score_conf conf;
static struct kafka_topics topics;
static struct flow_conf consumer;
static bool pipe_mode;
static bool from_start;
static const char *dead_file;

static const struct conf_section sections[] = {
    { "Score", score_props, &conf },
    { "Topics", kafka_topics_props, &topics },
    { "Consumer", flow_props, &consumer },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "pipe", 0, NULL, APP_FLAG, &pipe_mode, "comments on stdin, scores on stdout, no Kafka" },
    { "dead", 0, "FILE", APP_STR, &dead_file, "with --pipe: dead letters go here" },
    { "from-start", 0, NULL, APP_FLAG, &from_start, "a log that was cut at its start is fine" },
    { .name = NULL },
};

static enum status run_pipe(struct stage *stage, struct wire *wire, struct err *err)
{
    const struct pipe_lines lines = { .stages = stage,
                                      .n = 1,
                                      .wire = wire,
                                      .fd = STDIN_FILENO,
                                      .to = { [TOPIC_SCORES] = stdout },
                                      .dead_file = dead_file,
                                      .arrival_ms = -1,
                                      .stop = app_stop_flag() };

    return pipe_lines_run(&lines, err);
}

static enum status run_kafka(struct stage *stage, struct app_run *run, struct err *err)
{
    const struct service service = { .consumer = &consumer,
                                     .topics = &topics,
                                     .from_start = from_start };

    return service_run(&service, run, stage, err);
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct topology topo = pipe_mode ? pipe_topology() : kafka_topology(&topics);
    struct stage stage = { NULL, NULL };
    struct bundle *bundle = NULL;
    struct wire *wire = NULL;
    enum status st = wire_new(NULL, &wire, err);

    if (st == ST_OK)
        st = bundle_load(bundle_dir(conf.bundle), &bundle, err);
    if (st == ST_OK)
        st = score_stage_new(&conf, wire, &topo, bundle, &stage, err);
    if (st == ST_OK)
        st = pipe_mode ? run_pipe(&stage, wire, err) : run_kafka(&stage, run, err);
    stage_close(&stage);
    bundle_free(bundle);
    wire_free(wire);
    return st;
}

static void check(struct conf *c)
{
    score_props_check(&conf, c);
    kafka_conf_check(c);
}

static const struct app app = {
    .name = "score",
    .summary = "comments in, scores out",
    .examples = "  absa score -c absa.conf\n"
                "  absa ingest --pipe < comments.jsonl | absa score --pipe\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .check = check,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
