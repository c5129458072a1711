/* SPDX-License-Identifier: MIT */
/* http.h -- the pages that every consumer has, on 127.0.0.1 unless it says otherwise.
 *
 *     /metrics   Prometheus text        /healthz   200 or 503: is the loop alive
 *     /version   name and version       /readyz    200 or 503: JSON with reasons
 *     /config    what is in force, with the origin of each value; no secret
 *
 * How they are served, and to whom not, is web.h's. */
#ifndef OBS_HTTP_H
#define OBS_HTTP_H

#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "obs/health.h"
#include "obs/metrics.h"
#include "obs/web.h"

struct http;

struct http_pages {
    struct metrics *metrics; /* borrowed, all of them */
    struct health *health;
    const char *version; /* the whole text of /version */
};

/* Serves from a thread of its own. port 0: any that is free. ST_FATAL "config:
 * ...": it is taken. */
MUST_USE enum status http_start(uint16_t port, const struct http_pages *pages, struct http **out,
                                struct err *err);

/* The same for who has pages of its own: conf says where, and conf->page is asked for what is
 * none of the five. */
MUST_USE enum status http_start_with(const struct web_conf *conf, const struct http_pages *pages,
                                     struct http **out, struct err *err);

/* web_event() of its server. */
void http_event(struct http *h, const char *name, struct slice data);

/* What /config shows from now on: conf as it is now. h may be NULL, when nobody serves. ST_FATAL:
 * memory. */
MUST_USE enum status http_show_config(struct http *h, const struct conf *conf, struct err *err);

/* The port that it listens on. */
uint16_t http_port(const struct http *h);

/* NULL is fine. */
void http_stop(struct http *h);

#endif
