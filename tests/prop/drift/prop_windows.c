/* SPDX-License-Identifier: MIT */
/* Pane and judge against a model of a page that holds all scores at once: the same
 * windows, with the same counts, bins and PSI, however long panes and windows are,
 * over however many sources and partitions, and whoever dies meanwhile. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "check/check.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "record/score.h"
#include "record/window.h"
#include "stats/distance.h"
#include "support/drift/stream.h"
#include "support/prop.h"

enum { ENTRIES_MAX = 4096, BINS_MAX = 64 };

#define MINUTE INT64_C(60000)

static const char *const segments[] = { "all", "aspect:food", "lang:de", "video:v7" };
enum { SEGMENTS = sizeof(segments) / sizeof(segments[0]) };

/* What one window of one segment must say. */
struct entry {
    int64_t start_ms;
    int segment;
    int64_t n;
    int64_t late;
    int64_t late_by_floor;
    int64_t updates;
    uint64_t bins[BINS_MAX]; /* of sentiment_score */
    bool seen;
};

struct world {
    struct wire *wire;
    struct baseline *base;
    struct topology topo;
    struct drift_conf conf;
    struct arena *arena;
    struct entry v[ENTRIES_MAX];
    size_t n;
};

static struct entry *entry_of(struct world *w, int64_t start_ms, int segment)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->v[i].start_ms == start_ms && w->v[i].segment == segment)
            return &w->v[i];
    return NULL;
}

static bool is_in(const struct score *s, int segment)
{
    if (segment == 1) {
        for (size_t i = 0; i < s->aspects_detected.n; i++)
            if (slice_is(s->aspects_detected.v[i].category, "food"))
                return true;
        return false;
    }
    return segment == 0 || (segment == 2 ? slice_is(s->lang, "de") : slice_is(s->video_id, "v7"));
}

/* The pane of its arrival; one that is late for it is told of where time stands. */
static void model_take(struct world *w, const struct score *s)
{
    int64_t pane = time_floor(s->origin.arrival_ms, w->conf.pane_ms);
    bool late = pane + w->conf.pane_ms <= s->origin.src_wm_ms;
    const struct baseline_feature *f = &w->base->features[0];

    if (late)
        pane = time_floor(s->origin.src_wm_ms, w->conf.pane_ms);
    for (int i = 0; i < SEGMENTS; i++) {
        int64_t start = time_floor(pane, w->conf.window_ms);
        struct entry *e = entry_of(w, start, i);

        if (!is_in(s, i))
            continue;
        if (!e) {
            assert_true(w->n < ENTRIES_MAX);
            e = &w->v[w->n++];
            *e = (struct entry){ .start_ms = start, .segment = i };
        }
        if (s->sighting == SIGHTING_UPDATE) {
            e->updates++;
        } else if (late) {
            e->late++;
            e->late_by_floor += s->origin.late_by == LATE_BY_FLOOR;
        } else {
            e->n++;
            e->bins[f->psi_bin[cells_find(f->cells, s->sentiment_score)]]++;
        }
    }
}

static void model(struct world *w, const struct check_log *scores)
{
    struct err err = { 0 };

    w->n = 0;
    for (int32_t p = 0; p < w->topo.parts[TOPIC_SCORES]; p++) {
        for (size_t i = 0; i < check_log_n(scores, TOPIC_SCORES, p); i++) {
            const struct stage_rec *r = check_log_at(scores, TOPIC_SCORES, p, i);
            struct score s;

            if (stage_header(r, "absa-kind").p)
                continue;
            arena_reset(w->arena);
            assert_int_equal(wire_decode(w->wire, RECORD_SCORE, r->value, &s, w->arena, &err),
                             ST_OK);
            model_take(w, &s);
        }
    }
}

static void check_feature(struct world *w, const struct window *win, const struct entry *e)
{
    const struct baseline_feature *f = &w->base->features[0];
    const struct window_feature *got = &win->features.v[0];

    assert_true(slice_is(got->name, f->name));
    assert_int_equal(got->n, e->n);
    assert_int_equal(got->bins.n, f->n_bins);
    for (size_t i = 0; i < f->n_bins; i++)
        assert_int_equal(got->bins.v[i], e->bins[i]);
    assert_true(got->psi.has);
    assert_true(got->psi.v == dist_psi(f->bin_counts, e->bins, f->n_bins));
}

static void check_window(struct world *w, const struct window *win)
{
    const struct entry none = { 0 };
    struct entry *e = NULL;

    for (int i = 0; i < SEGMENTS && !e; i++)
        if (slice_is(win->segment, segments[i]))
            e = entry_of(w, win->start_ms, i);
    const struct entry *want = e ? e : &none;
    assert_int_equal(win->end_ms - win->start_ms, w->conf.window_ms);
    assert_int_equal(win->n, want->n);
    assert_int_equal(win->late, want->late);
    assert_int_equal(win->updates, want->updates);
    assert_int_equal(win->counters.late_by_floor, want->late_by_floor);
    assert_int_equal(win->counters.overtaken, 0);
    if (want->n >= w->conf.min_samples)
        assert_int_equal(win->state, WINDOW_EVALUATED);
    else if (want->n > 0)
        assert_int_equal(win->state, WINDOW_INSUFFICIENT_DATA);
    if (want->n > 0)
        check_feature(w, win, want);
    if (e) {
        assert_false(e->seen);
        e->seen = true;
    }
}

/* Every window once, in order, and none of the model's is missing. */
static void check_windows(struct world *w, const struct check_log *log)
{
    struct err err = { 0 };

    for (size_t i = 0; i < check_log_n(log, TOPIC_WINDOWS, 0); i++) {
        const struct stage_rec *r = check_log_at(log, TOPIC_WINDOWS, 0, i);
        struct window win;

        arena_reset(w->arena);
        assert_int_equal(wire_decode(w->wire, RECORD_WINDOW, r->value, &win, w->arena, &err),
                         ST_OK);
        assert_true(slice_is(win.segment, segments[i % SEGMENTS]));
        check_window(w, &win);
    }
    for (size_t i = 0; i < w->n; i++)
        assert_true(w->v[i].seen);
}

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

static struct stream_conf stream_of(struct prop *p)
{
    return (struct stream_conf){ .seed = prop_u64(p) >> 32,
                                 .order = prop_u64(p) >> 32,
                                 .sources = 1 + (int32_t)prop_below(p, 3),
                                 .parts = 1 + (int32_t)prop_below(p, 3),
                                 .records = 1 + (int)prop_below(p, 400),
                                 .videos = 1 + (int)prop_below(p, 40),
                                 .start_ms =
                                     INT64_C(1753275600000) + (int64_t)prop_below(p, 1 << 30),
                                 .span_ms = (int64_t)(1 + prop_below(p, 600)) * MINUTE,
                                 .gap_at = prop_double(p, 0, 1),
                                 .gap_ms = (int64_t)prop_below(p, 300) * MINUTE,
                                 .shift_from = 0.5,
                                 .shift_to = 1,
                                 .ends = true,
                                 .grain_ms = prop_below(p, 2) ? 10000 : 0 };
}

static void one_case(struct prop *p, struct world *w)
{
    static char list[] = "all,aspect:food,lang:de,video:v7";
    const struct check_stage stages[] = { { make_pane, w, 2 }, { make_judge, w, 2 } };
    const struct stream_conf stream = stream_of(p);
    const int64_t pane_ms = (int64_t)(1 + prop_below(p, 10)) * MINUTE;
    const struct check_plan plan = { .wire = w->wire, .seed = prop_below(p, 1 << 20) };
    struct check_result res;
    struct err err = { 0 };

    w->topo = topology_make(stream.sources, stream.parts, 1);
    w->conf = (struct drift_conf){ .pane_ms = pane_ms,
                                   .window_ms = pane_ms * (int64_t)(1 + prop_below(p, 30)),
                                   .min_samples = 1 + (int64_t)prop_below(p, 60),
                                   .min_videos = 1,
                                   .policy = "fixed",
                                   .segments = list };
    struct check_log *scores = check_log_new(&w->topo);
    assert_int_equal(stream_write(&stream, w->wire, scores, &err), ST_OK);
    model(w, scores);
    if (check_run(stages, 2, scores, &plan, &res, &err) != ST_OK)
        fail_msg("%s", err.msg);
    check_windows(w, res.log);
    assert_int_equal(res.counters[COUNTER_OVERTAKEN], 0);
    check_result_release(&res);
    check_log_free(scores);
}

static void windows_are_what_a_model_says(void **state)
{
    struct prop p = prop_begin(0);
    const uint64_t cases = prop_seeds(25);
    struct world *w = calloc(1, sizeof(*w));
    struct err err = { 0 };

    (void)state;
    assert_non_null(w);
    w->base = stream_baseline(2000);
    w->arena = arena_new(64 << 20);
    assert_int_equal(wire_new(NULL, &w->wire, &err), ST_OK);
    assert_true(w->base->features[0].n_bins <= BINS_MAX);
    for (uint64_t i = 0; i < cases; i++)
        one_case(&p, w);
    wire_free(w->wire);
    arena_free(w->arena);
    baseline_free(w->base);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_what_a_model_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
