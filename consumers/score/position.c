/* SPDX-License-Identifier: MIT */
#include "consumers/score/position.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stage/stage.h"

void position_write(const struct position_src *src, int32_t n, int64_t newest, size_t max,
                    struct buf *out)
{
    size_t start = out->n;

    buf_fmt(out, "s1 %" PRId64, newest);
    for (int32_t i = 0; i < n; i++) {
        size_t before = out->n;

        if (!src[i].known)
            continue;
        buf_fmt(out, " %" PRId32 ":%" PRId64 ":%" PRId64 ":%" PRId64, i, src[i].read, src[i].doubt,
                src[i].written);
        if (out->n - start > max)
            buf_truncate(out, before);
    }
}

enum status position_read(struct slice meta, struct position_src *src, int32_t n, int64_t *newest,
                          struct err *err)
{
    char text[STAGE_META_MAX + 1];
    const char *p = text;
    int used = 0;

    if (meta.n == 0)
        return ST_OK;
    if (meta.n >= sizeof(text))
        return err_set(err, ST_FATAL, "meta of %zu bytes is not score's", meta.n);
    memcpy(text, meta.p, meta.n);
    text[meta.n] = '\0';
    if (sscanf(p, "s1 %" SCNd64 "%n", newest, &used) != 1)
        return err_set(err, ST_FATAL, "meta \"%.40s\" is not score's", text);
    for (p += used; *p; p += used) {
        struct position_src one = { .known = true };
        int32_t i;

        if (sscanf(p, " %" SCNd32 ":%" SCNd64 ":%" SCNd64 ":%" SCNd64 "%n", &i, &one.read,
                   &one.doubt, &one.written, &used) != 4)
            return err_set(err, ST_FATAL, "meta \"%.40s\" is not score's", text);
        if (i >= 0 && i < n)
            src[i] = one;
    }
    return ST_OK;
}
