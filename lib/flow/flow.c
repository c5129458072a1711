/* SPDX-License-Identifier: MIT */
#include "flow/flow.h"

#include <stdio.h>
#include <stdlib.h>

#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

enum { POLL_MS = 50, COMMIT_MS = 200, ARENA_MAX = 1 << 20, DRAIN_MS = 4000 };

/* Raw: says in /readyz when arrival is only what a producer claims. */
static void look_at_time(struct flow *f, const struct kafka_msg *m)
{
    if (f->ops->input != TOPIC_RAW || f->mixed_time || m->append_time ||
        stage_header(&m->rec, "absa-arrival").p || stage_header(&m->rec, "absa-kind").p)
        return;
    f->mixed_time = true;
    health_set(f->health, "arrival", false,
               "raw records without LogAppendTime or absa-arrival: the clock is the producers'");
    log_warn("raw topic has CreateTime", LOG_INT("part", m->rec.part),
             LOG_INT("offset", m->rec.offset));
}

/* Puts m where it belongs; *full: its queue takes no more. */
static void enqueue(struct flow *f, struct kafka_msg *m, bool *full)
{
    struct part *p = &f->parts[m->rec.part];

    if ((size_t)m->rec.part >= f->nparts || !p->owned) {
        kafka_msg_release(m);
        return;
    }
    if (m->end) {
        p->end = m->rec.offset;
        return;
    }
    look_at_time(f, m);
    p->queue[p->first + p->n++] = *m;
    *full = p->first + p->n == FLOW_MICRO_MAX;
}

/* Takes what is there, up to a full queue. Waits only for the first record, and
 * not past the moment of the next commit. */
static enum status gather(struct flow *f, struct err *err)
{
    int64_t wait = POLL_MS;
    enum status st = ST_OK;
    bool have = true;
    bool full = false;

    if (f->open_ms >= 0) {
        int64_t left = f->open_ms + f->interval_ms - now_mono_ms();

        wait = left < 0 ? 0 : left < POLL_MS ? left : POLL_MS;
    }
    while (st == ST_OK && have && !full) {
        struct kafka_msg m;

        st = kafka_consumer_poll(f->consumer, (int)wait, &m, &have, err);
        if (st == ST_OK && have)
            enqueue(f, &m, &full);
        wait = 0;
    }
    return st;
}

/* A small broker stands some 300 transactions a second: what nobody waits for, waits. */
int64_t flow_commit_interval(const struct flow_args *args)
{
    if (args->conf->commit_interval_ms > 0)
        return args->conf->commit_interval_ms;
    return args->stage->ops->commit_ms > 0 ? args->stage->ops->commit_ms : COMMIT_MS;
}

static bool is_due(const struct flow *f)
{
    return f->open_ms >= 0 && now_mono_ms() - f->open_ms >= f->interval_ms;
}

/* Once round. */
static enum status turn(struct flow *f, struct err *err)
{
    health_beat(f->health);
    enum status st = gather(f, err);
    if (st == ST_OK)
        st = flow_feed(f, err);
    if (st == ST_OK)
        st = flow_hold(f, err);
    if (st == ST_OK)
        st = flow_tick(f, err);
    if (st == ST_OK && is_due(f))
        st = flow_commit(f, err);
    if (st == ST_OK && (f->ops->needs & NEEDS_EFFECTS))
        st = flow_effects(f, err);
    if (st == ST_OK && f->args->report && atomic_exchange(f->args->report, false))
        flow_report(f);
    if (st == ST_OK)
        st = flow_reload(f, err);
    if (st == ST_OK)
        st = flow_act_between(f, err);
    return st;
}

static enum status loop(struct flow *f, struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK && !atomic_load(f->args->stop)) {
        st = turn(f, err);
        while (st == ST_RETRY && f->again && !atomic_load(f->args->stop))
            st = flow_begin_anew(f, err);
    }
    return st == ST_RETRY && f->again ? ST_OK : st; /* stopped while giving up: nothing is lost */
}

/* Commits what was processed and gives the partitions back. */
static enum status drain(struct flow *f, struct err *err)
{
    log_info("draining", LOG_INT("records", f->used));
    kafka_producer_hurry(f->producer, DRAIN_MS);
    enum status st = f->again ? ST_OK : flow_commit(f, err);
    if (st == ST_OK && !f->again) {
        st = kafka_consumer_close(f->consumer, err);
        f->consumer = NULL;
    }
    return st;
}

static enum status start_http(struct flow *f, struct err *err)
{
    const struct http_pages pages = { f->metrics, f->health, f->args->version };

    if (f->args->conf->http_port == 0)
        return ST_OK;
    enum status st = http_start((uint16_t)f->args->conf->http_port, &pages, &f->http, err);
    return st == ST_OK && f->args->props ? http_show_config(f->http, f->args->props, err) : st;
}

static enum status make_memory(struct flow *f, struct err *err)
{
    const struct out_limits limits = { (size_t)f->args->conf->batch_records,
                                       (size_t)f->args->conf->batch_bytes };
    enum status st = wire_new(NULL, &f->wire, err);

    if (st != ST_OK)
        return st;
    f->nparts = (size_t)f->topo.parts[f->ops->input];
    f->parts = calloc(f->nparts, sizeof(*f->parts));
    f->lanes = calloc(f->nparts, sizeof(*f->lanes));
    f->peers = calloc(f->nparts, sizeof(*f->peers));
    f->arena = arena_new(ARENA_MAX);
    f->out = out_new(f->wire, &f->topo, limits);
    f->metrics = metrics_new(f->ops->name, f->slot, f->args->version);
    f->health = health_new();
    if (!f->parts || !f->lanes || !f->peers || !f->arena || !f->out || !f->metrics || !f->health)
        return err_set(err, ST_FATAL, "out of memory");
    f->commit_ms = now_mono_ms();
    flow_show_ready(f);
    return ST_OK;
}

static void name_ourselves(struct flow *f)
{
    const struct flow_conf *c = f->args->conf;

    if (c->group && *c->group)
        snprintf(f->group, sizeof(f->group), "%s", c->group);
    else
        snprintf(f->group, sizeof(f->group), "absa-%s", f->ops->name);
    if (c->slot && *c->slot)
        snprintf(f->slot, sizeof(f->slot), "%s", c->slot);
    else
        snprintf(f->slot, sizeof(f->slot), "%s-0", f->ops->name);
}

/* The producer first: its init fences an older self and settles what that left
 * open, before any offset or state is read. */
static enum status join(struct flow *f, struct err *err)
{
    const struct kafka_handler handler = { f, flow_assigned, flow_revoked };
    const struct kafka_member member = { f->group, f->slot, f->names.of[f->ops->input],
                                         f->ops->input };
    char txn_id[sizeof(f->group) + sizeof(f->slot) + 1];

    snprintf(txn_id, sizeof(txn_id), "%s.%s", f->group, f->slot);
    enum status st = kafka_producer_new_txn(&f->kafka, txn_id, &f->producer, err);
    for (int i = 0; st == ST_OK && i < TOPIC_N; i++)
        st = kafka_producer_learn(f->producer, f->names.of[i], err);
    if (st == ST_OK)
        st = kafka_reader_new(&f->kafka, &f->names, &f->reader, err);
    if (st == ST_OK)
        st = kafka_consumer_new(&f->kafka, &member, &handler, &f->consumer, err);
    return st;
}

void flow_setup_log(const struct flow *f)
{
    const struct flow_conf *c = f->args->conf;

    log_setup(log_least(f->args->verbosity, c->log_level), (enum log_format)c->log_format,
              f->ops->name, f->slot);
}

static enum status open_all(struct flow *f, struct err *err)
{
    f->names = kafka_names_make(f->args->topics->prefix);
    f->topo = kafka_topology(f->args->topics);
    name_ourselves(f);
    flow_setup_log(f);
    enum status st = make_memory(f, err);
    if (st == ST_OK)
        st = start_http(f, err);
    if (st == ST_OK)
        health_away(f->health, FLOW_AWAY_MS);
    if (st == ST_OK)
        st = kafka_conf_take(&f->kafka, f->args->props, NULL, err);
    if (st == ST_OK)
        st = kafka_admin_new(&f->kafka, &f->admin, err);
    if (st == ST_OK)
        st = kafka_admin_embedded(f->admin, &f->embedded, err);
    if (st == ST_OK)
        st = flow_check_layout(f, err);
    if (st == ST_OK)
        st = join(f, err);
    return st;
}

static void release_queues(struct flow *f)
{
    for (size_t i = 0; f->parts && i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        for (size_t k = 0; k < p->n; k++)
            kafka_msg_release(&p->queue[p->first + k]);
    }
}

static void close_all(struct flow *f)
{
    http_stop(f->http); /* before what its pages show */
    release_queues(f);
    kafka_consumer_free(f->consumer);
    kafka_producer_free(f->producer);
    kafka_reader_free(f->reader);
    kafka_admin_free(f->admin);
    health_free(f->health);
    metrics_free(f->metrics);
    out_free(f->out);
    arena_free(f->arena);
    free(f->parts);
    free(f->lanes);
    free(f->peers);
    wire_free(f->wire);
    kafka_conf_release(&f->kafka);
    log_setup(LOG_INFO, (enum log_format)f->args->conf->log_format, f->ops->name, NULL);
}

enum status flow_run(const struct flow_args *args, struct err *err)
{
    struct flow f = { .args = args,
                      .ops = args->stage->ops,
                      .stage = args->stage->ctx,
                      .interval_ms = flow_commit_interval(args),
                      .micro = FLOW_MICRO_MAX,
                      .open_ms = -1 };
    enum status st = open_all(&f, err);

    if (st == ST_OK)
        st = loop(&f, err);
    if (st == ST_OK)
        st = drain(&f, err);
    if (st != ST_OK)
        log_error("stopped", LOG_STR("status", status_name(st)), LOG_STR("why", err->msg));
    else
        log_info("ended", LOG_STR("group", f.group));
    if (args->ending)
        args->ending(st, err);
    close_all(&f);
    return st;
}
