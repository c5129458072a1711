/* SPDX-License-Identifier: MIT */
/* ask.h -- the words of a request, before anything is looked up by them. */
#ifndef CONSOLE_ASK_H
#define CONSOLE_ASK_H

#include <stdbool.h>
#include <stdint.h>

enum { ASK_ID_MAX = 64 };

/* Milliseconds since 1970; NULL: dflt. False: it is no time, and *out is not to be used. */
bool ask_time(const char *text, int64_t dflt, int64_t *out);

/* Could an alert be called so? Ids are hexadecimal. */
bool ask_is_id(const char *id);

#endif
