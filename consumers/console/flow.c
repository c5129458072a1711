/* SPDX-License-Identifier: MIT */
#include "consumers/console/flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage/topic.h"

enum { ASKED = FLOW_RATE_MS / FLOW_EVERY_MS + 1, GROUP_MAX = 64 };

static const struct {
    enum topic_id topic;
    const char *reader;
} rows[FLOW_N] = {
    { TOPIC_RAW, "ingest" },  { TOPIC_COMMENTS, "score" }, { TOPIC_SCORES, "pane" },
    { TOPIC_PANES, "judge" }, { TOPIC_WINDOWS, NULL },     { TOPIC_ALERTS, "notify" },
    { TOPIC_DEAD, NULL },
};

void flow_init(struct flow *f)
{
    *f = (struct flow){ 0 };
    for (size_t i = 0; i < FLOW_N; i++)
        f->topic[i] = (struct flow_topic){ .topic = topic_table[rows[i].topic].name,
                                           .reader = rows[i].reader,
                                           .lag = -1 };
}

/* Where the reader of a topic is, by partition; -1 where it is not known. */
static enum status find_reader(const struct flow_asker *a, size_t i, int32_t parts, int64_t *at,
                               struct err *err)
{
    const char *topic = a->names->of[rows[i].topic];
    char group[GROUP_MAX];
    enum status st = ST_OK;

    (void)snprintf(group, sizeof(group), "absa-%s", rows[i].reader);
    if (!a->embedded)
        return kafka_admin_committed(a->admin, group, topic, parts, at, err);
    for (int32_t p = 0; st == ST_OK && p < parts; p++) {
        st = kafka_admin_noted(a->admin, topic, p, &at[p], err);
        if (at[p] == 0)
            at[p] = -1;
    }
    return st;
}

static enum status ask_one(const struct flow_asker *a, size_t i, struct flow_topic *t,
                           struct err *err)
{
    const char *topic = a->names->of[rows[i].topic];
    enum status st = kafka_admin_partitions(a->admin, topic, &t->parts, err);
    int64_t *at = st == ST_OK ? calloc((size_t)t->parts + 1, sizeof(*at)) : NULL;
    bool known = t->reader;

    if (st == ST_OK && !at)
        return err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK && t->reader && t->parts > 0)
        st = find_reader(a, i, t->parts, at, err);
    t->end = 0;
    t->lag = 0;
    for (int32_t p = 0; st == ST_OK && p < t->parts; p++) {
        int64_t low = 0;
        int64_t end = 0;

        st = kafka_admin_range(a->admin, topic, p, &low, &end, err);
        t->end += end;
        if (at[p] < 0 && end > low)
            known = false;
        t->lag += end - (at[p] > low ? at[p] : low);
    }
    if (!known)
        t->lag = -1;
    free(at);
    return st;
}

void flow_take(struct flow *f, const struct flow_topic now[FLOW_N], int64_t now_ms)
{
    if (f->n == ASKED) {
        f->n--;
        memmove(f->when_ms, f->when_ms + 1, f->n * sizeof(f->when_ms[0]));
        for (size_t i = 0; i < FLOW_N; i++)
            memmove(f->end[i], f->end[i] + 1, f->n * sizeof(f->end[i][0]));
    }
    f->when_ms[f->n] = now_ms;
    for (size_t i = 0; i < FLOW_N; i++) {
        struct flow_topic *t = &f->topic[i];
        const int64_t ms = now_ms - f->when_ms[0];

        t->parts = now[i].parts;
        t->end = now[i].end;
        t->lag = now[i].lag;
        f->end[i][f->n] = t->end;
        t->rate = ms > 0 ? (double)(t->end - f->end[i][0]) * 1000.0 / (double)ms : 0;
        if (t->n_past == FLOW_PAST)
            memmove(t->past, t->past + 1, --t->n_past * sizeof(t->past[0]));
        t->past[t->n_past++] = (float)t->rate;
    }
    f->n++;
    f->asked_ms = now_ms;
}

enum status flow_ask(const struct flow_asker *a, int64_t now_ms, struct flow *f, struct err *err)
{
    struct flow_topic now[FLOW_N];
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < FLOW_N; i++) {
        now[i] = f->topic[i];
        st = ask_one(a, i, &now[i], err);
    }
    if (st == ST_OK)
        flow_take(f, now, now_ms);
    return st;
}
