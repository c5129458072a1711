/* SPDX-License-Identifier: MIT */
/* absa serve: a model behind HTTP, for those who ask as they ask MLflow. */
#include <stdio.h>

#include "app/app.h"
#include "net/net.h"
#include "now/now.h"
#include "obs/log.h"
#include "registry/watch.h"
#include "serve/server.h"

enum { TURN_MS = 200 };

struct serve_conf {
    const char *host;
    int64_t port;
    const char *bundle;
    int log_format;
    int log_level;
};

static struct serve_conf conf;
static struct model_conf model;
static struct mlflow_conf mlflow;
static const char *model_flag;
static const char *host_flag;
static int64_t port_flag = -1;

/* clang-format off */
static const struct conf_prop props[] = {
    { .name = "serve.host", .type = CONF_STR, .at = offsetof(struct serve_conf, host), .dflt = "127.0.0.1",
      .doc = "Address to listen on. Whoever reaches it may ask: there is no password and no TLS, so anything but 127.0.0.1 and ::1 belongs behind a proxy that has both." },
    { .name = "serve.port", .type = CONF_INT, .at = offsetof(struct serve_conf, port), .dflt = "5002", .min = 0, .max = 65535,
      .doc = "Port to listen on; 0: any that is free." },
    { .name = "score.bundle", .type = CONF_STR, .at = offsetof(struct serve_conf, bundle), .dflt = "",
      .doc = "Folder of the model; empty: $ABSA_BUNDLE, else the default bundle." },
    { .name = "log.format", .type = CONF_CHOICE, .at = offsetof(struct serve_conf, log_format), .dflt = "logfmt", .choices = "logfmt|json",
      .doc = "How log lines look." },
    { .name = "log.level", .type = CONF_CHOICE, .at = offsetof(struct serve_conf, log_level), .dflt = "info", .choices = "error|warn|info|debug",
      .doc = "Least important lines that are logged; -q means error, -v debug." },
    { .name = NULL },
};
/* clang-format on */

static const struct conf_section sections[] = {
    { "Serve", props, &conf },
    { "Model", model_props, &model },
    { "MLflow", mlflow_props, &mlflow },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "model", 'm', "MODEL", APP_STR, &model_flag, "score.model" },
    { "port", 'p', "PORT", APP_INT, &port_flag, "serve.port (5002)" },
    { "host", 0, "ADDRESS", APP_STR, &host_flag, "serve.host (127.0.0.1)" },
    { .name = NULL },
};

/* What flags say wins over properties. */
static void take_flags(void)
{
    if (model_flag)
        model.model = model_flag;
    if (host_flag)
        conf.host = host_flag;
    if (port_flag >= 0)
        conf.port = port_flag;
}

static void check(struct conf *c)
{
    take_flags();
    model_props_check(&model, conf.bundle, &mlflow, c);
}

/* Takes what the registry has for us, until it is time to end. */
static void attend(struct server *server, struct watch *watch, atomic_bool *asked)
{
    while (!app_stopping()) {
        struct bundle *next = NULL;
        struct found found;

        if (atomic_exchange(asked, false))
            next = watch_take(watch, "serve", &found);
        if (next) {
            server_exchange(server, next);
            log_info("another model from here on", LOG_STR("version", found.version),
                     LOG_STR("bundle", bundle_info(next)->sha256.p));
        }
        now_nap(TURN_MS);
    }
}

static enum status serve(const struct registry *r, const char *name, struct bundle *bundle,
                         const struct found *found, struct err *err)
{
    char version[80];
    const struct server_conf at = { conf.host, (uint16_t)conf.port, version };
    struct server *server = NULL;
    atomic_bool asked = false;
    struct watch *watch = watch_new(r, model.poll_ms, &asked);
    enum status st;

    snprintf(version, sizeof(version), "absa serve %s", app_version());
    st = server_start(&at, bundle, &server, err);
    if (st == ST_OK && !watch)
        st = err_set(err, ST_FATAL, "out of memory for models");
    if (st == ST_OK) {
        watch_add(watch, "serve", name, found);
        st = watch_start(watch, err);
    }
    if (st == ST_OK) {
        log_info("serving", LOG_STR("host", conf.host), LOG_INT("port", server_port(server)),
                 LOG_STR("model", name), LOG_STR("version", found->version),
                 LOG_STR("bundle", bundle_info(bundle)->sha256.p));
        attend(server, watch, &asked);
    }
    watch_stop(watch);
    server_stop(server);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    const char *name = model_name(&model, conf.bundle);
    struct registry registry;
    struct bundle *bundle = NULL;
    struct found found;
    enum status st = net_start(err);

    log_setup(log_least(run->verbosity, conf.log_level), (enum log_format)conf.log_format, "serve",
              NULL);
    registry_open(&model, &mlflow, app_stop_flag(), &registry);
    if (st == ST_OK)
        st = registry_first(&registry, name, &found, &bundle, err);
    if (st == ST_OK)
        st = serve(&registry, name, bundle, &found, err);
    net_stop();
    return st;
}

static const struct app app = {
    .name = "serve",
    .summary = "Answers POST /invocations as `mlflow models serve` does: texts in, scores out, by\n"
               "the same model and the same code as absa score. /ping, /health and /version say\n"
               "that it is there. For this machine alone, unless told otherwise.",
    .examples = "  absa serve -m models:/absa-sentiment-model/1 -p 5002\n"
                "  curl -s http://127.0.0.1:5002/invocations -H 'Content-Type: application/json' "
                "-d '{\"instances\": [\"great, but late\"]}'\n",
    .sections = sections,
    .opts = opts,
    .check = check,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
