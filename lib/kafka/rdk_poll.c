/* SPDX-License-Identifier: MIT */
#include "kafka/rdk_poll.h"

enum { ASK_BYTES = 64 << 10, ASK_MS = 100 };

/* What comes of it does not matter. */
static void ask_leaders(rd_kafka_t *rk)
{
    rd_kafka_topic_partition_list_t *list = NULL;

    if (rd_kafka_assignment(rk, &list) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = RD_KAFKA_OFFSET_END;
    if (list->cnt > 0)
        (void)rd_kafka_offsets_for_times(rk, list, ASK_MS);
    rd_kafka_topic_partition_list_destroy(list);
}

rd_kafka_message_t *rdk_poll(struct rdk_poll *p, rd_kafka_t *rk, int timeout_ms)
{
    rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 0);

    if (!m && p->bytes >= ASK_BYTES) {
        p->bytes = 0;
        ask_leaders(rk);
    }
    if (!m && timeout_ms > 0)
        m = rd_kafka_consumer_poll(rk, timeout_ms);
    if (m && !m->err)
        p->bytes += m->len + m->key_len;
    return m;
}
