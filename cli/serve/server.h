/* SPDX-License-Identifier: MIT */
/* server.h -- a model behind HTTP, as `mlflow models serve` has it.
 *
 *     POST /invocations   application/json: request.h in, answer.h out
 *     GET  /ping /health  200 when there is a model
 *     GET  /version       name and version of this program
 *
 *     400 a body that is none of ours      405 another method, with Allow
 *     403 a Host that is not this machine  413 a body over REQUEST_BYTES_MAX
 *     404 another path                     415 another type
 *     408 a body that took over 30 s       500 the model failed
 *
 * One thread takes, scores and answers, one request after the other, while slow clients
 * only hold their connection: at most SERVER_CONNECTIONS, 10 s of silence each. Bodies
 * never go into a log. */
#ifndef CLI_SERVE_SERVER_H
#define CLI_SERVE_SERVER_H

#include <stdint.h>

#include "base/err.h"
#include "model/bundle.h"

enum { SERVER_CONNECTIONS = 64, SERVER_SILENCE_S = 10, SERVER_BODY_MS = 30000 };

struct server;

struct server_conf {
    const char *host; /* an address: "127.0.0.1", "::1"     */
    uint16_t port;    /* 0: any that is free                */
    const char *version;
};

/* Serves bundle, which is the server's from now on. ST_FATAL "config: ...": the address is
 * none, or taken. */
MUST_USE enum status server_start(const struct server_conf *conf, struct bundle *bundle,
                                  struct server **out, struct err *err);

/* Answers with another bundle from the next request on; the old one is freed. */
void server_exchange(struct server *s, struct bundle *bundle);

uint16_t server_port(const struct server *s);

/* Ends; requests under way are cut off. NULL is fine. */
void server_stop(struct server *s);

#endif
