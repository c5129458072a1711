/* SPDX-License-Identifier: MIT */
#include "consumers/score/position.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage/stage.h"

void position_write(const struct position_src *src, int32_t n, int64_t since, size_t max,
                    struct buf *out)
{
    size_t start = out->n;

    buf_fmt(out, "s2 %" PRId64, since);
    for (int32_t i = 0; i < n; i++) {
        char one[128]; /* apart: what does not fit must not fail the whole */
        int len;

        if (!src[i].known)
            continue;
        len = snprintf(one, sizeof(one), " %" PRId32 ":%" PRId64 ":%" PRId64 ":%" PRId64, i,
                       src[i].read, src[i].doubt, src[i].written);
        if (out->n - start + (size_t)len > max)
            break;
        buf_add(out, one, (size_t)len);
    }
}

/* Reads a decimal number that ends at one of ends and steps behind it. */
static bool take_number(const char **p, const char *ends, int64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoll(*p, &end, 10);
    if (end == *p || errno != 0 || (*end != '\0' && !strchr(ends, *end)))
        return false;
    *p = *end != '\0' ? end + 1 : end;
    return true;
}

enum status position_read(struct slice meta, struct position_src *src, int32_t n, int64_t *since,
                          struct err *err)
{
    char text[STAGE_META_MAX + 1];
    const char *p = text + 3;

    if (meta.n == 0)
        return ST_OK;
    if (meta.n >= sizeof(text) || meta.n < 4 || memcmp(meta.p, "s2 ", 3) != 0)
        return err_set(err, ST_FATAL, "config: meta of %zu bytes is not of this version of score",
                       meta.n);
    memcpy(text, meta.p, meta.n);
    text[meta.n] = '\0';
    if (!take_number(&p, " ", since))
        return err_set(err, ST_FATAL, "config: meta \"%.40s\" is not of this version of score",
                       text);
    while (*p) {
        struct position_src one = { .known = true };
        int64_t i;

        if (!take_number(&p, ":", &i) || !take_number(&p, ":", &one.read) ||
            !take_number(&p, ":", &one.doubt) || !take_number(&p, " ", &one.written))
            return err_set(err, ST_FATAL, "config: meta \"%.40s\" is not of this version of score",
                           text);
        if (i >= 0 && i < n)
            src[i] = one;
    }
    return ST_OK;
}
