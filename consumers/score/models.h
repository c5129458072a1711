/* SPDX-License-Identifier: MIT */
/* models.h -- which models absa score scores with, and when it takes another.
 *
 *     score.model  ──first──> bundle ──┐             a thread asks what aliases mean
 *     score.shadow ──first──> bundle ──┴─> stage <── (registry/watch.h); another version is
 *                                                    taken between two transactions
 *
 * A comment is scored by one model from beginning to end, and its record names it. */
#ifndef SCORE_MODELS_H
#define SCORE_MODELS_H

#include "flow/flow.h"
#include "registry/registry.h"
#include "stage/stage.h"

/* Sections "Model", "Shadow" and "MLflow". */
struct models_conf {
    struct model_conf model;
    struct mlflow_conf mlflow;
    const char *shadow; /* models:/..., a folder; "": none */
};

extern const struct conf_prop shadow_props[];

/* Refuses (conf_refuse()) what cannot be; bundle is score.bundle. */
void models_check(const struct models_conf *m, const char *bundle, struct conf *conf);

struct models;

/* Finds and loads them; conf is borrowed. As registry_first(). */
MUST_USE enum status models_open(const struct models_conf *conf, const char *bundle,
                                 const atomic_bool *stop, struct models **out, struct err *err);

struct bundle *models_bundle(const struct models *m); /* the one that counts  */
struct bundle *models_shadow(const struct models *m); /* NULL: there is none  */

/* Watches the aliases among them from now on, for a stage (borrowed) that uses them; what
 * comes of it, between is to do. ST_FATAL: no thread, or memory. */
MUST_USE enum status models_watch(struct models *m, const struct stage *stage,
                                  struct flow_between *between, struct err *err);

/* After the stage. NULL is fine. */
void models_close(struct models *m);

#endif
