/* SPDX-License-Identifier: MIT */
#include "obs/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 1 << 20, CONNECTIONS = 32, SILENCE_S = 10, CONNECTION_MEMORY = 16384 };

struct http {
    struct MHD_Daemon *daemon;
    struct http_pages pages;
    pthread_mutex_t lock; /* of config */
    struct buf config;
};

struct page {
    unsigned code;
    const char *type;
    struct buf body;
};

#define TEXT "text/plain; charset=utf-8"

static void refuse(struct page *p, unsigned code, const char *why)
{
    p->code = code;
    buf_str(&p->body, why);
}

static void page_metrics(struct http *h, struct page *p)
{
    p->type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_render(h->pages.metrics, &p->body);
}

static void page_health(struct http *h, struct page *p)
{
    bool ok = health_alive(h->pages.health);

    p->code = ok ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
    buf_str(&p->body, ok ? "alive\n" : "the main loop has not come round for 10 s\n");
}

static void page_ready(struct http *h, struct page *p)
{
    p->type = "application/json";
    if (!health_render(h->pages.health, &p->body))
        p->code = MHD_HTTP_SERVICE_UNAVAILABLE;
}

static void page_version(struct http *h, struct page *p)
{
    buf_fmt(&p->body, "%s\n", h->pages.version);
}

static void page_config(struct http *h, struct page *p)
{
    pthread_mutex_lock(&h->lock);
    buf_slice_add(&p->body, buf_slice(&h->config));
    pthread_mutex_unlock(&h->lock);
    if (p->body.n == 0)
        refuse(p, MHD_HTTP_NOT_FOUND, "there is no configuration\n");
}

static const struct {
    const char *path;
    void (*render)(struct http *h, struct page *p);
} routes[] = {
    { "/metrics", page_metrics }, { "/healthz", page_health }, { "/readyz", page_ready },
    { "/version", page_version }, { "/config", page_config },
};

/* Does the Host header name this machine? Without one: no browser asks. */
static bool is_local(const char *host)
{
    static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

    if (!host)
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t n = strlen(names[i]);

        if (strncmp(host, names[i], n) == 0 && (host[n] == '\0' || host[n] == ':'))
            return true;
    }
    return false;
}

static void render(struct http *h, struct MHD_Connection *con, const char *url, const char *method,
                   struct page *p)
{
    const char *host = MHD_lookup_connection_value(con, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);

    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        refuse(p, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
        return;
    }
    if (!is_local(host)) {
        refuse(p, MHD_HTTP_FORBIDDEN, "this is for 127.0.0.1\n");
        return;
    }
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (strcmp(routes[i].path, url) == 0) {
            routes[i].render(h, p);
            return;
        }
    }
    refuse(p, MHD_HTTP_NOT_FOUND, "/metrics /healthz /readyz /version\n");
}

/* NOLINTBEGIN(readability-non-const-parameter): libmicrohttpd's signature */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *con, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct http *h = cls;
    struct page p = { .code = MHD_HTTP_OK, .type = TEXT };

    (void)version, (void)data, (void)state;
    if (*size > 0)
        return MHD_NO; /* a body: nothing here takes one */
    buf_init(&p.body, PAGE_MAX);
    render(h, con, url, method, &p);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(p.body.n, p.body.p, MHD_RESPMEM_MUST_COPY);
    if (buf_failed(&p.body) || !r) {
        buf_release(&p.body);
        if (r)
            MHD_destroy_response(r);
        return MHD_NO;
    }
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, p.type);
    MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    if (p.code == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result rc = MHD_queue_response(con, p.code, r);
    MHD_destroy_response(r);
    buf_release(&p.body);
    return rc;
}
/* NOLINTEND(readability-non-const-parameter) */

static void http_free(struct http *h)
{
    buf_release(&h->config);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

enum status http_start(uint16_t port, const struct http_pages *pages, struct http **out,
                       struct err *err)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    struct http *h = calloc(1, sizeof(*h));

    *out = NULL;
    if (!h)
        return err_set(err, ST_FATAL, "out of memory");
    h->pages = *pages;
    buf_init(&h->config, PAGE_MAX);
    pthread_mutex_init(&h->lock, NULL);
    h->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, on_request, h, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&at, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_END);
    if (!h->daemon) {
        http_free(h);
        return err_set(err, ST_FATAL, "config: http.port %u: cannot listen on 127.0.0.1",
                       (unsigned)port);
    }
    *out = h;
    return ST_OK;
}

enum status http_set_config(struct http *h, struct slice text, struct err *err)
{
    pthread_mutex_lock(&h->lock);
    buf_clear(&h->config);
    buf_slice_add(&h->config, text);
    bool ok = !buf_failed(&h->config);
    if (!ok)
        buf_clear(&h->config);
    pthread_mutex_unlock(&h->lock);
    return ok ? ST_OK : err_set(err, ST_FATAL, "out of memory for /config");
}

uint16_t http_port(const struct http *h)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

void http_stop(struct http *h)
{
    if (!h)
        return;
    MHD_stop_daemon(h->daemon);
    http_free(h);
}
