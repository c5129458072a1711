/* SPDX-License-Identifier: MIT */
/* The JSON of the page: it is JSON whatever the names are, and says what is there. Flow and
 * the slots of the past. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/console/past.h"
#include "consumers/console/view.h"
#include "support/check.h"

enum { ROOM = 4 << 20, DAY = 86400000 };

#define HOSTILE "</script><img src=x onerror=alert(1)>\"'\\\x01"

struct world {
    struct view view;
    struct model *model;
    struct flow flow;
    struct buf out;
    struct err err;
};

static void open_world(struct world *w)
{
    *w = (struct world){ .model = model_new(ROOM, DAY) };
    flow_init(&w->flow);
    buf_init(&w->out, 1 << 20);
    w->view = (struct view){
        .model = w->model, .flow = &w->flow, .arena = arena_new(ROOM), .version = "0", .broker = "b"
    };
    assert_non_null(w->model);
    assert_non_null(w->view.arena);
    assert_int_equal(wire_new(NULL, &w->view.wire, &w->err), ST_OK);
}

static void close_world(struct world *w)
{
    wire_free(w->view.wire);
    arena_free(w->view.arena);
    model_free(w->model);
    buf_release(&w->out);
}

static void take(struct world *w, const struct window *win)
{
    struct buf frame;

    buf_init(&frame, ROOM);
    assert_int_equal(wire_encode(w->view.wire, RECORD_WINDOW, win, &frame, &w->err), ST_OK);
    assert_int_equal(model_take_window(w->model, win, buf_slice(&frame), &w->err), ST_OK);
    buf_release(&frame);
}

static void take_window(struct world *w, const char *segment, double psi)
{
    int64_t bins[] = { 1, 2, 3 };
    struct window_feature f = { .name = slice_str(HOSTILE),
                                .psi = { psi, true },
                                .severity = SEVERITY_CRITICAL,
                                .bins = { bins, 3 } };
    const struct window win = { .run = 1,
                                .segment = slice_str(segment),
                                .rule = slice_str("window"),
                                .start_ms = 1000,
                                .end_ms = 2000,
                                .policy = slice_str("fixed"),
                                .features = { &f, 1 } };

    take(w, &win);
}

static void take_alert(struct world *w, const char *id)
{
    double moments[] = { 1, 2, 3, 4 };
    struct alert_evidence sure = { .test = slice_str(HOSTILE),
                                   .effect = 0.04,
                                   .moments = { moments, 4 },
                                   .moved = slice_str("tails") };
    struct moved_segment also = { .segment = slice_str(HOSTILE),
                                  .feature = slice_str(HOSTILE),
                                  .severity = SEVERITY_WARNING };
    struct slice names[] = { slice_str(HOSTILE), slice_str("__other__"), slice_str("__unseen__") };
    double edges[] = { 1, 2 };
    int32_t bins[] = { 0, 1, 2 };
    int64_t counts[] = { 30, 0, 10 };
    const struct alert al = { .evidence = &sure,
                              .also = { &also, 1 },
                              .categories = { names, 3 },
                              .edges = { edges, 2 },
                              .psi_bins = { bins, 3 },
                              .baseline_counts = { counts, 3 },
                              .window_counts = { counts, 3 },
                              .alert_id = slice_str(id),
                              .segment = slice_str(HOSTILE),
                              .feature = slice_str(HOSTILE),
                              .kind = slice_str(HOSTILE),
                              .message = slice_str(HOSTILE),
                              .severity = SEVERITY_CRITICAL };
    struct buf frame;

    buf_init(&frame, ROOM);
    assert_int_equal(wire_encode(w->view.wire, RECORD_ALERT, &al, &frame, &w->err), ST_OK);
    assert_int_equal(model_take_alert(w->model, &al, buf_slice(&frame), &w->err), ST_OK);
    buf_release(&frame);
}

/* What was written, as JSON. */
static json_t *parse(struct world *w)
{
    json_t *got = json_loadb(w->out.p, w->out.n, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(got);
    buf_clear(&w->out);
    return got;
}

static const char *text_of(const json_t *o, const char *a, const char *b)
{
    return json_string_value(json_object_get(json_object_get(o, a), b));
}

static void test_state(void **state)
{
    const struct view_query newest = { .at_ms = -1 };
    struct world w;

    (void)state;
    open_world(&w);
    assert_int_equal(view_state(&w.view, &newest, &w.out, &w.err), ST_OK);
    json_t *got = parse(&w);
    assert_string_equal(text_of(got, "verdict", "level"), "nothing");
    assert_null(json_object_get(got, "features"));
    json_decref(got);
    take_window(&w, HOSTILE, 0.5);
    take_alert(&w, "ab12");
    assert_int_equal(view_state(&w.view, &newest, &w.out, &w.err), ST_OK);
    got = parse(&w);
    assert_string_equal(text_of(got, "verdict", "level"), "CRITICAL");
    assert_string_equal(text_of(got, "verdict", "alert_id"), "ab12");
    const json_t *f = json_array_get(json_object_get(got, "features"), 0);
    assert_non_null(strstr(json_string_value(json_object_get(f, "name")), "<img src=x"));
    assert_int_equal(json_array_size(json_object_get(f, "points")), 1);
    json_decref(got);
    const struct view_query step = { .at_ms = -1, .step = true };
    assert_int_equal(view_state(&w.view, &step, &w.out, &w.err), ST_OK);
    got = parse(&w);
    f = json_array_get(json_object_get(got, "features"), 0);
    assert_string_equal(json_string_value(json_object_get(f, "severity")), "CRITICAL");
    assert_null(json_object_get(f, "points"));
    assert_null(json_object_get(got, "times"));
    assert_null(json_object_get(got, "alerts"));
    assert_non_null(json_object_get(got, "segments"));
    json_decref(got);
    close_world(&w);
}

/* A window that is stale says by what; what a run says of its baseline is no window. */
static void test_states(void **state)
{
    const struct view_query newest = { .at_ms = -1 };
    const struct view_query feature = { .at_ms = -1, .feature = "none" };
    struct window win = { .run = 1,
                          .segment = slice_str("all"),
                          .rule = slice_str("training"),
                          .start_ms = 9000,
                          .end_ms = 9500,
                          .state = WINDOW_TRAINING_SKEW,
                          .policy = slice_str("fixed") };
    struct world w;

    (void)state;
    open_world(&w);
    take(&w, &win);
    assert_int_equal(w.model->n_series, 0);
    win.rule = slice_str("window");
    win.start_ms = 1000;
    win.end_ms = 2000;
    win.state = WINDOW_BASELINE_STALE;
    win.stale_by = slice_str(HOSTILE);
    take(&w, &win);
    assert_int_equal(view_state(&w.view, &newest, &w.out, &w.err), ST_OK);
    json_t *got = parse(&w);
    const json_t *times = json_object_get(json_object_get(got, "times"), "stale_by");
    assert_string_equal(text_of(got, "window", "stale_by"), HOSTILE);
    assert_int_equal(json_array_size(times), 1);
    assert_string_equal(json_string_value(json_array_get(times, 0)), HOSTILE);
    json_decref(got);
    assert_int_equal(view_feature(&w.view, &feature, &w.out, &w.err), ST_OK);
    got = parse(&w);
    assert_string_equal(json_string_value(json_object_get(got, "stale_by")), HOSTILE);
    json_decref(got);
    close_world(&w);
}

/* Evidence in words, bars of categories by their names. */
static void check_alert(const json_t *records)
{
    const json_t *one = json_array_get(records, 0);
    const json_t *bins = json_object_get(one, "bins_shown");

    assert_int_equal(json_array_size(records), 1);
    assert_string_equal(json_string_value(json_object_get(one, "moved_says")),
                        "how many are far out");
    assert_string_equal(json_string_value(json_object_get(one, "test_says")), "");
    assert_non_null(strstr(json_string_value(json_object_get(one, "effect_says")), "0.2 standard"));
    assert_string_equal(text_of(one, "record", "feature"), HOSTILE);
    assert_int_equal(json_array_size(bins), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(bins, 0), "label")),
                        HOSTILE);
    assert_string_equal(json_string_value(json_object_get(json_array_get(bins, 1), "label")),
                        "all other");
    assert_string_equal(json_string_value(json_object_get(json_array_get(bins, 2), "tick")),
                        "unseen");
}

static void test_details(void **state)
{
    struct view_query q = { .at_ms = -1, .feature = "none" };
    struct world w;

    (void)state;
    open_world(&w);
    assert_int_equal(view_feature(&w.view, &q, &w.out, &w.err), ST_REJECT);
    assert_int_equal(view_window(&w.view, &q, &w.out, &w.err), ST_REJECT);
    assert_int_equal(view_alert(&w.view, "ab12", &w.out, &w.err), ST_REJECT);
    buf_clear(&w.out);
    take_window(&w, "all", 0.5);
    take_alert(&w, "ab12");
    assert_int_equal(view_feature(&w.view, &q, &w.out, &w.err), ST_OK);
    json_t *got = parse(&w);
    assert_null(json_object_get(got, "feature"));
    json_decref(got);
    assert_int_equal(view_window(&w.view, &q, &w.out, &w.err), ST_OK);
    got = parse(&w);
    assert_int_equal(json_integer_value(json_object_get(got, "end_ms")), 2000);
    q.feature = w.model->series[0].v[0]->point[0].name;
    json_decref(got);
    /* the name that the page was given finds the feature again */
    assert_int_equal(view_feature(&w.view, &q, &w.out, &w.err), ST_OK);
    got = parse(&w);
    assert_int_equal(json_array_size(json_object_get(got, "line")), 1);
    assert_string_equal(text_of(got, "feature", "severity"), "CRITICAL");
    assert_false(json_is_true(json_object_get(got, "baseline_known")));
    json_decref(got);
    assert_int_equal(view_alert(&w.view, "ab12", &w.out, &w.err), ST_OK);
    got = parse(&w);
    check_alert(json_object_get(got, "records"));
    json_decref(got);
    close_world(&w);
}

static void test_flow(void **state)
{
    struct flow_topic now[FLOW_N] = { { 0 } };
    struct flow f;

    (void)state;
    flow_init(&f);
    for (int i = 0; i < 100; i++) {
        now[0].end = 500 * (int64_t)i;
        now[0].lag = i;
        flow_take(&f, now, 1000 + (int64_t)i * FLOW_EVERY_MS);
    }
    assert_true(f.topic[0].rate > 249.9 && f.topic[0].rate < 250.1);
    assert_int_equal(f.topic[0].lag, 99);
    assert_int_equal(f.topic[0].n_past, FLOW_PAST);
    assert_string_equal(f.topic[0].topic, "raw");
}

static void test_past(void **state)
{
    struct past p = { 0 };

    (void)state;
    assert_null(past_wanted(&p));
    struct past_slot *a = past_get(&p, "until 1");
    assert_ptr_equal(past_wanted(&p), a);
    a->state = PAST_READY;
    a->model = model_new(ROOM, DAY);
    assert_ptr_equal(past_get(&p, "until 1"), a);
    for (int i = 0; i < PAST_N - 1; i++) {
        const char *const keys[] = { "until 2", "until 3", "until 4" };

        past_get(&p, keys[i])->state = PAST_READY;
    }
    assert_ptr_equal(past_get(&p, "until 1"), a);
    assert_int_equal(a->state, PAST_READY);
    struct past_slot *b = past_get(&p, "until 9"); /* in the place of until 2 */
    assert_ptr_not_equal(a, b);
    assert_int_equal(past_get(&p, "until 2")->state, PAST_WANTED);
    past_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state), cmocka_unit_test(test_states), cmocka_unit_test(test_details),
        cmocka_unit_test(test_flow),  cmocka_unit_test(test_past),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
