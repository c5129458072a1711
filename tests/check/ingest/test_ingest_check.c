/* SPDX-License-Identifier: MIT */
/* Ingest under random cuts, full outputs, kills, moves and fenced owners: each
 * source's comments and all dead letters are the same bytes; its marks may differ
 * (a hello for each owner), but never lie. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "check/check.h"
#include "consumers/ingest/stage.h"
#include "support/prop.h"

enum { SEEDS = 60, RECORDS = 400, RAW = 3, PARTS = 4 };

static const int64_t t0 = INT64_C(1763900000000);

static enum status make(void *arg, struct stage *stage, struct err *err)
{
    const struct ingest_conf conf = ingest_conf_default();

    return ingest_stage_new(&conf, NULL, arg, stage, err);
}

/* A record at random: mostly a comment, sometimes a page or something broken. */
static void text_of(struct prop *p, int i, char *to, size_t max)
{
    static const char *const broken[] = { "{", "[1,{\"cid\":\"5\",\"text\":7}]", "\x80",
                                          "{\"cid\":\"1\",\"digg_count\":-1}",
                                          "{\"a\":1,\"a\":2}" };
    const int video = (int)prop_below(p, 9);

    switch (prop_below(p, 10)) {
    case 0:
        snprintf(to, max, "%s", broken[prop_below(p, 5)]);
        break;
    case 1:
        snprintf(to, max,
                 "{\"video_id\":\"%d\",\"comments\":[{\"cid\":\"%da\",\"text\":\"x\"},{\"cid\":"
                 "\"%db\",\"text\":\"\\u00e9\",\"reply_comment\":[{\"cid\":\"%dc\"}]}]}",
                 video, i, i, i);
        break;
    default:
        snprintf(to, max, "{\"cid\":\"%d\",\"aweme_id\":\"%d\",\"text\":\"so good %d\"}", i, video,
                 i);
    }
}

static struct check_log *input(const struct topology *topo)
{
    struct check_log *log = check_log_new(topo);
    struct prop p = prop_begin(1);
    struct err err = { 0 };
    char text[256];
    char arrival[32];

    assert_non_null(log);
    for (int i = 0; i < RECORDS; i++) {
        snprintf(arrival, sizeof(arrival), "%lld",
                 (long long)(t0 + i * MS_SECOND - (int64_t)prop_below(&p, 20000)));
        text_of(&p, i, text, sizeof(text));
        const struct hdr h = { slice_str("absa-arrival"), slice_str(arrival) };
        const struct out_rec rec = { .topic = TOPIC_RAW,
                                     .part = (int32_t)prop_below(&p, RAW),
                                     .value = slice_str(text),
                                     .hdr = &h,
                                     .nhdr = 1 };
        assert_int_equal(check_log_append(log, &rec, t0, &err), ST_OK);
        if (i % 7 == 0)
            check_log_gap(log, TOPIC_RAW, rec.part);
    }
    for (int32_t part = 0; part < RAW; part++) {
        const struct hdr end = { slice_str("absa-kind"), slice_str("end") };
        const struct out_rec r = { .topic = TOPIC_RAW, .part = part, .hdr = &end, .nhdr = 1 };
        assert_int_equal(check_log_append(log, &r, t0, &err), ST_OK);
    }
    return log;
}

/* Of one source in one partition: a fingerprint of its comments in order, and
 * whether its marks kept their word. */
struct lane {
    uint64_t hash;
    int64_t n;
    int64_t since;
    int64_t seq;
    int64_t wm_ms;
    bool ended;
};

static void take_mark(struct lane *l, const struct mark *m)
{
    assert_true(m->n_since_last == -1 || m->n_since_last == l->since);
    assert_true(m->n_since_last != -1 || m->kind == MARK_HELLO);
    assert_true(m->seq > l->seq);
    assert_true(m->wm_ms >= l->wm_ms);
    assert_false(l->ended && m->kind == MARK_DATA);
    l->seq = m->seq;
    l->wm_ms = m->wm_ms;
    l->since = 0;
    l->ended = l->ended || m->kind == MARK_END;
}

static void take_comment(struct lane *l, const struct stage_rec *rec, const struct comment *c)
{
    char chain[8 + 8];
    const uint64_t h = hash64(rec->value);

    memcpy(chain, &l->hash, 8);
    memcpy(chain + 8, &h, 8);
    l->hash = hash64((struct slice){ chain, sizeof(chain) });
    l->n++;
    l->since++;
    /* What a mark has promised holds: nothing on time comes behind it. */
    assert_true(c->origin.src_wm_ms >= l->wm_ms);
    assert_false(l->ended);
}

static void read_lanes(struct wire *w, const struct check_log *log, struct lane lanes[RAW][PARTS])
{
    struct arena *a = arena_new(16 << 20);
    struct err err = { 0 };

    assert_non_null(a);
    for (int32_t p = 0; p < PARTS; p++) {
        for (int s = 0; s < RAW; s++)
            lanes[s][p] = (struct lane){ .wm_ms = WM_NONE };
        for (size_t i = 0; i < check_log_n(log, TOPIC_COMMENTS, p); i++) {
            const struct stage_rec *rec = check_log_at(log, TOPIC_COMMENTS, p, i);
            struct comment c;
            struct mark m;

            arena_reset(a);
            if (slice_is(stage_header(rec, "absa-kind"), "mark")) {
                assert_int_equal(wire_decode(w, RECORD_MARK, rec->value, &m, a, &err), ST_OK);
                take_mark(&lanes[m.src][p], &m);
            } else {
                assert_int_equal(wire_decode(w, RECORD_COMMENT, rec->value, &c, a, &err), ST_OK);
                take_comment(&lanes[c.origin.src][p], rec, &c);
            }
        }
    }
    arena_free(a);
}

static bool same_lanes(struct lane a[RAW][PARTS], struct lane b[RAW][PARTS])
{
    for (int s = 0; s < RAW; s++) {
        for (int p = 0; p < PARTS; p++) {
            if (a[s][p].hash != b[s][p].hash || a[s][p].n != b[s][p].n || !b[s][p].ended)
                return false;
        }
    }
    return true;
}

static void same_whatever_happens(void **state)
{
    struct topology topo = topology_make(RAW, PARTS, 1);
    struct check_stage calm_stage = { make, &topo, 1 };
    struct check_stage wild_stage = { make, &topo, 2 };
    struct lane want[RAW][PARTS];
    struct lane got[RAW][PARTS];
    struct check_log *in = input(&topo);
    struct check_result calm;
    struct check_result wild;
    struct wire *w;
    struct err err = { 0 };
    int kills = 0;
    int fenced = 0;
    int fulls = 0;

    (void)state;
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    assert_int_equal(check_run(&calm_stage, 1, in, &(struct check_plan){ .wire = w }, &calm, &err),
                     ST_OK);
    read_lanes(w, calm.log, want);
    assert_true(same_lanes(want, want));
    assert_true(calm.counters[COUNTER_COMMENTS] > RECORDS);
    assert_true(calm.counters[COUNTER_DEAD] > 10);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const struct check_plan plan = { .wire = w, .seed = seed, .wall_ms = t0 };

        if (check_run(&wild_stage, 1, in, &plan, &wild, &err) != ST_OK)
            fail_msg("seed %d: %s", (int)seed, err.msg);
        read_lanes(w, wild.log, got);
        if (!same_lanes(want, got))
            fail_msg("seed %d: the comments differ", (int)seed);
        if (check_log_equal(calm.log, wild.log, TOPIC_DEAD, CHECK_ANY_ORDER, &err) != ST_OK)
            fail_msg("seed %d: %s", (int)seed, err.msg);
        assert_int_equal(wild.counters[COUNTER_COMMENTS], calm.counters[COUNTER_COMMENTS]);
        assert_int_equal(wild.counters[COUNTER_COMMENTS_FLOOR], 0);
        kills += wild.kills;
        fenced += wild.fenced;
        fulls += wild.fulls;
        check_result_release(&wild);
    }
    printf("# %d seeds: %d kills, %d fenced, %d times full\n", SEEDS, kills, fenced, fulls);
    assert_true(kills > 0 && fenced > 0 && fulls > 0);
    check_result_release(&calm);
    check_log_free(in);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_whatever_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
