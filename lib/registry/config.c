/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/default_dir.h"
#include "model/tables.h"
#include "registry/registry.h"

/* clang-format off */
const struct conf_prop mlflow_props[] = {
    { .name = "mlflow.url", .type = CONF_STR, .at = offsetof(struct mlflow_conf, url), .dflt = "",
      .doc = "Where the model registry (MLflow) is: https://HOST:PORT, or http:// on this machine; empty: $MLFLOW_TRACKING_URI." },
    { .name = "mlflow.user", .type = CONF_STR, .at = offsetof(struct mlflow_conf, user), .dflt = "",
      .doc = "Name there; empty: $MLFLOW_TRACKING_USERNAME." },
    { .name = "mlflow.password", .type = CONF_SECRET, .at = offsetof(struct mlflow_conf, password), .dflt = "",
      .doc = "Password there; empty: $MLFLOW_TRACKING_PASSWORD." },
    { .name = "mlflow.token", .type = CONF_SECRET, .at = offsetof(struct mlflow_conf, token), .dflt = "",
      .doc = "Bearer token there, instead of name and password; empty: $MLFLOW_TRACKING_TOKEN." },
    { .name = "mlflow.ca_file", .type = CONF_STR, .at = offsetof(struct mlflow_conf, ca_file), .dflt = "",
      .doc = "Certificates (PEM) that its certificate is checked against; empty: $MLFLOW_TRACKING_SERVER_CERT_PATH, else the system's." },
    { .name = "mlflow.plain", .type = CONF_BOOL, .at = offsetof(struct mlflow_conf, plain), .dflt = "false",
      .doc = "http:// to another machine is fine: whoever stands between may change the model, and no secret is sent." },
    { .name = NULL },
};

const struct conf_prop model_props[] = {
    { .name = "score.model", .type = CONF_STR, .at = offsetof(struct model_conf, model), .dflt = "",
      .doc = "Model by its name in the registry, models:/NAME/VERSION or models:/NAME@ALIAS, or a folder; empty: score.bundle." },
    { .name = "score.taxonomy", .type = CONF_STR, .at = offsetof(struct model_conf, taxonomy), .dflt = "",
      .doc = "File of your own aspects: lines of a category, a TAB and a term of one to three words; empty: the model's. Its scores are other scores: their bundle_sha256 changes, and drift wants a baseline of them." },
    { .name = "score.model_poll", .type = CONF_MS, .at = offsetof(struct model_conf, poll_ms), .dflt = "60s", .min = 0, .max = 86400000,
      .doc = "How often the registry is asked what an alias means now, to take over another version between two transactions; 0: never." },
    { .name = "score.model_cache", .type = CONF_STR, .at = offsetof(struct model_conf, cache), .dflt = "",
      .doc = "Folder that models are kept in, by their hash; empty: $CACHE_DIRECTORY, $XDG_CACHE_HOME/absa, else ~/.cache/absa." },
    { .name = "score.model_keep", .type = CONF_INT, .at = offsetof(struct model_conf, keep), .dflt = "8", .min = 0, .max = 1000,
      .doc = "So many models of that folder are kept, those used last; beyond them only what a name means now and what was used within an hour. 0: all." },
    { .name = NULL },
};
/* clang-format on */

static const char *either(const char *value, const char *variable)
{
    const char *env = value[0] ? value : getenv(variable);

    return env ? env : "";
}

struct rest mlflow_rest(const struct mlflow_conf *m, const atomic_bool *stop)
{
    return (struct rest){ .base = either(m->url, "MLFLOW_TRACKING_URI"),
                          .token = either(m->token, "MLFLOW_TRACKING_TOKEN"),
                          .user = either(m->user, "MLFLOW_TRACKING_USERNAME"),
                          .password = either(m->password, "MLFLOW_TRACKING_PASSWORD"),
                          .ca_file = either(m->ca_file, "MLFLOW_TRACKING_SERVER_CERT_PATH"),
                          .plain = m->plain,
                          .stop = stop };
}

void mlflow_props_check(const struct mlflow_conf *m, struct conf *conf)
{
    struct rest rest = mlflow_rest(m, NULL);
    struct err err = { 0 };

    if (rest.base[0] && rest_check(&rest, &err) != ST_OK)
        conf_refuse(conf, "mlflow.url", &err);
}

static void check_taxonomy(const char *path, struct conf *conf)
{
    char hex[SHA256_HEX_LEN + 1];
    struct tables tables;
    struct err err = { 0 };
    enum status st = tables_init(&tables, &err);

    if (st == ST_OK)
        st = tables_taxonomy(&tables, path, hex, &err);
    if (st != ST_OK)
        conf_refuse(conf, "score.taxonomy", &err);
    tables_release(&tables);
}

static void check_folder(const char *dir, const char *property, struct conf *conf)
{
    struct bundle *bundle = NULL;
    struct err err = { 0 };

    if (bundle_load(dir, &bundle, &err) != ST_OK)
        conf_refuse(conf, property, &err);
    bundle_free(bundle);
}

void model_name_check(const char *name, const char *property, const struct mlflow_conf *at,
                      struct conf *conf)
{
    struct rest rest = mlflow_rest(at, NULL);
    struct mlflow_model model;
    struct err err = { 0 };

    if (!mlflow_is_model(name)) {
        check_folder(name, property, conf);
        return;
    }
    enum status st = mlflow_parse(name, &model, &err);
    if (st == ST_OK && !rest.base[0])
        st = err_set(&err, ST_FATAL, "%.80s is in a registry, and mlflow.url is not set", name);
    if (st != ST_OK)
        conf_refuse(conf, property, &err);
}

void model_props_check(const struct model_conf *m, const char *bundle, const struct mlflow_conf *at,
                       struct conf *conf)
{
    struct err err = { 0 };

    mlflow_props_check(at, conf);
    if (m->taxonomy[0])
        check_taxonomy(m->taxonomy, conf);
    if (m->model[0] && bundle[0]) {
        (void)err_set(&err, ST_FATAL, "score.bundle is set too: one of the two");
        conf_refuse(conf, "score.model", &err);
    } else if (m->model[0]) {
        model_name_check(m->model, "score.model", at, conf);
    } else {
        check_folder(bundle_dir(bundle), "score.bundle", conf);
    }
}

const char *model_name(const struct model_conf *m, const char *bundle)
{
    return m->model[0] ? m->model : bundle_dir(bundle);
}

/* The folder that is used when none is named. */
static void usual_cache(char dir[FILE_PATH_MAX])
{
    const char *of_systemd = getenv("CACHE_DIRECTORY");
    const char *of_user = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (of_systemd && *of_systemd)
        snprintf(dir, FILE_PATH_MAX, "%s", of_systemd);
    else if (of_user && *of_user)
        snprintf(dir, FILE_PATH_MAX, "%s/absa", of_user);
    else
        snprintf(dir, FILE_PATH_MAX, "%s/.cache/absa", home && *home ? home : "");
}

void registry_open(const struct model_conf *m, const struct mlflow_conf *at,
                   const atomic_bool *stop, struct registry *out)
{
    *out = (struct registry){ .rest = mlflow_rest(at, stop),
                              .taxonomy = m->taxonomy,
                              .keep = m->keep };
    if (m->cache[0])
        snprintf(out->cache, sizeof(out->cache), "%s", m->cache);
    else
        usual_cache(out->cache);
    if (out->cache[0] != '/' && !m->cache[0])
        out->cache[0] = '\0';
}
