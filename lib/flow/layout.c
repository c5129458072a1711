/* SPDX-License-Identifier: MIT */

#include "flow/inner.h"
#include "now/now.h"

enum { ASK_AGAIN_MS = 200, BELIEVE_MS = 10000 };

/* How many partitions a topic has. A broker that has just started, or where the
 * topic has just been made, may not know it yet: that there is none is believed
 * only when it is said for a while. */
static enum status ask(struct flow *f, const char *name, int32_t *is, struct err *err)
{
    const int64_t until = now_mono_ms() + BELIEVE_MS;
    enum status st = kafka_admin_partitions(f->admin, name, is, err);

    while (st == ST_OK && *is == 0 && now_mono_ms() < until && !atomic_load(f->args->stop)) {
        now_nap(ASK_AGAIN_MS);
        st = kafka_admin_partitions(f->admin, name, is, err);
    }
    return st;
}

static enum status check(struct flow *f, int topic, struct err *err)
{
    const char *name = f->names.of[topic];
    int32_t want = f->topo.parts[topic];
    int32_t is = 0;
    enum status st = ask(f, name, &is, err);

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
