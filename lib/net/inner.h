/* SPDX-License-Identifier: MIT */
/* inner.h -- what the clients share and nobody else sees. */
#ifndef NET_INNER_H
#define NET_INNER_H

#include <curl/curl.h>

#include "base/buf.h"
#include "net/net.h"

/* A handle with the leash on; protocols as "smtp,smtps". error holds
 * CURL_ERROR_SIZE bytes and lives as long as the handle. NULL: out of memory. */
CURL *net_handle(const char *protocols, char *error);

/* What a failure below the protocol means: nobody there (retry), nobody that we
 * may trust (hold). */
enum effect_how net_how(CURLcode rc);

#endif
