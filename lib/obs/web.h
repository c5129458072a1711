/* SPDX-License-Identifier: MIT */
/* web.h -- a small HTTP server that strangers cannot wear down.
 *
 * libmicrohttpd reads the requests; what is here says who gets an answer and for how
 * long one may take to ask. One thread of its own does all of it:
 *
 *     WEB_CONNECTIONS at once    when all are taken, who has been asking for
 *                                the longest gives way to who comes
 *     WEB_ASK_MS                 to send a request, WEB_IDLE_MS between two
 *     WEB_ANSWER_MS              to take the answer
 *     WEB_REQUESTS               on one connection, then it is closed
 *     WEB_MEMORY                 bytes of a request with its headers (else 414, 431)
 *     GET and HEAD               else 405; with a body: 413
 *     Host                       of this machine, or one that is allowed: else 421, for
 *                                a web page elsewhere must not read us by a browser
 *     a token                    when one is set, in the Authorization header: else 401
 *
 * So a thousand connections that send a byte now and then hold up nobody. Every answer
 * forbids the browser to load, frame or guess anything that is not ours.
 *
 * Events (text/event-stream) are the newest state and no log: who reads slowly misses
 * what is in between, and nothing piles up. */
#ifndef OBS_WEB_H
#define OBS_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "obs/metrics.h"

enum {
    WEB_CONNECTIONS = 64,
    WEB_FOLLOWERS = 24, /* of events; the next one gets 503 */
    WEB_ASK_MS = 5000,
    WEB_IDLE_MS = 15000,
    WEB_ANSWER_MS = 10000,
    WEB_REQUESTS = 100,
    WEB_MEMORY = 16384,
    WEB_EVENT_MAX = 4096, /* bytes of an event */
    WEB_BODY_MAX = 8 << 20,
};

struct web;

/* What is asked for. Borrowed during the call. */
struct web_ask {
    const char *path; /* decoded, without the query */
    void *connection; /* for web_param()            */
};

/* The value of ?name=, decoded and borrowed; NULL: not given. */
const char *web_param(const struct web_ask *ask, const char *name);

struct web_answer {
    unsigned code; /* 200 unless it is changed */
    const char *type;
    struct buf body;
    struct slice fixed; /* instead of body: bytes that live for ever    */
    bool events;        /* instead of both: events from now on          */
};

/* Answers, from the server's thread. */
typedef void web_page_fn(void *ctx, const struct web_ask *ask, struct web_answer *out);

struct web_conf {
    const char *address; /* NULL: 127.0.0.1; else an IPv4 or IPv6 address          */
    uint16_t port;       /* 0: any that is free                                    */
    const char *hosts;   /* names, by commas, besides this machine's own; NULL: none */
    const char *token;   /* NULL or "": none                                       */
    struct metrics *metrics;
    web_page_fn *page;
    void *ctx;
};

/* Strings of conf are borrowed for as long as it lives. ST_FATAL "config: ...": the address
 * is none, or taken. */
MUST_USE enum status web_start(const struct web_conf *conf, struct web **out, struct err *err);

/* NULL is fine. Nobody is answered any more when it returns. */
void web_stop(struct web *w);

uint16_t web_port(const struct web *w);

/* Does a Host header name this machine? NULL: there is none, so no browser asks; yes. */
bool web_is_local(const char *host);

/* Tells all who follow; any thread. data is one line; longer than WEB_EVENT_MAX: dropped. */
void web_event(struct web *w, const char *name, struct slice data);

#endif
