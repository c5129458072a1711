/* SPDX-License-Identifier: MIT */
#include "cli/serve/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cli/serve/answer.h"
#include "now/now.h"
#include "obs/web.h"

enum { CONNECTION_MEMORY = 32768 };

#define ARENA_MAX ((size_t)256 << 20)

struct server {
    struct MHD_Daemon *daemon;
    const char *version;
    bool local; /* only this machine may ask */
    struct arena *arena;
    pthread_mutex_t lock; /* of bundle */
    struct bundle *bundle;
};

/* One request under way. */
struct call {
    struct buf body;
    int64_t since_ms;
    bool too_large;
    bool too_slow;
};

struct reply {
    unsigned code;
    const char *type;
    const char *allow; /* NULL: does not matter */
    struct buf body;
};

static void refuse(struct reply *r, unsigned code, const char *name, const char *why)
{
    buf_clear(&r->body);
    r->code = code;
    answer_error(name, why, &r->body);
}

static void invoke(struct server *s, const struct call *c, struct reply *r)
{
    struct request in = { NULL, 0 };
    struct err err = { 0 };
    enum status st;

    arena_reset(s->arena);
    st = request_read(buf_slice(&c->body), s->arena, &in, &err);
    if (st == ST_REJECT) {
        refuse(r, MHD_HTTP_BAD_REQUEST, "BAD_REQUEST", err.msg);
        return;
    }
    if (st == ST_OK) {
        pthread_mutex_lock(&s->lock);
        st = answer_rows(s->bundle, &in, s->arena, &r->body, &err);
        pthread_mutex_unlock(&s->lock);
    }
    if (st != ST_OK)
        refuse(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", err.msg);
}

/* Does the type say JSON? Parameters behind it do not matter. */
static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    size_t n = sizeof(json) - 1;

    return type && strncmp(type, json, n) == 0 && strchr("; \t", type[n]);
}

static const char *header(struct MHD_Connection *con, const char *name)
{
    return MHD_lookup_connection_value(con, MHD_HEADER_KIND, name);
}

static void post(struct server *s, struct MHD_Connection *con, const struct call *c,
                 struct reply *r)
{
    if (c->too_large)
        refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, "BAD_REQUEST", "a body has at most 4 MiB");
    else if (c->too_slow)
        refuse(r, MHD_HTTP_REQUEST_TIMEOUT, "BAD_REQUEST", "the body took over 30 s");
    else if (!is_json(header(con, MHD_HTTP_HEADER_CONTENT_TYPE)))
        refuse(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST",
               "want Content-Type: application/json");
    else
        invoke(s, c, r);
}

static void say_alive(const struct server *s, struct reply *r)
{
    (void)s;
    r->type = "text/plain; charset=utf-8";
    buf_byte(&r->body, '\n');
}

static void say_version(const struct server *s, struct reply *r)
{
    r->type = "text/plain; charset=utf-8";
    buf_fmt(&r->body, "%s\n", s->version);
}

static const struct {
    const char *path;
    void (*page)(const struct server *s, struct reply *r); /* NULL: /invocations */
} routes[] = {
    { "/invocations", NULL },
    { "/ping", say_alive },
    { "/health", say_alive },
    { "/version", say_version },
};

static void answer(struct server *s, struct MHD_Connection *con, const char *url,
                   const char *method, const struct call *c, struct reply *r)
{
    const bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    const bool is_post = strcmp(method, "POST") == 0;
    size_t i = 0;

    while (i < sizeof(routes) / sizeof(routes[0]) && strcmp(routes[i].path, url) != 0)
        i++;
    if (s->local && !web_is_local(header(con, MHD_HTTP_HEADER_HOST))) {
        refuse(r, MHD_HTTP_FORBIDDEN, "PERMISSION_DENIED", "this is for 127.0.0.1");
    } else if (i == sizeof(routes) / sizeof(routes[0])) {
        refuse(r, MHD_HTTP_NOT_FOUND, "ENDPOINT_NOT_FOUND", "/invocations /ping /health /version");
    } else if (routes[i].page ? !get : !is_post) {
        r->allow = routes[i].page ? "GET, HEAD" : "POST";
        refuse(r, MHD_HTTP_METHOD_NOT_ALLOWED, "BAD_REQUEST", "another method is wanted");
    } else if (routes[i].page) {
        routes[i].page(s, r);
    } else {
        post(s, con, c, r);
    }
}

static enum MHD_Result send_reply(struct MHD_Connection *con, const struct reply *r)
{
    struct MHD_Response *response =
        buf_failed(&r->body)
            ? NULL
            : MHD_create_response_from_buffer(r->body.n, r->body.p, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result rc = MHD_NO;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (r->allow)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, r->allow);
    rc = MHD_queue_response(con, r->code, response);
    MHD_destroy_response(response);
    return rc;
}

/* A part of the body: kept as long as it may become a request. */
static void gather(struct call *c, const char *data, size_t n)
{
    c->too_slow = c->too_slow || now_mono_ms() - c->since_ms > SERVER_BODY_MS;
    buf_add(&c->body, data, c->too_large || c->too_slow ? 0 : n);
    if (buf_failed(&c->body))
        c->too_large = true;
}

/* A body that says it is too large is not waited for. */
static bool announces_too_much(struct MHD_Connection *con)
{
    const char *length = header(con, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return length && strtoull(length, NULL, 10) > REQUEST_BYTES_MAX;
}

/* NOLINTBEGIN(readability-non-const-parameter): libmicrohttpd's signature */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *con, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct server *s = cls;
    struct call *c = *state;
    struct reply r = { .code = MHD_HTTP_OK, .type = "application/json" };

    (void)version;
    if (!c) {
        c = calloc(1, sizeof(*c));
        *state = c;
        if (!c)
            return MHD_NO;
        buf_init(&c->body, REQUEST_BYTES_MAX);
        c->since_ms = now_mono_ms();
        c->too_large = announces_too_much(con);
        if (!c->too_large)
            return MHD_YES;
    }
    if (*size > 0) {
        gather(c, data, *size);
        *size = 0;
        return MHD_YES;
    }
    buf_init(&r.body, ANSWER_MAX);
    answer(s, con, url, method, c, &r);
    enum MHD_Result rc = send_reply(con, &r);
    buf_release(&r.body);
    return rc;
}

static void on_end(void *cls, struct MHD_Connection *con, void **state,
                   enum MHD_RequestTerminationCode why)
{
    struct call *c = *state;

    (void)cls, (void)con, (void)why;
    if (c)
        buf_release(&c->body);
    free(c);
    *state = NULL;
}
/* NOLINTEND(readability-non-const-parameter) */

/* Room for either family. */
union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool make_address(const struct server_conf *conf, union address *at)
{
    memset(at, 0, sizeof(*at));
    if (inet_pton(AF_INET, conf->host, &at->v4.sin_addr) == 1) {
        at->v4.sin_family = AF_INET;
        at->v4.sin_port = htons(conf->port);
        return true;
    }
    at->v6.sin6_family = AF_INET6;
    at->v6.sin6_port = htons(conf->port);
    return inet_pton(AF_INET6, conf->host, &at->v6.sin6_addr) == 1;
}

static bool is_loopback(const union address *at)
{
    return at->any.sa_family == AF_INET ? ntohl(at->v4.sin_addr.s_addr) >> 24 == 127
                                        : IN6_IS_ADDR_LOOPBACK(&at->v6.sin6_addr);
}

static enum status listen_at(struct server *s, const struct server_conf *conf, struct err *err)
{
    union address at;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD;

    if (!make_address(conf, &at))
        return err_set(err, ST_FATAL, "config: serve.host %.60s is no address", conf->host);
    flags |= at.any.sa_family == AF_INET6 ? (unsigned)MHD_USE_IPv6 : 0;
    s->local = is_loopback(&at);
    s->daemon = MHD_start_daemon(flags, conf->port, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR,
                                 &at.any, MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS,
                                 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SERVER_SILENCE_S,
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                                 MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    if (!s->daemon)
        return err_set(err, ST_FATAL, "config: cannot listen on %.60s port %u", conf->host,
                       (unsigned)conf->port);
    return ST_OK;
}

enum status server_start(const struct server_conf *conf, struct bundle *bundle, struct server **out,
                         struct err *err)
{
    struct server *s = calloc(1, sizeof(*s));
    enum status st = ST_OK;

    *out = NULL;
    if (!s) {
        bundle_free(bundle);
        return err_set(err, ST_FATAL, "out of memory for a server");
    }
    pthread_mutex_init(&s->lock, NULL);
    s->bundle = bundle;
    s->version = conf->version;
    s->arena = arena_new(ARENA_MAX);
    st = s->arena ? listen_at(s, conf, err) : err_set(err, ST_FATAL, "out of memory for a server");
    if (st != ST_OK) {
        server_stop(s);
        return st;
    }
    *out = s;
    return ST_OK;
}

void server_exchange(struct server *s, struct bundle *bundle)
{
    pthread_mutex_lock(&s->lock);
    struct bundle *old = s->bundle;
    s->bundle = bundle;
    pthread_mutex_unlock(&s->lock);
    bundle_free(old);
}

uint16_t server_port(const struct server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    bundle_free(s->bundle);
    arena_free(s->arena);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
