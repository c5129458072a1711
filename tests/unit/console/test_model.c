/* SPDX-License-Identifier: MIT */
/* What the console remembers, in which order it ranks, and where it stops. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/console/model.h"
#include "consumers/console/verdict.h"
#include "support/check.h"

enum { HOUR = 3600000, DAY = 24 * HOUR, ROOM = 4 << 20 };

static const int64_t start_ms = 1753228800000;

/* A window of the given hour with two features. */
static void take(struct model *m, const char *segment, int hour, double a, double b)
{
    struct window_feature f[] = {
        { .name = slice_str("a"), .psi = { a, true } },
        { .name = slice_str("b"), .psi = { b, true } },
    };
    struct window w = { .run = 1,
                        .segment = slice_str(segment),
                        .rule = slice_str("window"),
                        .start_ms = start_ms + (int64_t)hour * HOUR,
                        .end_ms = start_ms + (int64_t)(hour + 1) * HOUR,
                        .n = 10,
                        .videos = 2,
                        .policy = slice_str("fixed"),
                        .features = { f, 2 } };
    struct err err = { 0 };

    for (int i = 0; i < 2; i++) {
        if (f[i].psi.v > 0.2)
            f[i].severity = f[i].psi.v > 0.3 ? SEVERITY_CRITICAL : SEVERITY_WARNING;
    }
    if (a < 0) {
        w.state = WINDOW_INSUFFICIENT_DATA;
        w.features.n = 0;
    }
    assert_int_equal(model_take_window(m, &w, slice_str("frame"), &err), ST_OK);
}

static void take_alert(struct model *m, const char *id, int seq, enum alert_state state,
                       enum severity severity)
{
    const struct alert al = { .alert_id = slice_str(id),
                              .seq = seq,
                              .state = state,
                              .severity = severity,
                              .segment = slice_str("all"),
                              .feature = slice_str("a"),
                              .message = slice_str("a moved"),
                              .start_ms = start_ms,
                              .end_ms = start_ms + HOUR,
                              .episode_ms = start_ms };
    struct err err = { 0 };

    assert_int_equal(model_take_alert(m, &al, slice_str("frame"), &err), ST_OK);
}

static void test_order(void **state)
{
    struct model *m = model_new(ROOM, DAY);

    (void)state;
    take(m, "video:1", 0, 0.1, 0.1);
    take(m, "all", 2, 0.1, 0.25);
    take(m, "all", 0, 0.1, 0.1);
    take(m, "all", 1, 0.4, 0.1);
    take(m, "all", 1, 0.5, 0.1); /* again: the first counts */
    assert_int_equal(m->n_series, 2);
    const struct model_series *s = model_series_of(m, "all", NULL);
    assert_ptr_equal(s, &m->series[0]);
    assert_int_equal(s->n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(s->v[i]->start_ms, start_ms + (int64_t)i * HOUR);
    assert_true(fabs(s->v[1]->psi - 0.4) < 1e-9);
    assert_string_equal(s->v[1]->worst, "a");
    assert_string_equal(s->v[2]->worst, "b");
    assert_int_equal(s->v[1]->severity, SEVERITY_CRITICAL);
    assert_ptr_equal(model_window_at(s, -1), s->v[2]);
    assert_ptr_equal(model_window_at(s, start_ms + 2 * HOUR), s->v[1]);
    assert_ptr_equal(model_window_at(s, start_ms + 2 * HOUR + 1), s->v[1]);
    assert_ptr_equal(model_window_at(s, 0), s->v[0]);
    assert_null(model_series_of(m, "none", NULL));
    assert_null(model_series_of(m, "all", "scan"));
    model_free(m);
}

static void test_rank(void **state)
{
    struct model *m = model_new(ROOM, DAY);
    struct model_rank *r = NULL;
    struct err err = { 0 };
    float lines[2 * 2];
    size_t n = 0;

    (void)state;
    take(m, "all", 0, 0.9, 0.1);
    take(m, "all", 1, -1, -1);
    take(m, "all", 2, 0.1, 0.25);
    take(m, "all", 3, 0.11, 0.05);
    const struct model_series *s = model_series_of(m, "all", NULL);
    assert_int_equal(model_rank(s, s->v[2], true, &r, &n, &err), ST_OK);
    assert_int_equal(n, 2);
    assert_string_equal(r[0].name, "b");
    assert_int_equal(r[0].severity, SEVERITY_WARNING);
    assert_int_equal(r[0].over, 1);
    assert_string_equal(r[1].name, "a");
    assert_true(fabs(r[1].worst - 0.9) < 1e-6);
    assert_int_equal(r[1].worst_ms, start_ms + HOUR);
    const struct model_lots lots = { 0, 4, 2 };
    assert_int_equal(model_lines(s, &lots, r, n, lines, &err), ST_OK);
    assert_true(fabsf(lines[0] - 0.1F) < 1e-6F && fabsf(lines[1] - 0.25F) < 1e-6F);
    assert_true(fabsf(lines[2] - 0.9F) < 1e-6F && fabsf(lines[3] - 0.11F) < 1e-6F);
    free(r);
    /* of a window that was not judged: the names, and nothing else */
    assert_int_equal(model_rank(s, s->v[1], true, &r, &n, &err), ST_OK);
    assert_int_equal(n, 2);
    assert_true(isnan(r[0].psi) && r[0].severity == SEVERITY_NONE);
    free(r);
    model_free(m);
}

static void test_forgets(void **state)
{
    struct model *m = model_new(ROOM, 5 * (int64_t)HOUR);

    (void)state;
    take(m, "old", 0, 0.1, 0.1);
    for (int i = 0; i < 100; i++)
        take(m, "all", i, 0.1, 0.1);
    assert_int_equal(m->n_series, 1);
    assert_int_equal(m->series[0].n, 5);
    assert_int_equal(m->dropped, 0); /* they were old: nothing lacked room */
    take(m, "all", 3, 0.1, 0.1);     /* long gone already                  */
    assert_int_equal(m->series[0].n, 5);
    model_free(m);
}

static void test_bounds(void **state)
{
    static char frame[10000];
    struct model *m = model_new(200000, DAY);
    struct window w = { .segment = slice_str("all"), .rule = slice_str("window") };
    struct err err = { 0 };
    char name[32];

    (void)state;
    for (int i = 0; i < 100; i++) {
        w.end_ms = start_ms + i;
        assert_int_equal(model_take_window(m, &w, (struct slice){ frame, sizeof(frame) }, &err),
                         ST_OK);
        assert_true(m->bytes <= 200000);
    }
    assert_true(m->series[0].n < 20);
    assert_int_equal(m->dropped + (int64_t)m->series[0].n, 100);
    for (int i = 0; i < 2 * MODEL_ALERTS_MAX; i++) {
        (void)snprintf(name, sizeof(name), "%x", i);
        take_alert(m, name, 0, ALERT_FIRING, SEVERITY_WARNING);
        assert_true(m->alert_bytes <= 200000 / 3);
    }
    model_free(m);
    m = model_new(64 << 20, DAY);
    for (int i = 0; i < MODEL_SERIES_MAX + 100; i++) {
        (void)snprintf(name, sizeof(name), "video:%d", i);
        take(m, name, 0, 0.1, 0.1);
    }
    assert_int_equal(m->n_series, MODEL_SERIES_MAX);
    assert_int_equal(m->dropped, 100);
    for (int i = 0; i < 2 * MODEL_NAMES_MAX; i++) {
        (void)snprintf(name, sizeof(name), "alert %d", i);
        take_alert(m, name, 0, ALERT_FIRING, SEVERITY_WARNING);
    }
    assert_int_equal(m->n_names, MODEL_NAMES_MAX);
    assert_int_equal(m->n_alerts <= MODEL_ALERTS_MAX, 1);
    model_free(m);
}

static void test_alerts(void **state)
{
    struct model *m = model_new(ROOM, DAY);

    (void)state;
    take_alert(m, "aa", 0, ALERT_FIRING, SEVERITY_WARNING);
    take_alert(m, "aa", 1, ALERT_FIRING, SEVERITY_CRITICAL);
    take_alert(m, "aa", 1, ALERT_FIRING, SEVERITY_CRITICAL);
    assert_int_equal(m->n_alerts, 2);
    assert_int_equal(model_alert_of(m, "aa")->seq, 1);
    assert_false(model_is_latest(m, 0));
    assert_true(model_is_latest(m, 1));
    assert_null(model_alert_of(m, "bb"));
    model_free(m);
}

static void test_dead(void **state)
{
    struct model *m = model_new(ROOM, DAY);
    const struct model_dead one = { .n = 1, .last_ms = 5, .part = 0, .offset = 7 };
    char reason[16];

    (void)state;
    model_take_dead(m, slice_str("ingest"), slice_str("json"), &one);
    model_take_dead(m, slice_str("ingest"), slice_str("json"), &one);
    assert_int_equal(m->n_dead, 1);
    assert_int_equal(m->dead[0].n, 2);
    for (int i = 0; i < 200; i++) {
        (void)snprintf(reason, sizeof(reason), "r%d", i);
        model_take_dead(m, slice_str("<b>\x01"), slice_str(reason), &one);
    }
    assert_int_equal(m->n_dead, MODEL_DEAD_MAX);
    assert_string_equal(m->dead[1].stage, "<b>?");
    int64_t all = 0;
    for (size_t i = 0; i < m->n_dead; i++)
        all += m->dead[i].n;
    assert_int_equal(all, 202);
    assert_string_equal(m->dead[MODEL_DEAD_MAX - 1].reason, "other");
    model_free(m);
}

static void expect(const struct model *m, enum verdict_level level, const char *title)
{
    const struct verdict v = verdict_of(m);

    assert_int_equal(v.level, level);
    assert_string_equal(v.title, title);
    assert_true(v.lead[0] != '\0');
}

static void test_verdict(void **state)
{
    struct model *m = model_new(ROOM, DAY);

    (void)state;
    expect(m, VERDICT_NOTHING, "Nothing judged yet");
    take(m, "all", 0, -1, -1);
    expect(m, VERDICT_UNDECIDED, "Too little to judge");
    take(m, "all", 1, 0.1, 0.05);
    expect(m, VERDICT_OK, "No drift");
    take(m, "video:1", 1, 0.1, 0.25);
    expect(m, VERDICT_WARNING, "Past a threshold: b in video:1");
    take_alert(m, "aa", 0, ALERT_FIRING, SEVERITY_WARNING);
    take_alert(m, "bb", 0, ALERT_FIRING, SEVERITY_CRITICAL);
    expect(m, VERDICT_CRITICAL, "Drift: a in all");
    assert_string_equal(verdict_of(m).alert_id, "bb");
    assert_int_equal(verdict_of(m).firing, 2);
    take_alert(m, "bb", 1, ALERT_RESOLVED, SEVERITY_CRITICAL);
    assert_string_equal(verdict_of(m).alert_id, "aa");
    take_alert(m, "aa", 1, ALERT_RESOLVED, SEVERITY_WARNING);
    take(m, "all", 5, 0.1, 0.05); /* video:1 is of long ago now */
    expect(m, VERDICT_OK, "No drift");
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),   cmocka_unit_test(test_rank),
        cmocka_unit_test(test_forgets), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_alerts),  cmocka_unit_test(test_dead),
        cmocka_unit_test(test_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
