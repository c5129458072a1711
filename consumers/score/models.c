/* SPDX-License-Identifier: MIT */
#include "consumers/score/models.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/score/stage.h"
#include "net/net.h"
#include "now/now.h"
#include "obs/log.h"
#include "obs/metrics.h"
#include "registry/watch.h"

const struct conf_prop shadow_props[] = {
    { .name = "score.shadow",
      .type = CONF_STR,
      .at = offsetof(struct models_conf, shadow),
      .dflt = "",
      .doc = "A second model, named as score.model, that scores the same comments into "
             "absa.scores.shadow, for absa shadow to compare; it halves the speed. Empty: none." },
    { .name = NULL },
};

enum { SCORE, SHADOW, ROLE_N };

static const char *const roles[ROLE_N] = { "score", "shadow" };

struct models {
    const struct models_conf *conf;
    struct registry registry;
    bool net;
    const char *name[ROLE_N]; /* NULL: there is none */
    struct bundle *bundle[ROLE_N];
    struct found found[ROLE_N];
    int64_t since_ms[ROLE_N];
    struct watch *watch;
    atomic_bool asked;
    const struct stage *stage;
};

void models_check(const struct models_conf *m, const char *bundle, struct conf *conf)
{
    model_props_check(&m->model, bundle, &m->mlflow, conf);
    if (m->shadow[0])
        model_name_check(m->shadow, "score.shadow", &m->mlflow, conf);
}

static enum status open_role(struct models *m, int role, struct err *err)
{
    if (!m->name[role])
        return ST_OK;
    enum status st =
        registry_first(&m->registry, m->name[role], &m->found[role], &m->bundle[role], err);
    m->since_ms[role] = now_wall_ms();
    return st;
}

static enum status open_all(struct models *m, const char *bundle, const atomic_bool *stop,
                            struct err *err)
{
    enum status st = ST_OK;

    m->name[SCORE] = model_name(&m->conf->model, bundle);
    m->name[SHADOW] = m->conf->shadow[0] ? m->conf->shadow : NULL;
    for (int i = 0; i < ROLE_N; i++)
        m->net = m->net || (m->name[i] && mlflow_is_model(m->name[i]));
    if (m->net)
        st = net_start(err);
    registry_open(&m->conf->model, &m->conf->mlflow, stop, &m->registry);
    for (int i = 0; st == ST_OK && i < ROLE_N; i++)
        st = open_role(m, i, err);
    return st;
}

enum status models_open(const struct models_conf *conf, const char *bundle, const atomic_bool *stop,
                        struct models **out, struct err *err)
{
    struct models *m = calloc(1, sizeof(*m));

    *out = NULL;
    if (!m)
        return err_set(err, ST_FATAL, "out of memory for models");
    m->conf = conf;
    enum status st = open_all(m, bundle, stop, err);
    if (st != ST_OK) {
        models_close(m);
        return st;
    }
    *out = m;
    return ST_OK;
}

struct bundle *models_bundle(const struct models *m)
{
    return m->bundle[SCORE];
}

struct bundle *models_shadow(const struct models *m)
{
    return m->bundle[SHADOW];
}

/* What the looks came to, for /metrics. */
static void show_looks(const struct models *m, int role, struct metrics *metrics)
{
    int64_t n[WATCH_RESULT_N] = { 0 };
    char labels[METRIC_TEXT_MAX];

    watch_count(m->watch, roles[role], n);
    for (int k = 0; k < WATCH_RESULT_N; k++) {
        snprintf(labels, sizeof(labels), "model=\"%s\",result=\"%s\"", roles[role],
                 watch_result_names[k]);
        if (n[k] > 0)
            metrics_add_text(metrics, METRIC_MODEL_LOOKS, labels, (double)n[k]);
    }
}

static void show_models(const struct models *m, struct metrics *metrics)
{
    char labels[METRIC_TEXT_MAX];

    metrics_clear(metrics, METRIC_MODEL_TAKEN);
    for (int i = 0; i < ROLE_N; i++) {
        if (!m->bundle[i])
            continue;
        snprintf(labels, sizeof(labels), "model=\"%s\",version=\"%.18s\",bundle=\"%.12s\"",
                 roles[i], m->found[i].version, bundle_info(m->bundle[i])->sha256.p);
        metrics_set_text(metrics, METRIC_MODEL_TAKEN, labels, (double)m->since_ms[i] / 1e3);
    }
}

/* Takes what waits for a role; the old one is nobody's any more. */
static struct bundle *exchange(struct models *m, int role)
{
    struct bundle *next = watch_take(m->watch, roles[role], &m->found[role]);
    struct bundle *old = m->bundle[role];

    if (!next)
        return NULL;
    m->bundle[role] = next;
    m->since_ms[role] = now_wall_ms();
    log_info("another model from here on", LOG_STR("model", roles[role]),
             LOG_STR("name", m->name[role]), LOG_STR("version", m->found[role].version),
             LOG_STR("bundle", bundle_info(next)->sha256.p), LOG_STR("dir", m->found[role].dir));
    return old;
}

static enum status act(void *ctx, struct metrics *metrics, struct err *err)
{
    struct models *m = ctx;
    struct bundle *old[ROLE_N];

    (void)err;
    for (int i = 0; i < ROLE_N; i++) {
        show_looks(m, i, metrics);
        old[i] = exchange(m, i);
    }
    score_stage_use(m->stage, m->bundle[SCORE], m->bundle[SHADOW]);
    for (int i = 0; i < ROLE_N; i++)
        bundle_free(old[i]);
    show_models(m, metrics);
    return ST_OK;
}

enum status models_watch(struct models *m, const struct stage *stage, struct flow_between *between,
                         struct err *err)
{
    m->stage = stage;
    m->asked = true; /* the first models are shown as any others */
    *between = (struct flow_between){ &m->asked, act, m };
    m->watch = watch_new(&m->registry, m->conf->model.poll_ms, &m->asked);
    if (!m->watch)
        return err_set(err, ST_FATAL, "out of memory for models");
    for (int i = 0; i < ROLE_N; i++) {
        if (m->name[i])
            watch_add(m->watch, roles[i], m->name[i], &m->found[i]);
    }
    return watch_start(m->watch, err);
}

void models_close(struct models *m)
{
    if (!m)
        return;
    watch_stop(m->watch);
    for (int i = 0; i < ROLE_N; i++)
        bundle_free(m->bundle[i]);
    if (m->net)
        net_stop();
    free(m);
}
