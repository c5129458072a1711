/* SPDX-License-Identifier: MIT */
/* instant.h -- a time on the command line: 2025-07-03T13:16:27Z or milliseconds. */
#ifndef APP_INSTANT_H
#define APP_INSTANT_H

#include <stdint.h>

#include "base/err.h"

/* NULL gives dflt. A date without a zone is UTC. ST_FATAL "usage: ..." naming the
 * option. */
MUST_USE enum status instant_parse(const char *option, const char *text, int64_t dflt, int64_t *ms,
                                   struct err *err);

#endif
