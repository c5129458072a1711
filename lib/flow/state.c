/* SPDX-License-Identifier: MIT */
/* state.c -- where a run stands, for /readyz and for whoever asks by a signal. */
#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

enum { POSITIONS_MAX = 2048 };

static int64_t behind(const struct flow *f, const struct part *p)
{
    int64_t end = kafka_consumer_end(f->consumer, (int32_t)(p - f->parts));
    int64_t position = p->end > p->next ? p->end : p->next;

    return end > position ? end - position : 0;
}

/* Does anything wait for a commit, here or in the log before us? */
static bool has_input(const struct flow *f)
{
    bool input = f->open_ms >= 0;

    for (size_t i = 0; !input && i < f->nparts && f->consumer; i++)
        input = f->parts[i].owned && (f->parts[i].n > 0 || behind(f, &f->parts[i]) > 0);
    return input;
}

static int circuits_open(const struct flow *f)
{
    int n = 0;

    for (size_t i = 0; i < f->n_circuits; i++)
        n += f->circuits[i].open;
    return n;
}

void flow_show_ready(struct flow *f)
{
    struct ready_facts facts = { .parts = f->ready,
                                 .restored = !f->restoring,
                                 .input = !f->restoring && has_input(f),
                                 .circuits_open = circuits_open(f) };

    if (!facts.input)
        f->commit_ms = now_mono_ms();
    facts.commit_age = now_mono_ms() - f->commit_ms;
    ready_show(&facts, f->health);
}

/* "0=812+3 2=77+0": partition, next offset, records behind it. */
static void add_positions(const struct flow *f, struct buf *out)
{
    for (size_t i = 0; i < f->nparts; i++) {
        const struct part *p = &f->parts[i];
        const char *how = p->paused ? "p" : p->care != CARE_NONE ? "c" : "";

        if (p->owned) {
            buf_fmt(out, "%s%zu=%lld+%lld%s", out->n > 0 ? " " : "", i, (long long)p->next,
                    (long long)behind(f, p), how);
        }
    }
}

void flow_report(struct flow *f)
{
    const int64_t now = now_mono_ms();
    struct buf positions;
    struct buf checks;

    buf_init(&positions, POSITIONS_MAX);
    buf_init(&checks, POSITIONS_MAX);
    add_positions(f, &positions);
    bool ready = health_render(f->health, &checks);
    buf_byte(&positions, '\0');
    log_info("state", LOG_STR("group", f->group), LOG_STR("ready", ready ? "yes" : "no"),
             LOG_STR("positions", buf_failed(&positions) ? "too many to list" : positions.p),
             LOG_INT("waiting_records", f->used), LOG_INT("waiting_bytes", out_bytes(f->out)),
             LOG_INT("waiting_ms", f->open_ms < 0 ? 0 : now - f->open_ms),
             LOG_INT("input_waits_ms", now - f->commit_ms), LOG_INT("micro_batch", f->micro),
             LOG_INT("retries", f->retries),
             LOG_INT("producers_replaced", kafka_producer_retired(f->producer)),
             LOG_INT("circuits_open", circuits_open(f)));
    buf_release(&positions);
    buf_release(&checks);
}
