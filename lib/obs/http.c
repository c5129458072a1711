/* SPDX-License-Identifier: MIT */
#include "obs/http.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_MAX = 1 << 20, NOT_FOUND = 404, UNAVAILABLE = 503 };

struct http {
    struct web *web;
    struct http_pages pages;
    struct web_conf conf; /* whose page is asked for what is none of ours */
    pthread_mutex_t lock; /* of config                                    */
    struct buf config;
};

static void page_metrics(struct http *h, struct web_answer *a)
{
    a->type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_render(h->pages.metrics, &a->body);
}

static void page_health(struct http *h, struct web_answer *a)
{
    bool ok = health_alive(h->pages.health);

    if (!ok)
        a->code = UNAVAILABLE;
    buf_str(&a->body, ok ? "alive\n" : "the main loop has not come round for 10 s\n");
}

static void page_ready(struct http *h, struct web_answer *a)
{
    a->type = "application/json";
    if (!health_render(h->pages.health, &a->body))
        a->code = UNAVAILABLE;
}

static void page_version(struct http *h, struct web_answer *a)
{
    buf_fmt(&a->body, "%s\n", h->pages.version);
}

static void page_config(struct http *h, struct web_answer *a)
{
    pthread_mutex_lock(&h->lock);
    buf_slice_add(&a->body, buf_slice(&h->config));
    pthread_mutex_unlock(&h->lock);
    if (a->body.n > 0)
        return;
    a->code = NOT_FOUND;
    buf_str(&a->body, "there is no configuration\n");
}

static const struct {
    const char *path;
    void (*render)(struct http *h, struct web_answer *a);
} routes[] = {
    { "/metrics", page_metrics }, { "/healthz", page_health }, { "/readyz", page_ready },
    { "/version", page_version }, { "/config", page_config },
};

static void on_page(void *ctx, const struct web_ask *ask, struct web_answer *a)
{
    struct http *h = ctx;

    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (strcmp(routes[i].path, ask->path) == 0) {
            routes[i].render(h, a);
            return;
        }
    }
    if (h->conf.page) {
        h->conf.page(h->conf.ctx, ask, a);
        return;
    }
    a->code = NOT_FOUND;
    buf_str(&a->body, "/metrics /healthz /readyz /version\n");
}

static void http_free(struct http *h)
{
    web_stop(h->web);
    buf_release(&h->config);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

enum status http_start_with(const struct web_conf *conf, const struct http_pages *pages,
                            struct http **out, struct err *err)
{
    struct http *h = calloc(1, sizeof(*h));

    *out = NULL;
    if (!h)
        return err_set(err, ST_FATAL, "out of memory");
    h->pages = *pages;
    h->conf = *conf;
    buf_init(&h->config, CONFIG_MAX);
    pthread_mutex_init(&h->lock, NULL);
    struct web_conf serve = *conf;
    serve.metrics = pages->metrics;
    serve.page = on_page;
    serve.ctx = h;
    enum status st = web_start(&serve, &h->web, err);
    if (st == ST_OK)
        *out = h;
    else
        http_free(h);
    return st;
}

enum status http_start(uint16_t port, const struct http_pages *pages, struct http **out,
                       struct err *err)
{
    const struct web_conf conf = { .port = port };

    return http_start_with(&conf, pages, out, err);
}

void http_event(struct http *h, const char *name, struct slice data)
{
    web_event(h->web, name, data);
}

enum status http_show_config(struct http *h, const struct conf *conf, struct err *err)
{
    if (!h)
        return ST_OK;
    pthread_mutex_lock(&h->lock);
    buf_clear(&h->config);
    conf_print(conf, &h->config);
    bool ok = !buf_failed(&h->config);
    if (!ok)
        buf_clear(&h->config);
    pthread_mutex_unlock(&h->lock);
    return ok ? ST_OK : err_set(err, ST_FATAL, "out of memory for /config");
}

uint16_t http_port(const struct http *h)
{
    return web_port(h->web);
}

void http_stop(struct http *h)
{
    if (h)
        http_free(h);
}
