/* SPDX-License-Identifier: MIT */
#include "check/sim.h"

enum { BATCH_MAX = 64, STALLS_MAX = 1000 };

uint64_t sim_rnd(struct world *w, uint64_t n)
{
    uint64_t z = (w->rng += 0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % n;
}

/* True once in n times, never when nothing is to happen. */
static bool chance(struct world *w, uint64_t n)
{
    return w->plan->seed != 0 && sim_rnd(w, n) == 0;
}

static bool killed(struct world *w)
{
    if (w->kills_left == 0 || !chance(w, 24))
        return false;
    w->kills_left--;
    w->res->kills++;
    return true;
}

static bool full(void *ctx)
{
    struct world *w = ctx;
    bool yes = chance(w, 12);

    w->res->fulls += yes;
    return yes;
}

static enum fate fails(struct world *w, const struct node *nd, int32_t part, const char *what)
{
    err_set(w->err, ST_FATAL, "%s[%d]: %s", nd->ops ? nd->ops->name : "stage", part, what);
    return FAILS;
}

/* What a status of the stage means for its instance. */
static enum fate fate_of(struct world *w, const struct node *nd, enum status st)
{
    if (st == ST_OK)
        return LIVES;
    if (st == ST_RETRY && w->plan->seed != 0)
        return DIES; /* aborts and starts over: the same path */
    err_prefix(w->err, "%s", nd->ops->name);
    return FAILS;
}

static bool is_fresh(const struct node *nd, const struct inst *in, int32_t part)
{
    return in->slot[part].gen == nd->commit[part].gen;
}

enum status sim_start(struct world *w, struct node *nd, int i)
{
    struct inst *in = &nd->inst[i];
    /* An output much smaller than a batch, so that full is not only made up. */
    struct out_limits limits = { .records = w->plan->seed ? 200 : 5000, .bytes = 4 << 20 };

    in->append_ms = 0;
    in->out = out_new(w->plan->wire, check_log_topology(w->res->log), limits);
    if (!in->out)
        return err_set(w->err, ST_FATAL, "out of memory");
    if (w->plan->seed != 0)
        out_set_fault(in->out, full, w);
    return nd->def->make(nd->def->arg, &in->stage, w->err);
}

static void stop(struct node *nd, int i)
{
    struct inst *in = &nd->inst[i];

    stage_close(&in->stage);
    out_free(in->out);
    in->out = NULL;
    for (int32_t p = 0; p < nd->parts; p++) {
        if (in->slot[p].has && is_fresh(nd, in, p))
            nd->commit[p].owner = -1;
        buf_release(&in->slot[p].meta);
        in->slot[p] = (struct slot){ 0 };
        buf_init(&in->slot[p].meta, STAGE_META_MAX);
    }
}

enum fate sim_revive(struct world *w, struct node *nd, int i)
{
    stop(nd, i);
    return sim_start(w, nd, i) == ST_OK ? LIVES : FAILS;
}

static enum fate assign(struct world *w, struct node *nd, int i, int32_t part)
{
    struct inst *in = &nd->inst[i];
    struct slot *s = &in->slot[part];
    struct commit *c = &nd->commit[part];
    struct check_reader reader;
    struct log_reader log = check_reader_make(&reader, w->res->log);
    struct stage_resume resume = { .offset = c->offset, .meta = buf_slice(&c->meta), .log = &log };

    c->owner = i;
    c->gen++;
    s->has = true;
    s->touched = true;
    s->more = nd->ops->resume != NULL;
    s->gen = c->gen;
    s->stalls = 0;
    enum fate f = fate_of(w, nd, nd->ops->assign(in->stage.ctx, part, &resume, in->out, w->err));
    if (f == LIVES && c->offset >= 0 && resume.offset > c->offset)
        return fails(w, nd, part, "assign() raised the offset");
    s->pos = resume.offset < 0 ? 0 : resume.offset;
    s->floor = resume.floor; /* no stage asks for a reset without an operator */
    return f;
}

static bool is_printable(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x20 || s.p[i] > 0x7e)
            return false;
    }
    return true;
}

static enum fate checkpoint(struct world *w, struct node *nd, struct inst *in)
{
    for (int32_t p = 0; p < nd->parts; p++) {
        struct slot *s = &in->slot[p];
        if (!s->touched)
            continue;
        buf_clear(&s->meta);
        enum fate f =
            fate_of(w, nd, nd->ops->checkpoint(in->stage.ctx, p, &s->meta, in->out, w->err));
        if (f != LIVES)
            return f;
        if (buf_failed(&s->meta) || !is_printable(buf_slice(&s->meta)))
            return fails(w, nd, p, "meta is too long or not printable");
    }
    return LIVES;
}

static enum fate commit_outputs(struct world *w, struct inst *in)
{
    struct check_log *log = w->res->log;

    for (size_t i = 0; i < out_n(in->out); i++) {
        if (check_log_append(log, out_at(in->out, i), in->append_ms, w->err) != ST_OK)
            return FAILS;
    }
    for (size_t i = 0; i < out_n(in->out); i++) {
        const struct out_rec *r = out_at(in->out, i);
        const struct out_rec *next = r + 1;
        if (i + 1 == out_n(in->out) || next->topic != r->topic || next->part != r->part)
            check_log_gap(log, r->topic, r->part);
    }
    for (int c = 0; c < COUNTER_N; c++)
        w->res->counters[c] += out_counter(in->out, (enum counter)c);
    return LIVES;
}

static void commit_positions(struct node *nd, struct inst *in)
{
    for (int32_t p = 0; p < nd->parts; p++) {
        struct slot *s = &in->slot[p];
        struct commit *c = &nd->commit[p];
        if (!s->touched)
            continue;
        if (s->pos > c->offset) /* never below what was committed, nor below the floor */
            c->offset = s->pos;
        if (s->floor > c->offset)
            c->offset = s->floor;
        buf_clear(&c->meta);
        buf_slice_add(&c->meta, buf_slice(&s->meta));
    }
}

/* True when the coordinator refuses: a touched partition has another owner. */
static bool is_fenced(const struct world *w, const struct node *nd, const struct inst *in)
{
    for (int32_t p = 0; p < nd->parts; p++) {
        if (in->slot[p].touched && !is_fresh(nd, in, p))
            return w->plan->mutant != CHECK_UNFENCED;
    }
    return false;
}

static bool any_touched(const struct node *nd, const struct inst *in)
{
    for (int32_t p = 0; p < nd->parts; p++) {
        if (in->slot[p].touched)
            return true;
    }
    return false;
}

static enum fate commit(struct world *w, struct node *nd, int i)
{
    struct inst *in = &nd->inst[i];

    if (!any_touched(nd, in))
        return LIVES;
    enum fate f = checkpoint(w, nd, in);
    if (f != LIVES)
        return f;
    if (killed(w))
        return DIES;
    if (is_fenced(w, nd, in)) {
        w->res->fenced++;
        return DIES;
    }
    if (w->plan->mutant == CHECK_POSITIONS_FIRST) {
        commit_positions(nd, in);
        if (killed(w))
            return DIES;
    }
    f = commit_outputs(w, in);
    if (f != LIVES)
        return f;
    if (w->plan->mutant == CHECK_OUTPUTS_FIRST && killed(w))
        return DIES;
    commit_positions(nd, in);
    out_clear(in->out);
    for (int32_t p = 0; p < nd->parts; p++)
        in->slot[p].touched = false;
    w->res->commits++;
    return killed(w) ? DIES : LIVES;
}

static bool has_input(const struct world *w, const struct node *nd, int32_t part, int64_t pos)
{
    const struct check_log *log = w->res->log;

    return check_log_seek(log, nd->ops->input, part, pos) < check_log_n(log, nd->ops->input, part);
}

/* Copies what comes next of a partition, cut at random; how much it is. */
static size_t gather(struct world *w, const struct node *nd, int32_t part, int64_t pos,
                     struct stage_rec *batch)
{
    const struct check_log *log = w->res->log;
    size_t at = check_log_seek(log, nd->ops->input, part, pos);
    size_t n = check_log_n(log, nd->ops->input, part) - at;
    size_t max = w->plan->seed == 0 ? BATCH_MAX : 1 + sim_rnd(w, chance(w, 4) ? BATCH_MAX : 8);

    if (n > max)
        n = max;
    for (size_t k = 0; k < n; k++)
        batch[k] = *check_log_at(log, nd->ops->input, part, at + k);
    return n;
}

/* The instance has read this far: what it writes cannot be older. */
static void advance(const struct world *w, const struct node *nd, struct inst *in, int32_t part,
                    int64_t last)
{
    const struct check_log *log = w->res->log;
    size_t end = check_log_seek(log, nd->ops->input, part, last + 1);

    for (size_t k = check_log_seek(log, nd->ops->input, part, in->slot[part].pos); k < end; k++) {
        int64_t t = check_log_time(log, nd->ops->input, part, k);
        in->append_ms = t > in->append_ms ? t : in->append_ms;
    }
    in->slot[part].pos = last + 1;
}

static enum fate process(struct world *w, struct node *nd, int i, int32_t part)
{
    struct inst *in = &nd->inst[i];
    struct slot *s = &in->slot[part];
    struct stage_rec batch[BATCH_MAX];
    size_t n = gather(w, nd, part, s->pos, batch);
    size_t used = 0;
    bool was_empty = out_n(in->out) == 0;

    s->touched = true;
    enum fate f =
        fate_of(w, nd, nd->ops->process(in->stage.ctx, part, batch, n, &used, in->out, w->err));
    if (f != LIVES)
        return f;
    s->more = nd->ops->resume != NULL;
    if (used > n || (used == 0 && was_empty && !s->more))
        return fails(w, nd, part, "used is none of 1..n");
    s->stalls = used > 0 ? 0 : s->stalls + 1;
    if (s->stalls > STALLS_MAX)
        return fails(w, nd, part, "no progress");
    if (used > 0)
        advance(w, nd, in, part, batch[used - 1].offset);
    return used < n ? commit(w, nd, i) : LIVES;
}

static enum fate resume(struct world *w, struct node *nd, int i, int32_t part)
{
    struct inst *in = &nd->inst[i];
    struct slot *s = &in->slot[part];

    s->touched = true;
    enum fate f = fate_of(w, nd, nd->ops->resume(in->stage.ctx, part, in->out, &s->more, w->err));
    if (f != LIVES || !s->more)
        return f;
    return commit(w, nd, i);
}

static enum fate tick(struct world *w, struct node *nd, int i, int32_t part, int64_t wall_ms)
{
    struct inst *in = &nd->inst[i];
    struct slot *s = &in->slot[part];
    struct stage_tick t = { .wall_ms = wall_ms,
                            .at_end = !has_input(w, nd, part, s->pos),
                            .proven_ms = wall_ms };

    s->touched = true;
    s->more = nd->ops->resume != NULL;
    return fate_of(w, nd, nd->ops->tick(in->stage.ctx, part, &t, in->out, w->err));
}

/* Performs what is due. Killed between the deed and its commit, it will do it again. */
static enum fate effect(struct world *w, struct node *nd, int i, int32_t part)
{
    struct inst *in = &nd->inst[i];
    struct effect e = { 0 };
    struct effect_result res = { 0 };
    bool any = false;
    enum fate f = fate_of(w, nd, nd->ops->due(in->stage.ctx, part, w->wall_ms, &e, &any, w->err));

    if (f != LIVES || !any)
        return f;
    w->plan->effects->perform(w->plan->effects->ctx, &e, &res);
    w->res->effects++;
    if (killed(w))
        return DIES;
    res.at_ms = w->wall_ms;
    in->slot[part].touched = true;
    f = fate_of(w, nd, nd->ops->settled(in->stage.ctx, part, &res, in->out, w->err));
    return f == LIVES ? commit(w, nd, i) : f;
}

static bool has_effects(const struct world *w, const struct node *nd)
{
    return (nd->ops->needs & NEEDS_EFFECTS) && w->plan->effects;
}

/* No input is left: time goes on for a stage that has effects. */
static enum fate live_on(struct world *w, struct node *nd, int i, int32_t part)
{
    w->wall_ms += 1 + (int64_t)sim_rnd(w, 60000);
    enum fate f = tick(w, nd, i, part, w->wall_ms);
    if (f == LIVES)
        f = commit(w, nd, i);
    return f == LIVES ? effect(w, nd, i, part) : f;
}

/* Hands a partition back in peace: commit, then drop. */
static enum fate give_back(struct world *w, struct node *nd, int i, int32_t part)
{
    enum fate f = commit(w, nd, i);

    if (f != LIVES)
        return f;
    nd->ops->drop(nd->inst[i].stage.ctx, part);
    nd->inst[i].slot[part].has = false;
    nd->commit[part].owner = -1;
    w->res->moves++;
    return LIVES;
}

/* Something for instance i to do with a partition that it has. */
static enum fate work(struct world *w, struct node *nd, int i, int32_t part)
{
    struct slot *s = &nd->inst[i].slot[part];
    bool fresh = is_fresh(nd, &nd->inst[i], part);

    if (!fresh && chance(w, 4))
        return DIES; /* it heard that the partition is lost */
    if (s->more)
        return resume(w, nd, i, part);
    if (fresh && chance(w, 60))
        return give_back(w, nd, i, part);
    if ((nd->ops->needs & NEEDS_TICK) && w->plan->wall_ms != 0 && chance(w, 10)) {
        w->wall_ms += (int64_t)sim_rnd(w, 3000);
        return tick(w, nd, i, part, w->wall_ms);
    }
    if (has_effects(w, nd) && !any_touched(nd, &nd->inst[i]) && chance(w, 4))
        return effect(w, nd, i, part);
    if (has_input(w, nd, part, s->pos))
        return process(w, nd, i, part);
    if (s->touched)
        return commit(w, nd, i);
    if (fresh && has_effects(w, nd) && w->wall_ms < w->plan->end_wall_ms)
        return live_on(w, nd, i, part);
    return fresh ? LIVES : DIES;
}

enum fate sim_step(struct world *w, struct node *nd, int i, int32_t part)
{
    struct inst *in = &nd->inst[i];
    enum fate f = LIVES;

    if (killed(w))
        return DIES;
    if (in->slot[part].has)
        f = work(w, nd, i, part);
    else if (nd->commit[part].owner < 0 || chance(w, 80)) /* a new owner; the old one learns late */
        f = assign(w, nd, i, part);
    if (f == LIVES && killed(w))
        f = DIES;
    if (f == LIVES && chance(w, 3))
        f = commit(w, nd, i);
    return f;
}

bool sim_is_idle(const struct world *w, const struct node *nd)
{
    if (has_effects(w, nd) && w->wall_ms < w->plan->end_wall_ms)
        return false;
    for (int32_t p = 0; p < nd->parts; p++) {
        const struct commit *c = &nd->commit[p];
        if (c->owner < 0)
            return false;
        const struct slot *s = &nd->inst[c->owner].slot[p];
        if (s->touched || s->more || has_input(w, nd, p, s->pos))
            return false;
    }
    return true;
}

enum fate sim_end_tick(struct world *w, struct node *nd, int32_t part)
{
    int i = nd->commit[part].owner;
    int kills = w->kills_left;

    w->kills_left = 0; /* this tick comes once */
    enum fate f = tick(w, nd, i, part, w->plan->end_wall_ms);
    if (f == LIVES)
        f = commit(w, nd, i);
    w->kills_left = kills;
    if (f == LIVES)
        nd->commit[part].ticked = true;
    return f == DIES ? sim_revive(w, nd, i) : f;
}
