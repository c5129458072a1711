/* SPDX-License-Identifier: MIT */
/* absa score: comments in, scores out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "consumers/score/models.h"
#include "consumers/score/stage.h"
#include "service/consumer.h"

static struct score_conf conf;
static struct models_conf models_conf;
static struct consumer consumer;
static const char *shadow_file;

static const struct conf_section sections[] = {
    { "Score", score_props, &conf },
    { "Model", model_props, &models_conf.model },
    { "Shadow", shadow_props, &models_conf },
    { "MLflow", mlflow_props, &models_conf.mlflow },
    CONSUMER_SECTIONS(consumer),
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    CONSUMER_OPTS(consumer, "comments on stdin, scores on stdout, no Kafka"),
    { "shadow", 0, "FILE", APP_STR, &shadow_file, "with --pipe: scores of score.shadow go here" },
    { .name = NULL },
};

struct scorer {
    struct models *models;
    struct flow_between between;
};

static enum status make(void *ctx, struct wire *wire, const struct topology *topo,
                        struct stage *out, struct err *err)
{
    struct scorer *s = ctx;
    enum status st = score_stage_new(&conf, wire, topo, models_bundle(s->models), out, err);

    if (st == ST_OK)
        score_stage_use(out, models_bundle(s->models), models_shadow(s->models));
    return st == ST_OK && !consumer.pipe ? models_watch(s->models, out, &s->between, err) : st;
}

static enum status score(FILE *shadow, struct app_run *run, struct err *err)
{
    struct scorer scorer = { .models = NULL };
    const struct consumer_stage stage = {
        .make = make,
        .ctx = &scorer,
        .to = { [TOPIC_SCORES] = stdout, [TOPIC_SHADOW] = shadow },
        .between = &scorer.between
    };
    enum status st = models_open(&models_conf, conf.bundle, app_stop_flag(), &scorer.models, err);

    if (st == ST_OK)
        st = consumer_run(&consumer, &stage, run, err);
    models_close(scorer.models);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    FILE *shadow = consumer.pipe && shadow_file ? fopen(shadow_file, "w") : NULL;

    if (consumer.pipe && shadow_file && !shadow)
        return err_set(err, ST_FATAL, "config: %s: %s", shadow_file, strerror(errno));
    enum status st = score(shadow, run, err);
    if (shadow && fclose(shadow) != 0 && st == ST_OK)
        st = err_set(err, ST_FATAL, "%s: %s", shadow_file, strerror(errno));
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
