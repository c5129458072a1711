/* SPDX-License-Identifier: MIT */
/* publish.h -- a training as a run in MLflow, and its bundle as a version of a model.
 *
 *     begin     the run is made before anything is learnt: a registry that is not there, or
 *               says no, costs no training
 *     end       parameters, metrics, the files of the bundle (as "bundle/..."), the version,
 *               and the alias if one is asked for; or, when training failed, that it did
 *
 * The bundle lies in its folder in any case. */
#ifndef TRAIN_PUBLISH_H
#define TRAIN_PUBLISH_H

#include "net/mlflow.h"

struct publish_conf {
    struct rest rest;
    const char *experiment;
    const char *model; /* registered as                     */
    const char *alias; /* points to the version; NULL: none */
};

struct training;
struct quality;

/* ST_FATAL "unavailable: ..." or "config: ...". */
MUST_USE enum status publish_begin(const struct publish_conf *conf, struct mlflow_run *run,
                                   struct err *err);

/* Tells all that there is to tell, and prints which version it became. As the first. */
MUST_USE enum status publish_end(const struct training *t, const struct quality *q,
                                 const struct mlflow_run *run, struct err *err);

/* The training came to nothing. */
void publish_failed(const struct publish_conf *conf, const struct mlflow_run *run);

#endif
