/* SPDX-License-Identifier: MIT */
/* Two things that broke an earlier draft of the design and have no other home
 * (tests/README.md maps all of them to their tests). */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "consumers/drift/pane.h"
#include "record/comment.h"
#include "record/score.h"
#include "record/window.h"
#include "support/drift/judge_host.h"
#include "tests/unit/ingest/rig.h"

#define MINUTE INT64_C(60000)

/* --- R2 ------------------------------------------------------------------ */

/* The batches of the panes, partition by partition: the last one is read as if
 * its process had slept until all others were done. */
static struct check_log *one_lags(struct world *w)
{
    struct check_log *log = check_log_new(&w->topo);
    struct arena *a = arena_new(64 << 20);
    struct err err = { { 0 } };

    for (int32_t part = 0; part < w->topo.parts[TOPIC_SCORES]; part++) {
        for (size_t i = 0; i < check_log_n(w->panes, TOPIC_PANES, 0); i++) {
            const struct stage_rec *r = check_log_at(w->panes, TOPIC_PANES, 0, i);
            const struct out_rec rec = { .topic = TOPIC_PANES, .key = r->key, .value = r->value };
            struct pane pane;

            arena_reset(a);
            assert_int_equal(wire_decode(w->wire, RECORD_PANE, r->value, &pane, a, &err), ST_OK);
            if (pane.part == part)
                assert_int_equal(check_log_append(log, &rec, 0, &err), ST_OK);
        }
    }
    arena_free(a);
    return log;
}

/* R2: with one watermark a source, 448 of 5,371 records came after their window
 * had closed when one process of pane lagged. */
static void r2_a_partition_that_lags_is_not_overtaken(void **state)
{
    struct world *w = *state;
    const struct fate calm = { 7, -1, false };
    struct check_log *lagging = one_lags(w);
    struct err err = { { 0 } };
    struct host even;
    struct host late;

    host_init(&even, w, w->panes);
    host_init(&late, w, lagging);
    host_run(&even, &calm);
    host_run(&late, &calm);
    assert_int_equal(late.counters[COUNTER_OVERTAKEN], 0);
    assert_true(check_log_n(even.log, TOPIC_WINDOWS, 0) >= 8);
    assert_true(check_log_n(even.log, TOPIC_ALERTS, 0) >= 2);
    for (size_t i = 0; i < 2; i++)
        if (check_log_equal(even.log, late.log, i ? TOPIC_ALERTS : TOPIC_WINDOWS, CHECK_ORDERED,
                            &err) != ST_OK)
            fail_msg("%s", err.msg);
    host_release(&even);
    host_release(&late);
    check_log_free(lagging);
}

/* --- R4 ------------------------------------------------------------------ */

enum { LIVE_S = 3600, EVERY_S = 5, HELD_FROM_S = 1200, HELD_TO_S = 1320 };

static enum status make_pane(void *arg, struct stage *stage, struct err *err)
{
    struct world *w = arg;

    return pane_stage_new(&w->conf, w->wire, &w->topo, w->base, stage, err);
}

static enum status make_judge(void *arg, struct stage *stage, struct err *err)
{
    struct world *w = arg;

    return judge_stage_new(&w->conf, w->wire, &w->topo, w->base, stage, err);
}

/* A score for a comment, with where it came from: all that lateness rests on. */
static void put_score(struct world *w, const struct comment *c, int32_t part, struct check_log *log)
{
    double features[STREAM_FEATURES - 4] = { 0 };
    const struct score s = { .comment_id = c->comment_id,
                             .video_id = c->video_id,
                             .sighting = SIGHTING_FIRST,
                             .features = { features, STREAM_FEATURES - 4 },
                             .bundle_sha256 = slice_str(STREAM_BUNDLE),
                             .origin = c->origin };
    struct err err = { { 0 } };
    struct buf b;

    buf_init(&b, 1 << 20);
    assert_int_equal(wire_encode(w->wire, RECORD_SCORE, &s, &b, &err), ST_OK);
    const struct out_rec rec = { .topic = TOPIC_SCORES, .part = part, .value = buf_slice(&b) };
    assert_int_equal(check_log_append(log, &rec, 0, &err), ST_OK);
    buf_release(&b);
}

/* What ingest has put since the last commit, as score would hand it on. */
static void hand_on(struct world *w, struct rig *r, struct check_log *log, int64_t *by_floor)
{
    struct err err = { { 0 } };

    for (size_t i = 0; i < out_n(r->out); i++) {
        struct out_rec rec = *out_at(r->out, i);
        struct comment c;

        if (rec.topic != TOPIC_COMMENTS)
            continue;
        if (rec.nhdr > 0) { /* a mark */
            rec.topic = TOPIC_SCORES;
            assert_int_equal(check_log_append(log, &rec, 0, &err), ST_OK);
            continue;
        }
        arena_reset(r->arena);
        assert_int_equal(wire_decode(w->wire, RECORD_COMMENT, rec.value, &c, r->arena, &err),
                         ST_OK);
        *by_floor += c.origin.late_by == LATE_BY_FLOOR;
        put_score(w, &c, rec.part, log);
    }
    rig_commit(r);
}

static void say(struct rig *r, int32_t part, int64_t second)
{
    char text[200];

    snprintf(text, sizeof(text),
             "{\"cid\":\"%d-%lld\",\"aweme_id\":\"v%lld\",\"text\":\"so good\"}", (int)part,
             (long long)second, (long long)second % 40);
    rig_feed(r, part, text, T0 + second * 1000);
}

static void idle_tick(struct rig *r, int32_t part, int64_t second)
{
    const int64_t now = T0 + second * 1000;
    const struct stage_tick t = { .wall_ms = now, .at_end = true, .proven_ms = now };
    struct err err = { { 0 } };

    assert_int_equal(r->stage.ops->tick(r->stage.ctx, part, &t, r->out, &err), ST_OK);
}

/* Two live sources; the producer of the second holds its records back for two
 * minutes and then delivers them with the times at which they were made. */
static int64_t live_hour(struct world *w, struct check_log *log, int64_t *by_floor)
{
    struct rig r;
    int64_t said = 0;

    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_assign(&r, 1, -1, "");
    for (int64_t s = 0; s < LIVE_S; s += EVERY_S) {
        bool held = s >= HELD_FROM_S && s < HELD_TO_S;

        say(&r, 0, s);
        if (held)
            idle_tick(&r, 1, s);
        for (int64_t k = HELD_FROM_S; s == HELD_TO_S && k < HELD_TO_S; k += EVERY_S, said++)
            say(&r, 1, k);
        if (!held)
            say(&r, 1, s);
        said += held ? 1 : 2;
        hand_on(w, &r, log, by_floor);
    }
    for (int32_t part = 0; part < 2; part++)
        rig_feed_with(&r, part, "", "absa-kind", "end");
    hand_on(w, &r, log, by_floor);
    rig_close(&r);
    return said;
}

/* R4: by the wall clock alone the held records were on time for a pane that was
 * closed, and the judge died of it, for ever. Now the floor says so: they are
 * late, counted, and nothing is overtaken. */
static void r4_what_an_idle_source_held_back_is_late_by_its_floor(void **state)
{
    struct world *w = *state;
    struct world live = *w;
    const struct check_stage stages[] = { { make_pane, &live, 1 }, { make_judge, &live, 1 } };
    struct check_result res;
    struct window win;
    struct arena *a = arena_new(16 << 20);
    struct err err = { { 0 } };
    int64_t by_floor = 0;
    int64_t counted = 0;
    int64_t late = 0;

    live.topo = topology_make(2, RIG_PARTS, 1);
    live.conf.window_ms = 10 * MINUTE;
    live.conf.segments = "all";
    struct check_log *scores = check_log_new(&live.topo);
    int64_t said = live_hour(&live, scores, &by_floor);
    if (check_run(stages, 2, scores, &(struct check_plan){ .wire = live.wire }, &res, &err) !=
        ST_OK)
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < check_log_n(res.log, TOPIC_WINDOWS, 0); i++) {
        const struct stage_rec *rec = check_log_at(res.log, TOPIC_WINDOWS, 0, i);

        arena_reset(a);
        assert_int_equal(wire_decode(live.wire, RECORD_WINDOW, rec->value, &win, a, &err), ST_OK);
        assert_int_not_equal(win.state, WINDOW_INCOMPLETE);
        counted += win.n + win.late;
        late += win.counters.late_by_floor;
    }
    print_message("%lld comments, %lld under the floor, %lld of them late\n", (long long)said,
                  (long long)by_floor, (long long)late);
    assert_int_equal(res.counters[COUNTER_OVERTAKEN], 0);
    assert_int_equal(counted, said);
    assert_true(late >= 10 && late <= by_floor);
    assert_int_equal(res.counters[COUNTER_LATE_BY_FLOOR], late);
    arena_free(a);
    check_result_release(&res);
    check_log_free(scores);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r2_a_partition_that_lags_is_not_overtaken),
        cmocka_unit_test(r4_what_an_idle_source_held_back_is_late_by_its_floor),
    };

    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
