/* SPDX-License-Identifier: MIT */
/* What a segment is compared with: its own counts, an hour's, or nothing yet. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/facet.h"
#include "drift/reference.h"
#include "record/window.h"
#include "support/drift/judge_host.h"

/* Of two hours the sentiment of the second has moved. */
static const struct stream_conf two_hours = {
    .seed = 3,
    .order = 1,
    .sources = 1,
    .parts = 1,
    .records = 1200,
    .videos = 80,
    .start_ms = T0,
    .span_ms = 2 * HOUR - 60000,
    .shift_from = 0.5,
    .shift_to = 1,
    .ends = true,
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err = { { 0 } };

    w->topo = topology_make(two_hours.sources, two_hours.parts, 1);
    w->conf = (struct drift_conf){ .pane_ms = 60000,
                                   .window_ms = HOUR,
                                   .min_samples = 100,
                                   .min_videos = 10,
                                   .policy = "fixed",
                                   .segments = "all,lang:en" };
    w->base = stream_baseline_of_hours(8000);
    assert_non_null(w->base);
    assert_int_equal(wire_new(NULL, &w->wire, &err), ST_OK);
    *state = w;
    return 0;
}

/* State and greatest PSI of the windows of a segment. */
struct seen {
    enum window_state state;
    char stale_by[8];
    double psi;
    enum severity severity;
};

static size_t judge_all(struct world *w, const char *segment, struct seen *seen, size_t max)
{
    const struct check_stage stages[] = { { world_make_pane, w, 1 }, { world_make_judge, w, 1 } };
    struct check_log *input = check_log_new(&w->topo);
    struct arena *a = arena_new(16 << 20);
    struct err err = { { 0 } };
    struct check_result res;
    size_t n = 0;

    memset(seen, 0, max * sizeof(*seen));
    assert_int_equal(stream_write(&two_hours, w->wire, input, &err), ST_OK);
    if (check_run(stages, 2, input, &(struct check_plan){ .wire = w->wire }, &res, &err) != ST_OK)
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < check_log_n(res.log, TOPIC_WINDOWS, 0); i++) {
        const struct slice value = check_log_at(res.log, TOPIC_WINDOWS, 0, i)->value;
        struct window win;

        assert_int_equal(wire_decode(w->wire, RECORD_WINDOW, value, &win, a, &err), ST_OK);
        if (!slice_is(win.segment, segment) || n == max)
            continue;
        seen[n] = (struct seen){ .state = win.state };
        assert_true(win.stale_by.n < sizeof(seen[n].stale_by));
        if (win.stale_by.n > 0)
            memcpy(seen[n].stale_by, win.stale_by.p, win.stale_by.n);
        for (size_t k = 0; k < win.features.n; k++) {
            seen[n].psi = fmax(seen[n].psi, win.features.v[k].psi.v);
            if (win.features.v[k].severity > seen[n].severity)
                seen[n].severity = win.features.v[k].severity;
        }
        n++;
    }
    check_result_release(&res);
    arena_free(a);
    check_log_free(input);
    return n;
}

/* By the clock each hour is as it always was; without, both differ from the mean of the two. */
static void test_season(void **state)
{
    struct world *w = *state;
    struct seen seen[4];

    assert_int_equal(judge_all(w, "all", seen, 4), 2);
    assert_true(seen[0].psi > 0.2 && seen[1].psi > 0.2);
    assert_true(seen[0].severity > SEVERITY_NONE && seen[1].severity > SEVERITY_NONE);
    w->conf.season = "hour";
    assert_int_equal(judge_all(w, "all", seen, 4), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(seen[i].state, WINDOW_EVALUATED);
        assert_int_equal(seen[i].severity, SEVERITY_NONE);
        assert_true(seen[i].psi < 0.2);
    }
}

static void refused(struct world *w, const char *why)
{
    struct err err = { { 0 } };
    struct stage stage;

    assert_int_equal(world_make_judge(w, &stage, &err), ST_FATAL);
    if (!strstr(err.msg, why))
        fail_msg("said: %s", err.msg);
}

static void test_season_that_is_not_there(void **state)
{
    struct world *w = *state;

    w->conf.season = "weekday";
    refused(w, "config: drift.season = weekday, but the baseline knows no weekday well enough "
               "(2000 comments");
    w->conf.season = "lang";
    refused(w, "config: drift.season = lang is none");
    w->conf.season = "hour";
    w->conf.window_ms = 2 * HOUR;
    refused(w, "config: drift.season = hour: window.ms must divide it");
}

static void test_old_baseline(void **state)
{
    struct world *w = *state;
    struct seen seen[4];

    w->base->until_ms = T0 - HOUR;
    w->conf.max_age_ms = 90 * 60000;
    assert_int_equal(judge_all(w, "all", seen, 4), 2);
    assert_int_equal(seen[0].state, WINDOW_EVALUATED); /* begins an hour after it */
    assert_int_equal(seen[1].state, WINDOW_BASELINE_STALE);
    assert_string_equal(seen[0].stale_by, "");
    assert_string_equal(seen[1].stale_by, "age");
    assert_true(seen[1].psi > 0.2);
    assert_int_equal(seen[1].severity, SEVERITY_NONE);
}

static void test_warming(void **state)
{
    struct world *w = *state;
    struct seen seen[4];

    w->conf.warming_comments = 200; /* of about 300 an hour */
    w->conf.warming_ms = 24 * HOUR;
    assert_int_equal(judge_all(w, "lang:en", seen, 4), 2);
    assert_int_equal(seen[0].state, WINDOW_WARMING);
    assert_int_equal(seen[0].severity, SEVERITY_NONE);
    assert_int_equal(seen[1].state, WINDOW_EVALUATED); /* against the first hour */
    assert_true(seen[1].severity > SEVERITY_NONE);
    w->conf.warming_comments = 1000000;
    w->conf.warming_ms = HOUR;
    assert_int_equal(judge_all(w, "lang:en", seen, 4), 2);
    assert_int_equal(seen[0].state, WINDOW_WARMING);
    assert_int_equal(seen[1].state, WINDOW_NO_BASELINE);
    w->conf.warming_comments = 0; /* compared with all at once */
    assert_int_equal(judge_all(w, "lang:en", seen, 4), 2);
    assert_int_equal(seen[0].state, WINDOW_EVALUATED);
}

/* Runs of panes are judged where windows are too small to be, so that a window is small says
 * nothing of a segment that learns: it is not judged at all. */
static void test_warming_of_few(void **state)
{
    struct world *w = *state;
    struct seen seen[4];

    w->conf.warming_comments = 1000000;
    w->conf.warming_ms = HOUR;
    w->conf.min_samples = 1000000;
    assert_int_equal(judge_all(w, "lang:en", seen, 4), 2);
    assert_int_equal(seen[0].state, WINDOW_INSUFFICIENT_DATA);
    w->conf.policy = "significant";
    w->conf.false_alarms = 1;
    w->conf.streak_min = 3;
    w->conf.keep_firing_for = 3;
    w->conf.span_ms = 24 * HOUR;
    assert_int_equal(judge_all(w, "lang:en", seen, 4), 2);
    assert_int_equal(seen[0].state, WINDOW_WARMING);
    assert_int_equal(seen[1].state, WINDOW_NO_BASELINE);
    assert_int_equal(judge_all(w, "all", seen, 4), 2);
    assert_int_equal(seen[0].state, WINDOW_INSUFFICIENT_DATA);
}

/* Its own counts, ranks and bins in the cells of the whole, which itself it equals. */
static void test_reference(void **state)
{
    struct world *w = *state;
    const struct baseline_segment *s = baseline_segment_find(w->base, slice_str("hour:14"));
    struct baseline *ref;
    struct err err = { { 0 } };

    assert_non_null(s);
    assert_non_null(s->own);
    assert_null(baseline_segment_find(w->base, slice_str("hour:15")));
    assert_int_equal(reference_new(w->base, s->own, s->video_size, &ref, &err), ST_OK);
    assert_int_equal(ref->n, w->base->n);
    assert_int_equal(ref->comments, 4000);
    for (size_t i = 0; i < ref->n; i++) {
        const struct baseline_feature *f = &ref->features[i];
        const struct baseline_feature *whole = &w->base->features[i];
        uint64_t n = 0;

        for (size_t k = 0; k < f->n_cells; k++) {
            assert_true(f->counts[k] <= whole->counts[k]);
            n += f->counts[k];
        }
        assert_int_equal(n, f->n);
        assert_true(f->min >= whole->min && f->max <= whole->max);
        assert_true(f->mean >= f->min && f->mean <= f->max);
        assert_true(f->sd > 0 && f->sd < 1.2 * whole->sd);
    }
    assert_true(ref->features[0].mean > w->base->features[0].mean + 0.1);
    reference_free(ref);
    reference_free(NULL);
}

/* What was written reads back as the same file, and a count that does not fit is refused. */
static void test_own_counts_in_the_file(void **state)
{
    struct world *w = *state;
    struct baseline *back = NULL;
    struct err err = { { 0 } };
    struct buf bytes;
    struct buf again;

    buf_init(&bytes, BASELINE_BYTES_MAX);
    buf_init(&again, BASELINE_BYTES_MAX);
    assert_int_equal(baseline_write(w->base, &bytes, &err), ST_OK);
    assert_int_equal(baseline_read(buf_slice(&bytes), &back, &err), ST_OK);
    assert_int_equal(baseline_write(back, &again, &err), ST_OK);
    assert_true(slice_eq(buf_slice(&bytes), buf_slice(&again)));
    baseline_free(back);
    char *at = strstr(bytes.p, "\"own\":[\n {\"n\":4000");
    assert_non_null(at);
    at[strlen("\"own\":[\n {\"n\":")] = '5';
    assert_int_equal(baseline_read(buf_slice(&bytes), &back, &err), ST_REJECT);
    if (!strstr(err.msg, "histograms do not add up"))
        fail_msg("said: %s", err.msg);
    buf_release(&again);
    buf_release(&bytes);
}

static void test_facets_of_time(void **state)
{
    const struct facet *hour = facet_find(slice_str("hour"));
    const struct facet *day = facet_find(slice_str("weekday"));
    const struct facet *both = facet_find(slice_str("hour_of_week"));

    (void)state;
    assert_true(slice_is(facet_at(hour, T0), "13")); /* Wednesday, 23 July 2025 */
    assert_true(slice_is(facet_at(day, T0), "wed"));
    assert_true(slice_is(facet_at(both, T0), "wed13"));
    assert_true(slice_is(facet_at(both, T0 - 1), "wed12"));
    assert_true(slice_is(facet_at(both, 0), "thu00"));
    assert_true(slice_is(facet_at(both, -1), "wed23"));
    assert_true(slice_is(facet_at(day, T0 + 5 * 24 * HOUR), "mon"));
    assert_int_equal(facet_length(hour), HOUR);
    assert_int_equal(facet_length(day), 24 * HOUR);
    assert_int_equal(facet_length(facet_find(slice_str("lang"))), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_season, setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_season_that_is_not_there, setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_old_baseline, setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_warming, setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_warming_of_few, setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_reference, setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_own_counts_in_the_file, setup, world_teardown),
        cmocka_unit_test(test_facets_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
