/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

void err_message(struct err *err, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
}

void err_prefix(struct err *err, const char *fmt, ...)
{
    char old[ERR_MSG_MAX];
    char ctx[ERR_MSG_MAX / 2];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(ctx, sizeof(ctx), fmt, ap);
    va_end(ap);
    memcpy(old, err->msg, sizeof(old));
    size_t n = (size_t)snprintf(err->msg, sizeof(err->msg), "%s: ", ctx);
    size_t room = sizeof(err->msg) - 1 - n;
    size_t len = strlen(old);

    if (len > room)
        len = room;
    memcpy(err->msg + n, old, len);
    err->msg[n + len] = '\0';
}

const char *status_name(enum status st)
{
    switch (st) {
    case ST_OK:
        return "ok";
    case ST_REJECT:
        return "reject";
    case ST_RETRY:
        return "retry";
    case ST_FATAL:
        return "fatal";
    }
    return "unknown";
}
