/* SPDX-License-Identifier: MIT */
/* pipeline.h -- ingest, score, pane and judge, made from one configuration. */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include "consumers/drift/config.h"
#include "consumers/ingest/config.h"
#include "consumers/score/stage.h"
#include "kafka/topics.h"
#include "model/bundle.h"
#include "registry/registry.h"

/* What the properties of a program fill, and what its flags put over them. */
struct pipeline_conf {
    struct kafka_topics topics;
    struct ingest_props ingest;
    struct score_conf score;
    struct model_conf model;
    struct mlflow_conf mlflow;
    struct drift_props drift;
    const char *bundle;   /* --bundle; NULL: score.model, score.bundle */
    const char *baseline; /* --baseline; NULL: drift.baseline          */
};

extern struct pipeline_conf pipeline_conf;

/* The sections that fill it; ends with title == NULL. */
extern const struct conf_section pipeline_sections[];

/* The programs whose headings in a file it obeys; ends with NULL. */
extern const char *const pipeline_programs[];

enum pipeline_stage { PIPELINE_INGEST, PIPELINE_SCORE, PIPELINE_PANE, PIPELINE_JUDGE, PIPELINE_N };

struct pipeline {
    struct topology topo;
    struct ingest_conf ingest;
    struct wire *wire;
    struct bundle *bundle;
    struct found found; /* where it lies */
    struct baseline *baseline;
    struct stage stage[PIPELINE_N];
};

/* Refuses (conf_refuse()) what pipeline_open() of all stages would. */
void pipeline_check(struct conf *conf);

/* Makes the first n stages from pipeline_conf; the baseline is loaded
 * when they include drift. Says on stderr what a person should know (no key for
 * user ids), unless quiet. ST_FATAL "config: ...". Close it in any case. */
MUST_USE enum status pipeline_open(struct pipeline *p, size_t n, bool quiet, struct err *err);

/* Safe on a zeroed struct and after a failed pipeline_open(). */
void pipeline_close(struct pipeline *p);

#endif
