/* SPDX-License-Identifier: MIT */
/* absa score: comments in, scores out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "consumers/score/models.h"
#include "consumers/score/stage.h"
#include "pipe/lines.h"
#include "service/service.h"

static struct score_conf conf;
static struct models_conf models_conf;
static struct kafka_topics topics;
static struct flow_conf consumer;
static bool pipe_mode;
static bool from_start;
static const char *dead_file;
static const char *shadow_file;

static const struct conf_section sections[] = {
    { "Score", score_props, &conf },
    { "Model", model_props, &models_conf.model },
    { "Shadow", shadow_props, &models_conf },
    { "MLflow", mlflow_props, &models_conf.mlflow },
    { "Topics", kafka_topics_props, &topics },
    { "Consumer", flow_props, &consumer },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "pipe", 0, NULL, APP_FLAG, &pipe_mode, "comments on stdin, scores on stdout, no Kafka" },
    { "dead", 0, "FILE", APP_STR, &dead_file, "with --pipe: dead letters go here" },
    { "shadow", 0, "FILE", APP_STR, &shadow_file, "with --pipe: scores of score.shadow go here" },
    { "from-start", 0, NULL, APP_FLAG, &from_start, "a log that was cut at its start is fine" },
    { .name = NULL },
};

static enum status run_pipe(struct stage *stage, struct wire *wire, struct err *err)
{
    FILE *shadow = shadow_file ? fopen(shadow_file, "w") : NULL;
    const struct pipe_lines lines = { .stages = stage,
                                      .n = 1,
                                      .wire = wire,
                                      .fd = STDIN_FILENO,
                                      .to = { [TOPIC_SCORES] = stdout, [TOPIC_SHADOW] = shadow },
                                      .dead_file = dead_file,
                                      .arrival_ms = -1,
                                      .stop = app_stop_flag() };

    if (shadow_file && !shadow)
        return err_set(err, ST_FATAL, "config: %s: %s", shadow_file, strerror(errno));
    enum status st = pipe_lines_run(&lines, err);
    if (shadow && fclose(shadow) != 0 && st == ST_OK)
        st = err_set(err, ST_FATAL, "%s: %s", shadow_file, strerror(errno));
    return st;
}

static enum status run_kafka(struct stage *stage, struct models *models, struct app_run *run,
                             struct err *err)
{
    struct flow_between between;
    const struct service service = {
        .consumer = &consumer, .topics = &topics, .between = &between, .from_start = from_start
    };
    enum status st = models_watch(models, stage, &between, err);

    return st == ST_OK ? service_run(&service, run, stage, err) : st;
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct topology topo = pipe_mode ? pipe_topology() : kafka_topology(&topics);
    struct stage stage = { NULL, NULL };
    struct models *models = NULL;
    struct wire *wire = NULL;
    enum status st = wire_new(NULL, &wire, err);

    if (st == ST_OK)
        st = models_open(&models_conf, conf.bundle, app_stop_flag(), &models, err);
    if (st == ST_OK)
        st = score_stage_new(&conf, wire, &topo, models_bundle(models), &stage, err);
    if (st == ST_OK) {
        score_stage_use(&stage, models_bundle(models), models_shadow(models));
        st = pipe_mode ? run_pipe(&stage, wire, err) : run_kafka(&stage, models, run, err);
    }
    stage_close(&stage);
    models_close(models);
    wire_free(wire);
    return st;
}

static void check(struct conf *c)
{
    models_check(&models_conf, conf.bundle, c);
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
