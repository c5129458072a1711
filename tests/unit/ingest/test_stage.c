/* SPDX-License-Identifier: MIT */
/* What ingest makes of time: stamps, marks, floors, hellos, ends. */
#include "support/check.h"

#include <string.h>

#include "base/time.h"
#include "rig.h"
#include "support/prop.h"

static const int64_t t0 = INT64_C(1763900000000); /* 2025-11-23T12:13:20Z, a multiple of 10 s */
static const char *const early = "2025-11-01T00:00:00Z";

static int64_t s(int n)
{
    return t0 + n * MS_SECOND;
}

/* A record is stamped with the maximum before it, less the skew; whatever order
 * arrivals come in. A mark follows the record that passes a step. */
static void stamps(void **state)
{
    static const struct {
        int arrival, wm;
        bool mark;
    } steps[] = { { 0, 0, true },    { 30, -10, true }, { 12, 20, false }, { 31, 20, false },
                  { 39, 21, false }, { 40, 29, true },  { 95, 30, true } };
    struct rig r;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        rig_commit(&r);
        rig_feed(&r, 0, rig_text("1", early), s(steps[i].arrival));
        const struct comment *c = rig_comment(&r, 0);
        assert_non_null(c);
        assert_int_equal(c->origin.src, 0);
        assert_int_equal(c->origin.src_offset, i);
        assert_int_equal(c->origin.arrival_ms, s(steps[i].arrival));
        assert_int_equal(c->origin.src_wm_ms, i == 0 ? WM_NONE : s(steps[i].wm));
        assert_int_equal(c->origin.late_by, LATE_BY_NONE);
        assert_int_equal(rig_marks(&r), steps[i].mark ? RIG_PARTS : 0);
    }
    assert_int_equal(rig_mark(&r, 0, NULL)->wm_ms, s(85));
    assert_int_equal(rig_mark(&r, 0, NULL)->next_offset, 7);
    rig_close(&r);
}

/* Marks go into every partition and say how many records went there since. */
static void marks_count(void **state)
{
    struct rig r;
    int64_t since[RIG_PARTS] = { 0 };
    int32_t part = -1;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 1, -1, "");
    assert_int_equal(rig_marks(&r), RIG_PARTS);
    for (int i = 0; i < RIG_PARTS; i++) {
        const struct mark *m = rig_mark(&r, (size_t)i, &part);
        assert_int_equal(part, i);
        assert_int_equal(m->kind, MARK_HELLO);
        assert_int_equal(m->src, 1);
        assert_int_equal(m->src_count, RIG_RAW);
        assert_int_equal(m->src_epoch, 1);
        assert_int_equal(m->seq, 1);
        assert_int_equal(m->wm_ms, WM_NONE);
        assert_int_equal(m->floor_ms, WM_NONE);
        assert_int_equal(m->n_since_last, 0); /* never read before: it is known */
    }
    rig_feed(&r, 1, rig_text("1", early), s(0));
    rig_commit(&r);
    static const char *const videos[] = { "1", "2", "3", "4", "5", "2" };
    for (int i = 0; i < 6; i++) {
        rig_feed(&r, 1, rig_text(videos[i], early), s(i == 5 ? 10 : 1));
        since[hash_partition(slice_str(videos[i]), RIG_PARTS)]++;
    }
    assert_int_equal(rig_marks(&r), RIG_PARTS);
    for (int i = 0; i < RIG_PARTS; i++) {
        const struct mark *m = rig_mark(&r, (size_t)i, &part);
        assert_int_equal(m->kind, MARK_DATA);
        assert_int_equal(m->seq, 3);
        assert_int_equal(m->n_since_last, since[part]);
    }
    rig_close(&r);
}

static void tick(struct rig *r, int32_t part, bool at_end, int64_t proven_ms)
{
    const struct stage_tick t = { .wall_ms = proven_ms, .at_end = at_end, .proven_ms = proven_ms };
    struct err err = { 0 };

    assert_int_equal(r->stage.ops->tick(r->stage.ctx, part, &t, r->out, &err), ST_OK);
}

/* R4: a live source that is proven idle raises its floor, once a pane; what is
 * found below it later is late by the floor, and counted. */
static void idle_floor(void **state)
{
    struct rig r;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_feed(&r, 0, rig_text("1", early), s(0));
    rig_commit(&r);
    tick(&r, 0, false, s(500));
    assert_int_equal(rig_marks(&r), 0);
    tick(&r, 0, true, s(20)); /* 12:13:30: no new pane */
    assert_int_equal(rig_marks(&r), 0);
    tick(&r, 0, true, s(60)); /* 12:14:10 */
    assert_int_equal(rig_marks(&r), RIG_PARTS);
    assert_int_equal(rig_mark(&r, 0, NULL)->kind, MARK_IDLE);
    assert_int_equal(rig_mark(&r, 0, NULL)->floor_ms, s(50));
    assert_int_equal(rig_mark(&r, 0, NULL)->wm_ms, s(50));
    rig_commit(&r);
    tick(&r, 0, true, s(70));
    assert_int_equal(rig_marks(&r), 0);

    rig_feed(&r, 0, rig_text("1", early), s(45));
    assert_int_equal(rig_comment(&r, 0)->origin.src_wm_ms, s(50));
    assert_int_equal(rig_comment(&r, 0)->origin.late_by, LATE_BY_FLOOR);
    assert_int_equal(out_counter(r.out, COUNTER_COMMENTS_FLOOR), 1);
    rig_feed(&r, 0, rig_text("1", early), s(55));
    assert_int_equal(rig_comment(&r, 1)->origin.late_by, LATE_BY_NONE);
    rig_feed(&r, 0, rig_text("1", early), s(90));
    rig_feed(&r, 0, rig_text("1", early), s(45)); /* late, but not by the floor alone */
    assert_int_equal(rig_comment(&r, 3)->origin.src_wm_ms, s(80));
    assert_int_equal(rig_comment(&r, 3)->origin.late_by, LATE_BY_NONE);
    rig_close(&r);
}

/* Replayed sources live in their own time, and so may sources nobody wrote to. */
static void replay_has_no_idle(void **state)
{
    struct rig r;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_assign(&r, 1, -1, "");
    rig_commit(&r);
    tick(&r, 0, true, s(5000));
    assert_int_equal(rig_marks(&r), 0);
    rig_feed_with(&r, 0, rig_text("1", early), "absa-arrival", "1763900000000");
    assert_int_equal(rig_comment(&r, 0)->origin.arrival_ms, s(0));
    rig_commit(&r);
    tick(&r, 0, true, s(5000));
    tick(&r, 1, true, s(5000));
    assert_int_equal(rig_marks(&r), 0);
    rig_close(&r);
}

/* In a live topic an idle source that nobody wrote to yet is live as well. */
static void live_topic_has_idle_sources(void **state)
{
    struct rig r;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_assign(&r, 1, -1, "");
    rig_feed(&r, 0, rig_text("1", early), s(0));
    rig_commit(&r);
    tick(&r, 1, true, s(60));
    assert_int_equal(rig_marks(&r), RIG_PARTS);
    assert_int_equal(rig_mark(&r, 0, NULL)->src, 1);
    assert_int_equal(rig_mark(&r, 0, NULL)->wm_ms, s(50));
    rig_close(&r);
}

static void live_and_replayed_do_not_mix(void **state)
{
    const struct hdr h = { slice_str("absa-arrival"), slice_str("1763900000000") };
    struct stage_rec rec = { .topic = TOPIC_RAW, .offset = 1, .arrival_ms = s(0) };
    struct rig r;
    struct err err = { 0 };
    size_t used;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_feed(&r, 0, rig_text("1", early), s(0));
    rec.value = slice_str(rig_text("1", early));
    rec.hdr = &h;
    rec.nhdr = 1;
    assert_int_equal(r.stage.ops->process(r.stage.ctx, 0, &rec, 1, &used, r.out, &err), ST_FATAL);
    assert_memory_equal(err.msg, "config: ", 8);
    rig_close(&r);
}

static void end_closes(void **state)
{
    struct rig r;
    struct buf meta;
    struct err err = { 0 };

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_feed_with(&r, 0, rig_text("1", early), "absa-arrival", "1763900000000");
    rig_commit(&r);
    rig_feed_with(&r, 0, "", "absa-kind", "end");
    assert_int_equal(rig_marks(&r), RIG_PARTS);
    assert_int_equal(rig_mark(&r, 0, NULL)->kind, MARK_END);
    assert_int_equal(rig_mark(&r, 0, NULL)->wm_ms, WM_END);
    assert_int_equal(rig_mark(&r, 0, NULL)->floor_ms, WM_END);
    rig_commit(&r);
    rig_feed_with(&r, 0, "", "absa-kind", "end");
    assert_int_equal(out_n(r.out), 0);

    buf_init(&meta, STAGE_META_MAX);
    assert_int_equal(r.stage.ops->checkpoint(r.stage.ctx, 0, &meta, r.out, &err), ST_OK);
    buf_byte(&meta, '\0');
    r.stage.ops->drop(r.stage.ctx, 0);
    rig_assign(&r, 0, 3, meta.p);
    assert_int_equal(rig_mark(&r, 0, NULL)->kind, MARK_HELLO);
    assert_int_equal(rig_mark(&r, 0, NULL)->wm_ms, WM_END);
    assert_int_equal(rig_mark(&r, 0, NULL)->n_since_last, -1);
    assert_int_equal(rig_mark(&r, 0, NULL)->next_offset, 3);
    buf_release(&meta);
    rig_close(&r);
}

/* F7: whoever takes over goes on with the same clock. */
static void restored(void **state)
{
    struct rig r;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, 42, "1 1763900030000 1763900005000 17 l");
    assert_int_equal(rig_mark(&r, 0, NULL)->wm_ms, s(20));
    assert_int_equal(rig_mark(&r, 0, NULL)->floor_ms, s(5));
    assert_int_equal(rig_mark(&r, 0, NULL)->seq, 18);
    assert_int_equal(rig_mark(&r, 0, NULL)->n_since_last, -1);
    rig_commit(&r);
    rig_feed(&r, 0, rig_text("1", early), s(12));
    assert_int_equal(rig_comment(&r, 0)->origin.src_wm_ms, s(20));
    rig_feed(&r, 0, rig_text("1", early), s(40));
    assert_int_equal(rig_mark(&r, 0, NULL)->seq, 19);
    assert_int_not_equal(rig_mark(&r, 0, NULL)->n_since_last, -1); /* since the hello */
    rig_close(&r);
}

static void refuses_what_it_cannot_own(void **state)
{
    struct stage_resume resume = { .offset = -1 };
    struct rig r;
    struct err err = { 0 };

    (void)state;
    rig_open(&r, NULL);
    assert_int_equal(r.stage.ops->assign(r.stage.ctx, RIG_RAW, &resume, r.out, &err), ST_FATAL);
    assert_memory_equal(err.msg, "config: ", 8);
    resume.meta = slice_str("1 garbage");
    assert_int_equal(r.stage.ops->assign(r.stage.ctx, 0, &resume, r.out, &err), ST_FATAL);
    rig_close(&r);
}

/* POISON 13, 14: a comment from the future is refused and moves no watermark;
 * a record without any time of arrival is refused as well. */
static void bad_clocks(void **state)
{
    struct rig r;

    (void)state;
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_feed(&r, 0, rig_text("1", early), s(0));
    rig_commit(&r);
    rig_feed(&r, 0, rig_text("1", "2025-11-24T12:13:20Z"), s(1));
    rig_feed(&r, 0, rig_text("1", "9999-01-01T00:00:00Z"), s(1));
    rig_feed(&r, 0, rig_text("1", "1970-01-01T00:00:00Z"), s(1));
    rig_feed(&r, 0, rig_text("1", early), -1);
    rig_feed(&r, 0, rig_text("1", early), s(2));
    assert_string_equal(rig_dead(&r, 0)->reason.p, "clock_skew");
    assert_string_equal(rig_dead(&r, 1)->reason.p, "clock_skew");
    assert_string_equal(rig_dead(&r, 2)->reason.p, "clock");
    assert_string_equal(rig_dead(&r, 3)->reason.p, "no_time");
    assert_null(rig_dead(&r, 4));
    assert_int_equal(rig_comment(&r, 0)->origin.src_wm_ms, s(-9));
    assert_int_equal(rig_marks(&r), 0);
    rig_close(&r);
}

static bool full_at(void *ctx)
{
    int *left = ctx;

    return (*left)-- == 0;
}

/* All of a record fits or none: wherever the output says it is full, the next
 * call gives what one call would have given. */
static void all_or_nothing(void **state)
{
    static const char page[] =
        "{\"video_id\":\"7\",\"comments\":[{\"cid\":\"1\",\"text\":\"a\"},"
        "{\"cid\":\"2\",\"digg_count\":-1},{\"cid\":\"3\",\"text\":\"c\"},7]}";
    struct stage_rec in[2] = { { .topic = TOPIC_RAW, .arrival_ms = s(0) },
                               { .topic = TOPIC_RAW, .offset = 1, .arrival_ms = s(30) } };
    struct err err = { 0 };
    struct rig r;

    (void)state;
    in[0].value = slice_str(rig_text("1", early));
    in[1].value = slice_str(page);
    for (int at = 0; at < 7; at++) {
        int left = at;
        size_t used = 0;

        rig_open(&r, NULL);
        rig_assign(&r, 0, -1, "");
        rig_commit(&r);
        assert_int_equal(r.stage.ops->process(r.stage.ctx, 0, in, 1, &used, r.out, &err), ST_OK);
        out_set_fault(r.out, full_at, &left);
        assert_int_equal(r.stage.ops->process(r.stage.ctx, 0, in + 1, 1, &used, r.out, &err),
                         ST_OK);
        assert_int_equal(used, 0);
        assert_int_equal(out_counter(r.out, COUNTER_RAW_READ), 1);
        rig_commit(&r);
        out_set_fault(r.out, NULL, NULL);
        assert_int_equal(r.stage.ops->process(r.stage.ctx, 0, in + 1, 1, &used, r.out, &err),
                         ST_OK);
        assert_int_equal(used, 1);
        assert_int_equal(out_counter(r.out, COUNTER_COMMENTS), 2);
        assert_int_equal(out_counter(r.out, COUNTER_COMMENTS_READ), 4);
        assert_int_equal(rig_comment(&r, 1)->origin.src_index, 2);
        assert_string_equal(rig_dead(&r, 0)->value.p, "{\"cid\":\"2\",\"digg_count\":-1}");
        assert_int_equal(rig_dead(&r, 1)->index, 3);
        const struct mark *m =
            rig_mark(&r, (size_t)hash_partition(slice_str("7"), RIG_PARTS), NULL);
        assert_int_equal(m->n_since_last, 2);
        assert_int_equal(m->seq, 3);
        rig_close(&r);
    }
}

static int64_t any_ms(struct prop *p)
{
    switch (prop_below(p, 4)) {
    case 0:
        return WM_NONE;
    case 1:
        return WM_END;
    case 2:
        return TIME_MAX_MS;
    default:
        return (int64_t)prop_below(p, (uint64_t)TIME_MAX_MS);
    }
}

static void clock_round_trip(void **state)
{
    struct prop p = prop_begin(2000);
    struct err err = { 0 };

    (void)state;
    for (int i = 0; i < p.cases; i++) {
        const struct clock c = { any_ms(&p), any_ms(&p), (int64_t)(prop_u64(&p) >> 1),
                                 (enum source_kind)prop_below(&p, 3) };
        struct clock back;
        struct buf b;

        buf_init(&b, CLOCK_META_MAX - 1);
        clock_save(&c, &b);
        assert_false(buf_failed(&b));
        assert_int_equal(clock_load(buf_slice(&b), &back, &err), ST_OK);
        assert_int_equal(back.max_ms, c.max_ms);
        assert_int_equal(back.floor_ms, c.floor_ms);
        assert_int_equal(back.seq, c.seq);
        assert_int_equal(back.kind, c.kind);
        if (b.n > 1) {
            b.n = prop_below(&p, b.n); /* a part of it is refused */
            assert_int_equal(clock_load(buf_slice(&b), &back, &err), ST_FATAL);
        }
        buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamps),
        cmocka_unit_test(marks_count),
        cmocka_unit_test(idle_floor),
        cmocka_unit_test(replay_has_no_idle),
        cmocka_unit_test(live_topic_has_idle_sources),
        cmocka_unit_test(live_and_replayed_do_not_mix),
        cmocka_unit_test(end_closes),
        cmocka_unit_test(restored),
        cmocka_unit_test(refuses_what_it_cannot_own),
        cmocka_unit_test(bad_clocks),
        cmocka_unit_test(all_or_nothing),
        cmocka_unit_test(clock_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
