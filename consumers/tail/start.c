/* SPDX-License-Identifier: MIT */
#include "consumers/tail/start.h"

#include <ctype.h>
#include <string.h>

#include "app/instant.h"
#include "conf/value.h"

static enum status parse_offset(const char *text, struct kafka_start *out, struct err *err)
{
    int64_t n;

    if (strcmp(text, "beginning") == 0) {
        out->from = KAFKA_FROM_BEGINNING;
        return ST_OK;
    }
    if (strcmp(text, "end") == 0) {
        out->from = KAFKA_FROM_END;
        return ST_OK;
    }
    if (strcmp(text, "stored") == 0)
        return err_set(err, ST_FATAL, "usage: --offset stored: tail is in no group, nothing is");
    if (!slice_to_int64(slice_str(text), &n) || n == INT64_MIN)
        return err_set(err, ST_FATAL, "usage: --offset %.40s: want beginning, end, -N or a number",
                       text);
    bool last = text[0] == '-';
    *out = (struct kafka_start){ last ? KAFKA_FROM_LAST : KAFKA_FROM_OFFSET, last ? -n : n };
    return ST_OK;
}

/* A duration ends in its unit, as no time does. */
static bool is_duration(const char *text)
{
    size_t n = strlen(text);

    return n > 0 && islower((unsigned char)text[n - 1]);
}

static enum status parse_since(const char *text, int64_t now_ms, struct kafka_start *out,
                               struct err *err)
{
    const struct conf_prop p = { .name = "--since", .type = CONF_MS, .min = 0, .max = 9e15 };
    int64_t ago_ms = 0;

    out->from = KAFKA_FROM_TIME;
    if (!is_duration(text))
        return instant_parse("since", text, 0, &out->number, err);
    enum status st = conf_value_set(&p, &ago_ms, text, err);
    if (st != ST_OK)
        err_prefix(err, "usage");
    out->number = now_ms > ago_ms ? now_ms - ago_ms : 0;
    return st;
}

enum status start_parse(const char *offset, const char *since, int64_t now_ms,
                        struct kafka_start *out, struct err *err)
{
    *out = (struct kafka_start){ KAFKA_FROM_LAST, START_LAST };
    if (offset && since)
        return err_set(err, ST_FATAL, "usage: --offset and --since say both where to begin");
    if (offset)
        return parse_offset(offset, out, err);
    return since ? parse_since(since, now_ms, out, err) : ST_OK;
}
