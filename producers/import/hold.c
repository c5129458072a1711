/* SPDX-License-Identifier: MIT */
#include "producers/import/hold.h"

#include <stdio.h>
#include <stdlib.h>

#include "kafka/admin.h"
#include "kafka/embedded.h"
#include "now/now.h"

enum { EVERY = 250 /* records between two looks */, NAP_MS = 100, PATIENCE = 50 /* naps */ };

struct hold {
    struct kafka_admin *admin;
    struct kafka_names names;
    struct topology topo;
    int64_t sent;
    bool said;
};

enum status hold_new(const struct kafka_conf *kafka, const struct kafka_topics *topics,
                     struct hold **out, struct err *err)
{
    struct hold *h = calloc(1, sizeof(*h));
    bool embedded = false;

    *out = NULL;
    if (!h)
        return err_set(err, ST_FATAL, "out of memory");
    h->topo = kafka_topology(topics);
    h->names = kafka_names_make(topics->prefix);
    enum status st = kafka_admin_new(kafka, &h->admin, err);
    if (st == ST_OK)
        st = kafka_admin_embedded(h->admin, &embedded, err);
    if (st == ST_OK && embedded)
        *out = h;
    else
        hold_free(h);
    return st;
}

void hold_free(struct hold *h)
{
    if (!h)
        return;
    kafka_admin_free(h->admin);
    free(h);
}

static enum status look(struct hold *h, enum topic_id topic, int32_t part, bool *behind,
                        struct err *err)
{
    const char *name = h->names.of[topic];
    int64_t low = 0;
    int64_t end = 0;
    int64_t at = 0;
    enum status st = kafka_admin_range(h->admin, name, part, &low, &end, err);

    if (st == ST_OK)
        st = kafka_admin_noted(h->admin, name, part, &at, err);
    if (st == ST_OK && end - at > KAFKA_EMBEDDED_LAG_MAX - EVERY)
        *behind = true;
    return st;
}

static enum status look_all(struct hold *h, bool *behind, struct err *err)
{
    static const enum topic_id read_by_stages[] = { TOPIC_RAW, TOPIC_COMMENTS, TOPIC_SCORES,
                                                    TOPIC_PANES };
    enum status st = ST_OK;

    *behind = false;
    for (size_t i = 0; i < sizeof(read_by_stages) / sizeof(read_by_stages[0]); i++) {
        const enum topic_id topic = read_by_stages[i];

        for (int32_t p = 0; st == ST_OK && p < h->topo.parts[topic]; p++)
            st = look(h, topic, p, behind, err);
    }
    return st;
}

enum status hold_record(struct hold *h, const atomic_bool *stop, bool quiet, struct err *err)
{
    bool behind = true;
    enum status st = ST_OK;

    if (!h || h->sent++ % EVERY != 0)
        return ST_OK;
    for (int naps = 0; st == ST_OK && behind; naps++) {
        if (atomic_load(stop))
            return err_set(err, ST_RETRY, "stopped while the consumers were behind");
        if (naps == PATIENCE && !h->said && !quiet) {
            h->said = true;
            fputs("absa: the embedded broker forgets what is not read in time: waiting for the "
                  "consumers (is absa up running?)\n",
                  stderr);
        }
        if (naps > 0)
            now_nap(NAP_MS);
        st = look_all(h, &behind, err);
    }
    return st;
}
