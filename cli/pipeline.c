/* SPDX-License-Identifier: MIT */
#include "cli/pipeline.h"

#include <stdio.h>

#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"

struct pipeline_conf pipeline_conf;

const struct conf_section pipeline_sections[] = {
    { "Topics", kafka_topics_props, &pipeline_conf.topics },
    { "Ingest", ingest_props, &pipeline_conf.ingest },
    { "Times", ingest_times_props, &pipeline_conf.ingest.times },
    { "Score", score_props, &pipeline_conf.score },
    { "Model", model_props, &pipeline_conf.model },
    { "MLflow", mlflow_props, &pipeline_conf.mlflow },
    { "Drift", drift_props, &pipeline_conf.drift },
    { NULL, NULL, NULL },
};

const char *const pipeline_programs[] = { "ingest", "score", "drift", NULL };

static enum status open_ingest(struct pipeline *p, bool quiet, struct err *err)
{
    const char *key = pipeline_conf.ingest.user_key_file;
    enum status st = ingest_conf_take(&pipeline_conf.ingest, true, &p->ingest, err);

    if (st == ST_OK && key[0] == '\0' && !quiet)
        fputs("note: no ingest.user_key_file: user ids are hashed with an all-zero key\n", stderr);
    if (st == ST_OK)
        st = ingest_stage_new(&p->ingest, p->wire, &p->topo, &p->stage[PIPELINE_INGEST], err);
    return st;
}

static enum status open_score(struct pipeline *p, struct err *err)
{
    const struct score_conf *conf = &pipeline_conf.score;
    enum status st = registry_once(&pipeline_conf.model, conf->bundle, &pipeline_conf.mlflow,
                                   &p->found, &p->bundle, err);

    return st == ST_OK
               ? score_stage_new(conf, p->wire, &p->topo, p->bundle, &p->stage[PIPELINE_SCORE], err)
               : st;
}

/* In a stream another bundle is set aside (ADR 49); here there would be nothing else. */
static enum status check_bundle(const struct pipeline *p, struct err *err)
{
    const struct bundle_info *scores = bundle_info(p->bundle);

    if (slice_is(scores->sha256, p->baseline->bundle_sha256))
        return ST_OK;
    return err_set(
        err, ST_FATAL,
        "config: scores are of bundle %.16s, but the baseline is of bundle %.16s: make a "
        "baseline of these (absa baseline)",
        scores->sha256.p, p->baseline->bundle_sha256);
}

static enum status open_drift(struct pipeline *p, struct err *err)
{
    const struct drift_conf conf = drift_conf_take(&pipeline_conf.drift);
    enum status st = drift_baseline_load(&pipeline_conf.drift, p->found.dir, &p->baseline, err);

    if (st == ST_OK)
        st = check_bundle(p, err);
    if (st == ST_OK)
        st = pane_stage_new(&conf, p->wire, &p->topo, p->baseline, &p->stage[PIPELINE_PANE], err);
    if (st == ST_OK)
        st = judge_stage_new(&conf, p->wire, &p->topo, p->baseline, &p->stage[PIPELINE_JUDGE], err);
    return st;
}

/* What flags say wins over properties. */
static void take_flags(void)
{
    if (pipeline_conf.bundle) {
        pipeline_conf.model.model = pipeline_conf.bundle;
        pipeline_conf.score.bundle = "";
    }
    if (pipeline_conf.baseline)
        pipeline_conf.drift.baseline = pipeline_conf.baseline;
}

/* Whose baseline is the usual one, as far as it is known before the registry is asked. */
static const char *folder(void)
{
    const char *name = model_name(&pipeline_conf.model, pipeline_conf.score.bundle);

    return mlflow_is_model(name) ? "" : name;
}

void pipeline_check(struct conf *conf)
{
    take_flags();
    ingest_props_check(&pipeline_conf.ingest, conf);
    model_props_check(&pipeline_conf.model, pipeline_conf.score.bundle, &pipeline_conf.mlflow,
                      conf);
    drift_props_check(&pipeline_conf.drift, folder(), conf);
    kafka_conf_check(conf);
}

enum status pipeline_open(struct pipeline *p, size_t n, bool quiet, struct err *err)
{
    *p = (struct pipeline){ .topo = kafka_topology(&pipeline_conf.topics) };
    enum status st = wire_new(NULL, &p->wire, err);

    take_flags();
    if (st == ST_OK)
        st = open_ingest(p, quiet, err);
    if (st == ST_OK && n > PIPELINE_SCORE)
        st = open_score(p, err);
    if (st == ST_OK && n > PIPELINE_PANE)
        st = open_drift(p, err);
    return st;
}

void pipeline_close(struct pipeline *p)
{
    for (int i = 0; i < PIPELINE_N; i++)
        stage_close(&p->stage[i]);
    baseline_free(p->baseline);
    bundle_free(p->bundle);
    wire_free(p->wire);
    *p = (struct pipeline){ 0 };
}
