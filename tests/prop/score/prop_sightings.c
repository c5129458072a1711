/* SPDX-License-Identifier: MIT */
/* The set against a model of a page, and a set rebuilt from the log against one
 * that never died. */
#include <stdlib.h>

#include "score/sightings.h"
#include "support/check.h"
#include "support/prop.h"

enum { IDS = 200, EVENTS = 2000 };

#define HORIZON (3 * SIGHTINGS_SLACK_MS)

struct event {
    uint64_t id;
    int64_t arrival;
    int32_t src;
    struct sighted said;
};

/* What the header promises, without a table: the last sighting of each id. */
struct model {
    int64_t newest;
    int64_t last_seen[IDS];
    int32_t src[IDS];
    bool known[IDS];
};

static bool model_remembers(const struct model *m, uint64_t id)
{
    return m->known[id] && m->last_seen[id] >= m->newest - HORIZON - SIGHTINGS_SLACK_MS;
}

static struct sighted model_see(struct model *m, const struct event *e, size_t max)
{
    struct sighted out = { .sighting = SIGHTING_FIRST };
    bool remembers;
    size_t n = 0;

    m->newest = e->arrival > m->newest ? e->arrival : m->newest;
    remembers = model_remembers(m, e->id);
    for (uint64_t i = 0; i < IDS; i++)
        n += model_remembers(m, i);
    if (remembers && e->arrival - m->last_seen[e->id] <= HORIZON) {
        out.sighting = SIGHTING_UPDATE;
        out.cross_source = m->src[e->id] != e->src;
    }
    out.evicted = !remembers && n >= max;
    if (!out.evicted && (!remembers || e->arrival >= m->last_seen[e->id])) {
        m->last_seen[e->id] = e->arrival;
        m->src[e->id] = e->src;
        m->known[e->id] = true;
    }
    return out;
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
    struct sighted out;

    /* Some fingerprints collide in their low bits. 0 and 1 are one id. */
    assert_int_equal(sightings_look(s, e->id % 3 == 0 ? (e->id + 2) << 40 : e->id + 2, e->arrival,
                                    e->src, &out, &err),
                     ST_OK);
    sightings_keep(s);
    return out;
}

/* As the stage does it: newest from the meta, then the log of what was written. */
static struct sightings *rebuild(const struct sightings *old, const struct event *log, int n,
                                 const struct sightings_conf *conf)
{
    struct sightings *s = sightings_new(conf);
    int from = 0;

    assert_non_null(s);
    sightings_set_newest(s, sightings_newest(old));
    while (from < n && log[from].arrival < sightings_oldest(s))
        from++;
    for (int i = from; i < n; i++) {
        if (!log[i].said.evicted)
            (void)see(s, &log[i]);
    }
    return s;
}

static void it_says_what_the_model_says_whoever_dies(void **state)
{
    struct prop p = prop_begin(60);
    struct event *log = calloc(EVENTS, sizeof(*log));

    (void)state;
    assert_non_null(log);
    for (int c = 0; c < p.cases; c++) {
        struct sightings_conf conf = { HORIZON, 20 + (size_t)prop_below(&p, UINT64_C(2) * IDS) };
        struct sightings *s = sightings_new(&conf);
        struct model *m = calloc(1, sizeof(*m));
        int64_t now = (int64_t)prop_below(&p, 1000000);

        assert_non_null(s);
        assert_non_null(m);
        m->newest = INT64_MIN / 2;
        for (int i = 0; i < EVENTS; i++) {
            struct event *e = &log[i];
            struct sighted want;

            now += (int64_t)prop_below(&p, SIGHTINGS_SLACK_MS / 20);
            e->id = prop_below(&p, IDS);
            e->arrival = now - (int64_t)prop_below(&p, prop_below(&p, 4) ? 1 : SIGHTINGS_SLACK_MS);
            e->src = (int32_t)prop_below(&p, 3);
            want = model_see(m, e, conf.max);
            e->said = see(s, e);
            same(&e->said, &want, i);
            if (prop_below(&p, 50) == 0) {
                struct sightings *again = rebuild(s, log, i + 1, &conf);

                sightings_free(s);
                s = again;
            }
        }
        sightings_free(s);
        free(m);
    }
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_the_model_says_whoever_dies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
