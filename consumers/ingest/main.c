/* SPDX-License-Identifier: MIT */
/* absa ingest: raw records of any scraper in, comments out. */
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "consumers/ingest/config.h"
#include "consumers/ingest/stage.h"
#include "pipe/lines.h"
#include "service/service.h"

static struct ingest_props props;
static struct kafka_topics topics;
static struct flow_conf consumer;
static bool pipe_mode;
static bool from_start;
static const char *dead_file;

static const struct conf_section sections[] = {
    { "Ingest", ingest_props, &props },
    { "Times", ingest_times_props, &props.times },
    { "Topics", kafka_topics_props, &topics },
    { "Consumer", flow_props, &consumer },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "pipe", 0, NULL, APP_FLAG, &pipe_mode, "raw lines on stdin, comments on stdout, no Kafka" },
    { "dead", 0, "FILE", APP_STR, &dead_file, "with --pipe: dead letters go here" },
    { "from-start", 0, NULL, APP_FLAG, &from_start, "a log that was cut at its start is fine" },
    { .name = NULL },
};

static enum status run_pipe(const struct ingest_conf *conf, struct err *err)
{
    const struct topology topo = pipe_topology();
    struct stage stage = { NULL, NULL };
    struct wire *wire = NULL;
    enum status st = wire_new(NULL, &wire, err);

    if (st == ST_OK)
        st = ingest_stage_new(conf, wire, &topo, &stage, err);
    if (st == ST_OK) {
        const struct pipe_lines lines = { .stages = &stage,
                                          .n = 1,
                                          .wire = wire,
                                          .fd = STDIN_FILENO,
                                          .to = { [TOPIC_COMMENTS] = stdout },
                                          .dead_file = dead_file,
                                          .arrival_ms = -1,
                                          .stop = app_stop_flag() };
        st = pipe_lines_run(&lines, err);
    }
    stage_close(&stage);
    wire_free(wire);
    return st;
}

static enum status run_kafka(const struct ingest_conf *conf, struct app_run *run, struct err *err)
{
    const struct topology topo = kafka_topology(&topics);
    struct stage stage = { NULL, NULL };
    enum status st = ingest_stage_new(conf, NULL, &topo, &stage, err);

    if (st == ST_OK) {
        const struct service service = { .consumer = &consumer,
                                         .topics = &topics,
                                         .from_start = from_start };
        st = service_run(&service, run, &stage, err);
    }
    stage_close(&stage);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct ingest_conf conf;
    enum status st = ingest_conf_take(&props, pipe_mode, &conf, err);

    if (st == ST_OK && pipe_mode && props.user_key_file[0] == '\0' && run->verbosity >= 0)
        fputs("absa ingest: no ingest.user_key_file: users are named with an all-zero key\n",
              stderr);
    if (st == ST_OK)
        st = pipe_mode ? run_pipe(&conf, err) : run_kafka(&conf, run, err);
    return st;
}

static void check(struct conf *conf)
{
    ingest_props_check(&props, conf);
    kafka_conf_check(conf);
}

static const struct app app = {
    .name = "ingest",
    .summary = "raw records of any scraper in, comments out",
    .examples = "  absa ingest -c absa.conf\n"
                "  absa ingest --pipe < comments.jsonl\n",
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
