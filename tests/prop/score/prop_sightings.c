/* SPDX-License-Identifier: MIT */
/* The set against a model of a page; a set rebuilt from the log against one that
 * never died; and one and the same answer however the sources interleave. */
#include <stdlib.h>
#include <string.h>

#include "score/sightings.h"
#include "support/check.h"
#include "support/prop.h"

enum { SOURCES = 3, IDS = 60, EVENTS = 1200, STEPS = 64 };

#define HOUR    INT64_C(3600000)
#define HORIZON (10 * HOUR)
#define SKEW    INT64_C(10000)

/* A comment, or a mark, as score reads it. */
struct event {
    bool mark;
    uint64_t id;
    struct origin from;
    struct sighted said;
};

/* What the header promises, without a table: all that was ever remembered. */
struct memory {
    uint64_t id;
    int64_t first;
    int64_t last;
    int32_t src;
};

struct model {
    int64_t wm[SOURCES];
    struct memory v[EVENTS];
    size_t n;
    size_t max;
};

static int64_t model_oldest(const struct model *m)
{
    int64_t wm = m->wm[0];
    int64_t step = HORIZON / STEPS + 1;

    for (int i = 1; i < SOURCES; i++)
        wm = m->wm[i] < wm ? m->wm[i] : wm;
    return wm == WM_NONE ? WM_NONE : (wm - HORIZON) / step * step;
}

static void model_keep(struct model *m, const struct event *e, struct memory *best, int64_t t)
{
    if (!best) {
        m->v[m->n++] = (struct memory){ e->id, t, t, e->from.src };
        return;
    }
    best->first = t < best->first ? t : best->first;
    if (t >= best->last) {
        best->last = t;
        best->src = e->from.src;
    }
}

static struct sighted model_see(struct model *m, const struct event *e)
{
    int64_t t = e->from.arrival_ms > e->from.src_wm_ms ? e->from.arrival_ms : e->from.src_wm_ms;
    int64_t oldest = model_oldest(m);
    struct sighted out = { .sighting = SIGHTING_FIRST };
    struct memory *best = NULL;
    size_t live = 0;

    for (size_t i = 0; i < m->n; i++) {
        struct memory *x = &m->v[i];

        if (x->last < oldest)
            continue;
        live++;
        if (x->id != e->id || t > x->last + HORIZON ||
            (x->src != e->from.src && t < x->first - HORIZON))
            continue;
        out.sighting = SIGHTING_UPDATE;
        out.cross_source |= x->src != e->from.src;
        best = !best || x->last > best->last ? x : best;
    }
    out.evicted = !best && live >= m->max;
    if (!out.evicted)
        model_keep(m, e, best, t);
    return out;
}

static void model_pass(struct model *m, const struct event *e)
{
    int64_t *wm = &m->wm[e->from.src];

    *wm = e->from.src_wm_ms > *wm ? e->from.src_wm_ms : *wm;
}

static struct model *model_new(size_t max)
{
    struct model *m = calloc(1, sizeof(*m));

    assert_non_null(m);
    m->max = max;
    for (int i = 0; i < SOURCES; i++)
        m->wm[i] = WM_NONE;
    return m;
}

static void same(const struct sighted *a, const struct sighted *b, int i)
{
    if (a->sighting != b->sighting || a->cross_source != b->cross_source ||
        a->evicted != b->evicted)
        fail_msg("event %d: %d%d%d, want %d%d%d", i, a->sighting, a->cross_source, a->evicted,
                 b->sighting, b->cross_source, b->evicted);
}

static struct sighted see(struct sightings *s, const struct event *e)
{
    struct err err = { 0 };
    struct sighted out = { .sighting = SIGHTING_FIRST };

    if (e->mark || e->said.evicted) { /* evicted: only in a log that is read again */
        sightings_pass(s, e->from.src, e->from.src_wm_ms);
        return out;
    }
    /* Some fingerprints collide in their low bits. 0 and 1 are one id. */
    assert_int_equal(
        sightings_look(s, e->id % 3 == 0 ? (e->id + 2) << 40 : e->id + 2, &e->from, &out, &err),
        ST_OK);
    sightings_keep(s);
    return out;
}

/* What one source sends: times that rise, some within the skew of each other and
 * some long after, and marks in between. ids: no other source has them. */
static size_t send(struct prop *p, int32_t src, uint64_t ids, struct event *v, size_t n)
{
    int64_t max = WM_NONE;
    int64_t now = 1000 * HOUR + (int64_t)prop_below(p, 20 * HOUR);

    for (size_t i = 0; i < n; i++) {
        struct event *e = &v[i];

        memset(e, 0, sizeof(*e));
        now += (int64_t)prop_below(p, HOUR / 4);
        now += prop_below(p, 40) == 0 ? (int64_t)prop_below(p, 3 * HORIZON) : 0;
        e->from.src = src;
        e->from.src_wm_ms = max == WM_NONE ? WM_NONE : max - SKEW;
        e->mark = prop_below(p, 10) == 0;
        if (e->mark)
            continue;
        e->from.arrival_ms = now - (int64_t)prop_below(p, prop_below(p, 9) ? SKEW : HOUR);
        e->id = ids + prop_below(p, IDS);
        max = e->from.arrival_ms > max ? e->from.arrival_ms : max;
    }
    return n;
}

/* One of the orders in which a partition may hold what the sources sent; bias is
 * how much sooner the first source is read than the others. */
static void interleave(struct prop *p, const struct event *v, uint64_t bias, struct event *out)
{
    const size_t each = EVENTS / SOURCES;
    size_t at[SOURCES] = { 0 };

    for (size_t i = 0; i < EVENTS;) {
        uint64_t r = prop_below(p, SOURCES - 1 + bias);
        size_t src = r < SOURCES - 1 ? (size_t)r + 1 : 0;

        if (at[src] < each)
            out[i++] = v[src * each + at[src]++];
    }
}

/* The set again, from what stands in the log: as the stage does it. */
static struct sightings *rebuild(const struct sightings *old, const struct event *log, int n,
                                 const struct sightings_conf *conf)
{
    struct sightings *s = sightings_new(conf);

    assert_non_null(s);
    sightings_restore(s, sightings_since(old));
    for (int i = 0; i < n; i++) {
        if (log[i].from.src_wm_ms >= sightings_oldest(s) ||
            log[i].from.arrival_ms >= sightings_oldest(s))
            (void)see(s, &log[i]);
    }
    return s;
}

static void it_says_what_the_model_says_whoever_dies(void **state)
{
    static struct event sent[EVENTS];
    static struct event log[EVENTS];
    struct prop p = prop_begin(60);

    (void)state;
    for (int c = 0; c < p.cases; c++) {
        struct sightings_conf conf = { HORIZON, 10 + (size_t)prop_below(&p, 3 * IDS), SOURCES };
        struct sightings *s = sightings_new(&conf);
        struct model *m = model_new(conf.max);

        assert_non_null(s);
        for (int32_t i = 0; i < SOURCES; i++)
            send(&p, i, 0, sent + (size_t)i * (EVENTS / SOURCES), EVENTS / SOURCES);
        interleave(&p, sent, 1 + prop_below(&p, 3), log);
        for (int i = 0; i < EVENTS; i++) {
            if (!log[i].mark) {
                struct sighted want = model_see(m, &log[i]);

                log[i].said = see(s, &log[i]);
                same(&log[i].said, &want, i);
            } else {
                (void)see(s, &log[i]);
            }
            model_pass(m, &log[i]);
            if (prop_below(&p, 50) == 0) {
                struct sightings *again = rebuild(s, log, i + 1, &conf);

                sightings_free(s);
                s = again;
            }
        }
        sightings_free(s);
        free(m);
    }
}

/* Runs a log; how many updates there were across sources. */
static int run(struct event *log, size_t *kept)
{
    struct sightings_conf conf = { HORIZON, EVENTS, SOURCES };
    struct sightings *s = sightings_new(&conf);
    int cross = 0;

    assert_non_null(s);
    for (int i = 0; i < EVENTS; i++) {
        log[i].said.evicted = false;
        log[i].said = see(s, &log[i]);
        cross += log[i].said.cross_source;
        assert_false(log[i].said.evicted);
    }
    *kept = sightings_n(s);
    sightings_free(s);
    return cross;
}

static int by_source(const void *a, const void *b)
{
    const struct origin *x = &((const struct event *)a)->from;
    const struct origin *y = &((const struct event *)b)->from;

    if (x->src != y->src)
        return x->src < y->src ? -1 : 1;
    return x->src_offset < y->src_offset ? -1 : x->src_offset > y->src_offset;
}

/* Either all orders say the same of each comment, or in all of them it shows. */
static void however_the_sources_interleave_it_says_the_same_or_shows(void **state)
{
    static struct event sent[EVENTS];
    static struct event log[2][EVENTS];
    struct prop p = prop_begin(400);
    int alike = 0;
    int shown = 0;

    (void)state;
    for (int c = 0; c < p.cases; c++) {
        uint64_t apart = prop_below(&p, 4) ? IDS : IDS - 1; /* else two sources share an id */
        size_t kept;
        int cross[2];

        for (int32_t i = 0; i < SOURCES; i++)
            send(&p, i, (uint64_t)i * apart, sent + (size_t)i * (EVENTS / SOURCES),
                 EVENTS / SOURCES);
        for (int i = 0; i < EVENTS; i++)
            sent[i].from.src_offset = i;
        for (int i = 0; i < 2; i++) {
            interleave(&p, sent, i == 0 ? 1 : 300, log[i]); /* 300: far ahead */
            cross[i] = run(log[i], &kept);
            qsort(log[i], EVENTS, sizeof(log[i][0]), by_source);
        }
        assert_int_equal(cross[0] > 0, cross[1] > 0);
        shown += cross[0] > 0;
        alike += cross[0] == 0;
        for (int i = 0; i < EVENTS && cross[0] == 0; i++)
            same(&log[1][i].said, &log[0][i].said, i);
    }
    print_message("%d cases alike, %d show\n", alike, shown);
    assert_true(alike > 0 && shown > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_the_model_says_whoever_dies),
        cmocka_unit_test(however_the_sources_interleave_it_says_the_same_or_shows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
