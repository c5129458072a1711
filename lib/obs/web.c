/* SPDX-License-Identifier: MIT */
/* web.c -- who gets an answer: requests, and what is refused before a page sees them. */
#include "obs/web.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "obs/web_inner.h"

#define TEXT "text/plain; charset=utf-8"

static const struct {
    const char *name;
    const char *value;
} headers[] = {
    { "Cache-Control", "no-store" },
    { "X-Content-Type-Options", "nosniff" },
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
      "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
};

const char *web_param(const struct web_ask *ask, const char *name)
{
    return MHD_lookup_connection_value(ask->connection, MHD_GET_ARGUMENT_KIND, name);
}

static void refuse(struct web_answer *a, unsigned code, const char *why)
{
    a->code = code;
    buf_clear(&a->body);
    buf_str(&a->body, why);
}

/* Is this name of a Host header one of ours? A port behind it is fine. */
static bool is_name(const char *host, const char *name, size_t n)
{
    return n > 0 && strncmp(host, name, n) == 0 && (host[n] == '\0' || host[n] == ':');
}

static bool is_allowed(const char *host, const char *names)
{
    while (names && *names) {
        const size_t n = strcspn(names, ",");

        if (is_name(host, names, n))
            return true;
        names += n + (names[n] == ',');
    }
    return false;
}

bool web_is_local(const char *host)
{
    return !host || is_allowed(host, "127.0.0.1,localhost,[::1]");
}

static bool is_ours(const struct web *w, const char *host)
{
    return web_is_local(host) || is_allowed(host, w->conf.hosts);
}

/* In a time that says nothing about where they differ. */
static bool is_same(const char *a, const char *b)
{
    const size_t n = strlen(a);
    unsigned char differ = strlen(b) != n;

    for (size_t i = 0; i < n; i++)
        differ |= (unsigned char)(a[i] ^ b[i % (strlen(b) + 1)]);
    return differ == 0;
}

static bool may(const struct web *w, struct MHD_Connection *con)
{
    static const char scheme[] = "Bearer ";
    const char *said = MHD_lookup_connection_value(con, MHD_HEADER_KIND, "Authorization");

    if (!w->conf.token || !*w->conf.token)
        return true;
    return said && strncmp(said, scheme, strlen(scheme)) == 0 &&
           is_same(said + strlen(scheme), w->conf.token);
}

static bool has_body(struct MHD_Connection *con)
{
    const char *n = MHD_lookup_connection_value(con, MHD_HEADER_KIND, "Content-Length");

    return (n && strcmp(n, "0") != 0) ||
           MHD_lookup_connection_value(con, MHD_HEADER_KIND, "Transfer-Encoding");
}

static bool is_known(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

bool web_refuses(struct MHD_Connection *con, const struct request *r)
{
    return !is_known(r->method) || has_body(con);
}

/* Says why there is no answer; false: there is one. */
static bool is_refused(const struct web *w, struct MHD_Connection *con, const struct request *r,
                       struct web_answer *a)
{
    if (!is_known(r->method))
        refuse(a, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
    else if (strncmp(r->version, "HTTP/1.", 7) != 0)
        refuse(a, MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 or 1.0\n");
    else if (has_body(con))
        refuse(a, MHD_HTTP_CONTENT_TOO_LARGE, "no request here has a body\n");
    else if (!is_ours(w, MHD_lookup_connection_value(con, MHD_HEADER_KIND, "Host")))
        refuse(a, MHD_HTTP_MISDIRECTED_REQUEST,
               "this is for 127.0.0.1 and what hosts are allowed\n");
    else if (!may(w, con))
        refuse(a, MHD_HTTP_UNAUTHORIZED, "a token is wanted: Authorization: Bearer ...\n");
    else
        return false;
    return true;
}

static void add_headers(struct MHD_Response *r, const struct web_answer *a, bool last)
{
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, a->type);
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        MHD_add_response_header(r, headers[i].name, headers[i].value);
    if (a->code == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    if (a->code == MHD_HTTP_UNAUTHORIZED)
        MHD_add_response_header(r, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    if (last)
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* The body's memory goes with the response. */
static struct MHD_Response *response(struct web_answer *a)
{
    const union {
        const char *ours;
        void *theirs; /* which are not written to */
    } fixed = { a->fixed.p };

    if (fixed.ours)
        return MHD_create_response_from_buffer(a->fixed.n, fixed.theirs, MHD_RESPMEM_PERSISTENT);
    if (a->body.n == 0)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(a->body.n, a->body.p, MHD_RESPMEM_MUST_FREE);
    if (r)
        buf_init(&a->body, WEB_BODY_MAX);
    return r;
}

static void count(const struct web *w, unsigned code)
{
    char label[METRIC_TEXT_MAX];
    struct buf text;

    if (!w->conf.metrics)
        return;
    buf_init(&text, sizeof(label) - 1);
    buf_fmt(&text, "code=\"%u\"", code);
    buf_byte(&text, '\0');
    if (!buf_failed(&text))
        metrics_add_text(w->conf.metrics, METRIC_HTTP_REQUESTS, text.p, 1);
    buf_release(&text);
}

static enum MHD_Result send_answer(struct web *w, struct MHD_Connection *con, struct web_answer *a,
                                   bool last)
{
    struct MHD_Response *r = NULL;

    if (a->events && !(r = web_follow(w, con)))
        refuse(a, MHD_HTTP_SERVICE_UNAVAILABLE, "too many follow already\n");
    if (!r && !buf_failed(&a->body))
        r = response(a);
    if (!r)
        return MHD_NO;
    add_headers(r, a, last || a->code >= MHD_HTTP_BAD_REQUEST);
    const enum MHD_Result rc = MHD_queue_response(con, a->code, r);
    MHD_destroy_response(r);
    count(w, a->code);
    return rc;
}

enum MHD_Result web_answer_request(struct web *w, struct MHD_Connection *con,
                                   const struct request *r)
{
    struct web_answer a = { .code = MHD_HTTP_OK, .type = TEXT };
    const struct web_ask ask = { r->path, con };
    const bool last = web_asked(con);

    buf_init(&a.body, WEB_BODY_MAX);
    if (!is_refused(w, con, r, &a))
        w->conf.page(w->conf.ctx, &ask, &a);
    const enum MHD_Result rc = send_answer(w, con, &a, last);
    buf_release(&a.body);
    return rc;
}
