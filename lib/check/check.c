/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "check/sim.h"

enum { STEPS_MAX = 20000000, KILLS = 40 };

static bool is_idle(const struct world *w)
{
    for (size_t k = 0; k < w->n; k++) {
        if (!sim_is_idle(w, &w->node[k]))
            return false;
    }
    return true;
}

/* Gives one partition that has not had it its last tick: *over = false. */
static enum fate end_ticks(struct world *w, bool *over)
{
    for (size_t k = 0; k < w->n && w->plan->end_wall_ms != 0; k++) {
        struct node *nd = &w->node[k];
        for (int32_t p = 0; p < nd->parts && (nd->ops->needs & NEEDS_TICK); p++) {
            if (!nd->commit[p].ticked) {
                *over = false;
                return sim_end_tick(w, nd, p);
            }
        }
    }
    return LIVES;
}

static enum status run(struct world *w)
{
    for (long steps = 0; steps < STEPS_MAX; steps++) {
        struct node *nd = &w->node[sim_rnd(w, w->n)];
        int i = (int)sim_rnd(w, (uint64_t)nd->def->instances);
        int32_t part = (int32_t)sim_rnd(w, (uint64_t)nd->parts);
        enum fate f = sim_step(w, nd, i, part);
        if (f == DIES)
            f = sim_revive(w, nd, i);
        if (f == LIVES && is_idle(w)) {
            bool over = true;
            f = end_ticks(w, &over);
            if (f == LIVES && over)
                return ST_OK;
        }
        if (f == FAILS)
            return ST_FATAL;
    }
    return err_set(w->err, ST_FATAL, "check: no end after %d steps", STEPS_MAX);
}

static enum status node_init(struct world *w, struct node *nd, const struct check_stage *def)
{
    nd->def = def;
    nd->inst = calloc((size_t)def->instances, sizeof(*nd->inst));
    if (!nd->inst)
        return err_set(w->err, ST_FATAL, "out of memory");
    for (int i = 0; i < def->instances; i++) {
        struct inst *in = &nd->inst[i];
        enum status st = sim_start(w, nd, i);
        if (st != ST_OK)
            return st;
        nd->ops = in->stage.ops;
        nd->parts = check_log_topology(w->res->log)->parts[nd->ops->input];
        in->slot = calloc((size_t)nd->parts, sizeof(*in->slot));
        if (!in->slot)
            return err_set(w->err, ST_FATAL, "out of memory");
        for (int32_t p = 0; p < nd->parts; p++)
            buf_init(&in->slot[p].meta, STAGE_META_MAX);
    }
    nd->commit = calloc((size_t)nd->parts, sizeof(*nd->commit));
    if (!nd->commit)
        return err_set(w->err, ST_FATAL, "out of memory");
    for (int32_t p = 0; p < nd->parts; p++) {
        nd->commit[p] = (struct commit){ .owner = -1, .offset = -1 };
        buf_init(&nd->commit[p].meta, STAGE_META_MAX);
    }
    return ST_OK;
}

static void node_release(struct node *nd)
{
    for (int i = 0; nd->inst && i < nd->def->instances; i++) {
        struct inst *in = &nd->inst[i];
        stage_close(&in->stage);
        out_free(in->out);
        for (int32_t p = 0; in->slot && p < nd->parts; p++)
            buf_release(&in->slot[p].meta);
        free(in->slot);
    }
    for (int32_t p = 0; nd->commit && p < nd->parts; p++)
        buf_release(&nd->commit[p].meta);
    free(nd->commit);
    free(nd->inst);
}

static enum status copy_input(struct check_log *log, const struct check_log *input, struct err *err)
{
    const struct topology *topo = check_log_topology(input);

    for (int t = 0; t < TOPIC_N; t++) {
        for (int32_t p = 0; p < topo->parts[t]; p++) {
            for (size_t i = 0; i < check_log_n(input, (enum topic_id)t, p); i++) {
                const struct stage_rec *r = check_log_at(input, (enum topic_id)t, p, i);
                const struct out_rec o = { r->topic, p, r->key, r->value, r->hdr, r->nhdr };
                int64_t ms = check_log_time(input, (enum topic_id)t, p, i);
                check_log_skip(log, (enum topic_id)t, p, r->offset);
                if (check_log_append(log, &o, ms, err) != ST_OK)
                    return ST_FATAL;
            }
        }
    }
    return ST_OK;
}

enum status check_run(const struct check_stage *stages, size_t n, const struct check_log *input,
                      const struct check_plan *plan, struct check_result *result, struct err *err)
{
    struct world w = { .plan = plan,
                       .res = result,
                       .n = n,
                       .rng = plan->seed,
                       .wall_ms = plan->wall_ms,
                       .kills_left = plan->kills > 0 ? plan->kills : KILLS,
                       .err = err };
    enum status st = ST_OK;

    *result = (struct check_result){ .log = check_log_new(check_log_topology(input)) };
    w.node = calloc(n, sizeof(*w.node));
    if (!w.node || !result->log)
        st = err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK)
        st = copy_input(result->log, input, err);
    for (size_t i = 0; i < n && st == ST_OK; i++)
        st = node_init(&w, &w.node[i], &stages[i]);
    if (st == ST_OK)
        st = run(&w);
    for (size_t i = 0; w.node && i < n; i++) {
        if (w.node[i].def)
            node_release(&w.node[i]);
    }
    free(w.node);
    return st;
}

void check_result_release(struct check_result *result)
{
    check_log_free(result->log);
    *result = (struct check_result){ 0 };
}
