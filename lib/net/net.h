/* SPDX-License-Identifier: MIT */
/* net.h -- what all clients of this folder share: libcurl, kept on a short leash.
 *
 * No proxy and no netrc from the environment, no redirects, no signals, TLS 1.2
 * or better with peer and name checked, 3 s to connect and 8 s in all, answers
 * of at most NET_ANSWER_MAX bytes. Nobody else speaks to libcurl. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>

#include "base/err.h"
#include "stage/effect.h"

enum {
    NET_CONNECT_MS = 3000,
    NET_TOTAL_MS = 8000, /* below the 10 s after which /healthz calls a loop stuck */
    NET_ANSWER_MAX = 64 * 1024,
};

/* Once a process, before any thread. ST_FATAL: libcurl cannot start. */
MUST_USE enum status net_start(struct err *err);
void net_stop(void);

/* Does the host of url (scheme://host...) mean this machine? */
bool net_is_loopback(const char *url);

/* Does url begin with scheme ("smtp://")? */
bool net_has_scheme(const char *url, const char *scheme);

/* Fills res; why is made printable ASCII and cut. */
void net_result(struct effect_result *res, enum effect_how how, int32_t code, const char *why);

#endif
