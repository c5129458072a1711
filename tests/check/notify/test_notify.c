/* SPDX-License-Identifier: MIT */
/* Notify under kills, moves and receivers that fail: what each episode came to
 * is told at least once, and what is told twice has the same key and the same
 * bytes. */
#include "support/check.h"

#include <stdio.h>

#include "check/check.h"
#include "consumers/notify/stage.h"
#include "support/notify/alerts.h"
#include "world.h"

enum { SEEDS = 60, EPISODES = 4 };

#define T0   INT64_C(1753290000000)
#define HOUR INT64_C(3600000)

static const char *const segments[] = { "all", "lang:de", "video:v7" };
enum { SEGMENTS = 3 };

struct run {
    struct wire *wire;
    struct notify_conf conf;
};

static enum status make(void *arg, struct stage *stage, struct err *err)
{
    struct run *r = arg;

    return notify_stage_new(&r->conf, r->wire, stage, err);
}

static void append(struct check_log *log, struct wire *wire, const struct alert *al)
{
    struct err err = { 0 };
    struct buf value;

    buf_init(&value, 1 << 20);
    assert_int_equal(wire_encode(wire, RECORD_ALERT, al, &value, &err), ST_OK);
    const struct out_rec rec = { .topic = TOPIC_ALERTS, .value = buf_slice(&value) };
    assert_int_equal(check_log_append(log, &rec, T0, &err), ST_OK);
    buf_release(&value);
}

/* Episodes that begin, get worse and end; and two records that nobody can read. */
static struct check_log *input(struct wire *wire)
{
    struct topology topo = topology_make(1, 1, 1);
    struct check_log *log = check_log_new(&topo);
    struct arena *a = arena_new(16 << 20);
    const struct out_rec junk = { .topic = TOPIC_ALERTS, .value = slice_str("junk") };
    const struct out_rec null = { .topic = TOPIC_ALERTS };
    struct err err = { 0 };

    assert_non_null(log);
    assert_non_null(a);
    for (int e = 0; e < EPISODES; e++) {
        for (int32_t seq = 0; seq < 3; seq++) {
            for (int s = 0; s < SEGMENTS; s++) {
                struct alert al = sample_alert(a, segments[s], e, seq);

                append(log, wire, &al);
            }
        }
        assert_int_equal(check_log_append(log, e % 2 ? &junk : &null, T0, &err), ST_OK);
    }
    arena_free(a);
    return log;
}

static void setup(struct run *r)
{
    struct err err = { 0 };

    r->conf = (struct notify_conf){ .receivers = { "mail", "queue" },
                                    .n = 2,
                                    .min = SEVERITY_WARNING,
                                    .by_segment = true,
                                    .by_severity = true,
                                    .group = { 30000, 2 * HOUR, true } };
    assert_int_equal(wire_new(NULL, &r->wire, &err), ST_OK);
}

static void go(struct run *r, struct world *w, uint64_t seed, struct check_result *res)
{
    const struct check_stage stage = { make, r, 2 };
    const struct effects effects = { w, world_perform };
    const struct check_plan plan = { .wire = r->wire,
                                     .seed = seed,
                                     .wall_ms = T0,
                                     .end_wall_ms = T0 + 9 * HOUR,
                                     .effects = &effects };
    struct check_log *in = input(r->wire);
    struct err err = { 0 };

    if (check_run(&stage, 1, in, &plan, res, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
    check_log_free(in);
}

static void assert_told(const struct world *w, size_t receiver, uint64_t seed)
{
    for (int e = 0; e < EPISODES; e++) {
        for (int s = 0; s < SEGMENTS; s++) {
            char id[80];

            snprintf(id, sizeof(id), "id-%s-%d", segments[s], e);
            if (!world_knows(w, receiver, id, 2))
                fail_msg("seed %d: receiver %d never heard of %s", (int)seed, (int)receiver, id);
        }
    }
}

static void test_told_at_least_once(void **state)
{
    struct run r;
    size_t twice = 0;
    int kills = 0;
    int effects = 0;

    (void)state;
    setup(&r);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct check_result res;
        struct world w;

        world_init(&w, seed);
        w.fails = true;
        go(&r, &w, seed, &res);
        assert_told(&w, 0, seed);
        assert_told(&w, 1, seed);
        assert_true(res.counters[COUNTER_DEAD] == EPISODES);
        twice += world_duplicates(&w);
        kills += res.kills;
        effects += res.effects;
        check_result_release(&res);
        world_release(&w);
    }
    print_message("%d seeds: %d kills, %d tries, %d told twice, each with its key\n", SEEDS, kills,
                  effects, (int)twice);
    assert_true(kills > 10 * SEEDS);
    assert_true(twice > 0);
    wire_free(r.wire);
}

/* One receiver refuses all: dead letters, and the other hears everything. */
static void test_refused_is_dead_lettered(void **state)
{
    struct run r;

    (void)state;
    setup(&r);
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct check_result res;
        struct world w;

        world_init(&w, seed);
        w.refuses = 0;
        go(&r, &w, seed, &res);
        assert_told(&w, 1, seed);
        assert_true(w.tries[EFFECT_REFUSED] > 0);
        /* As many as were committed, a kill behind the deed not counted. */
        assert_true(res.counters[COUNTER_DEAD] > EPISODES);
        assert_int_equal(res.counters[COUNTER_DEAD], (int64_t)check_log_total(res.log, TOPIC_DEAD));
        check_result_release(&res);
        world_release(&w);
    }
    wire_free(r.wire);
}

/* Below the severity that is told nobody hears anything: so the test above can fail. */
static void test_less_is_not_told(void **state)
{
    struct run r;
    int lost = 0;

    (void)state;
    setup(&r);
    r.conf.min = SEVERITY_CRITICAL + 1; /* nobody is told anything */
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct check_result res;
        struct world w;

        world_init(&w, seed);
        go(&r, &w, seed, &res);
        lost += !world_knows(&w, 0, "id-all-0", 2);
        check_result_release(&res);
        world_release(&w);
    }
    assert_int_equal(lost, 3);
    wire_free(r.wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told_at_least_once),
        cmocka_unit_test(test_refused_is_dead_lettered),
        cmocka_unit_test(test_less_is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
