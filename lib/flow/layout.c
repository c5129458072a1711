/* SPDX-License-Identifier: MIT */
#include "flow/inner.h"

static enum status check(struct flow *f, int topic, struct err *err)
{
    const char *name = f->names.of[topic];
    int32_t want = f->topo.parts[topic];
    int32_t is = 0;
    enum status st = kafka_admin_partitions(f->admin, name, &is, err);

    if (st != ST_OK)
        return st;
    if (is == 0)
        return err_set(err, ST_FATAL, "config: there is no topic %s: run absa topics apply", name);
    if (is > want && topic == TOPIC_RAW)
        return err_set(err, ST_FATAL,
                       "config: %s has %d partitions, raw.partitions says %d: "
                       "absa topics grow makes them sources",
                       name, (int)is, (int)want);
    if (is != want)
        return err_set(err, ST_FATAL, "config: %s has %d partitions, the configuration says %d",
                       name, (int)is, (int)want);
    return ST_OK;
}

enum status flow_check_layout(struct flow *f, struct err *err)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < TOPIC_N; i++)
        st = check(f, i, err);
    return st;
}
