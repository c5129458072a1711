/* SPDX-License-Identifier: MIT */
/* rest.h -- one request over HTTP, and its answer in memory.
 *
 * On the leash of net.h, but that each request says how long it may take. Plain HTTP is
 * for this machine: elsewhere it takes `plain`, and then nothing secret is ever sent. */
#ifndef NET_REST_H
#define NET_REST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Who is asked, and as whom; all borrowed, "" or NULL: none. */
struct rest {
    const char *base;  /* "https://mlflow.example:5000", without a slash at its end */
    const char *token; /* of a bearer; wins over user and password */
    const char *user;
    const char *password;
    const char *ca_file;     /* none: the system's */
    bool plain;              /* http:// to another machine is fine, without secrets */
    const atomic_bool *stop; /* set: requests end with ST_RETRY; NULL: none does */
};

struct rest_request {
    const char *method; /* "GET", "POST", "PUT"                        */
    const char *path;   /* behind the base, escaped: "/api/..."        */
    const char *type;   /* of the body; NULL: there is none            */
    struct slice body;  /* borrowed                                    */
    int64_t total_ms;   /* at most, from first to last                 */
};

/* ST_FATAL: base is no http(s)://host URL, carries a password, or is plain where it may
 * not be. */
MUST_USE enum status rest_check(const struct rest *w, struct err *err);

/* Appends the body of the answer to a request, as far as answer's maximum; *code is the
 * HTTP status, of any kind. ST_RETRY: nobody there, too slow, cut off under way, told to
 * stop; ST_FATAL: not to be trusted, too large, memory. */
MUST_USE enum status rest_ask(const struct rest *w, const struct rest_request *r,
                              struct buf *answer, long *code, struct err *err);

/* Appends s as it may stand in a path or a query. */
void rest_escape(struct slice s, struct buf *out);

#endif
