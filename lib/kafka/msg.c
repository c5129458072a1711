/* SPDX-License-Identifier: MIT */
#include "kafka/msg.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/rdk_msg.h"

void kafka_msg_release(struct kafka_msg *m)
{
    if (m->owned)
        rd_kafka_message_destroy(m->owned);
    free(m->hdr);
    *m = (struct kafka_msg){ 0 };
}

static struct slice bytes(const void *p, size_t n)
{
    return (struct slice){ p, n };
}

static enum status take_headers(const rd_kafka_message_t *m, struct kafka_msg *out, struct err *err)
{
    rd_kafka_headers_t *list;

    if (rd_kafka_message_headers(m, &list) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return ST_OK; /* there are none */
    size_t n = rd_kafka_header_cnt(list);
    if (n == 0)
        return ST_OK;
    out->hdr = calloc(n, sizeof(*out->hdr));
    if (!out->hdr)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < n; i++) {
        const char *name;
        const void *value;
        size_t len;

        if (rd_kafka_header_get_all(list, i, &name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
            break;
        out->hdr[i] = (struct hdr){ slice_str(name), bytes(value, len) };
        out->rec.nhdr = i + 1;
    }
    out->rec.hdr = out->hdr;
    return ST_OK;
}

enum status rdk_msg_take(rd_kafka_message_t *m, enum topic_id topic, struct kafka_msg *out,
                         struct err *err)
{
    rd_kafka_timestamp_type_t type;
    int64_t at = rd_kafka_message_timestamp(m, &type);

    *out = (struct kafka_msg){
        .rec = { .topic = topic,
                 .part = m->partition,
                 .offset = m->offset,
                 .arrival_ms = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : at,
                 .key = bytes(m->key, m->key_len),
                 .value = bytes(m->payload, m->len) },
        .append_time = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME,
        .owned = m,
    };
    enum status st = take_headers(m, out, err);
    if (st != ST_OK)
        kafka_msg_release(out);
    return st;
}

struct kafka_names kafka_names_make(const char *prefix)
{
    struct kafka_names names;

    assert(strlen(prefix) <= KAFKA_PREFIX_MAX);
    for (int i = 0; i < TOPIC_N; i++)
        snprintf(names.of[i], KAFKA_TOPIC_MAX, "%s%s", prefix, topic_table[i].name);
    return names;
}
