/* SPDX-License-Identifier: MIT */
/* Each reason for which there is, or is not, an alert: the one that is found. */
#include <stdio.h>
#include <string.h>

#include "cli/why/account.h"
#include "cli/why/record.h"
#include "record/state.h"
#include "support/check.h"

enum { HOUR_MS = 3600000 };

/* A run of one window, from HOUR_MS to twice that, in which nothing kept the feature from
 * being judged and everything spoke for an alert. */
struct world {
    struct why why;
    struct window window;
    struct window_feature feature;
    struct alert alert;
    struct alert_evidence evidence;
    struct other_feature other;
};

static struct opt_double some(double x)
{
    return (struct opt_double){ x, true };
}

static void begin(struct world *w, const char *policy)
{
    *w = (struct world){ 0 };
    w->why.asked = (struct why_question){ slice_str("words"), slice_str("all"), HOUR_MS };
    w->why.rules = (struct why_rules){ .min_samples = 200,
                                       .min_videos = 10,
                                       .false_alarms = 1,
                                       .effect_min = 0.005,
                                       .streak_min = 3,
                                       .keep_firing_for = 3 };
    w->why.keep = arena_new(1 << 20);
    assert_non_null(w->why.keep);
    w->feature = (struct window_feature){ .name = slice_str("words"),
                                          .n = 500,
                                          .n_eff = 400,
                                          .psi = some(0.25),
                                          .p = some(1e-12),
                                          .q = some(1e-11),
                                          .test = slice_str("neyman"),
                                          .effect = some(0.1),
                                          .severity = SEVERITY_WARNING };
    w->window = (struct window){ .run = 1,
                                 .segment = slice_str("all"),
                                 .start_ms = HOUR_MS,
                                 .end_ms = 2 * HOUR_MS,
                                 .state = WINDOW_EVALUATED,
                                 .n = 500,
                                 .videos = 60,
                                 .videos_eff = 50,
                                 .policy = slice_str(policy),
                                 .features = { &w->feature, 1 } };
    w->evidence = (struct alert_evidence){ .level = 1e-5, .streak = 2, .streak_min = 3 };
    w->alert = (struct alert){ .alert_id = slice_str("a1"),
                               .segment = slice_str("all"),
                               .feature = slice_str("words"),
                               .severity = SEVERITY_WARNING,
                               .end_ms = HOUR_MS + 60000,
                               .evidence = &w->evidence };
}

static void expect(struct world *w, bool alert, enum why_reason reason)
{
    struct err err = { 0 };

    assert_int_equal(why_take_window(&w->why, &w->window, &err), ST_OK);
    if (alert)
        assert_int_equal(why_take_alert(&w->why, &w->alert, &err), ST_OK);
    assert_true(w->why.found);
    assert_string_equal(why_name(why_answer(&w->why)), why_name(reason));
    arena_free(w->why.keep);
}

static void an_alert_of_the_window(void **state)
{
    struct world w;

    (void)state;
    begin(&w, "significant");
    expect(&w, true, WHY_ALERT);
    begin(&w, "fixed");
    w.alert.feature = slice_str("chars");
    w.other.name = slice_str("words");
    w.alert.others = (struct other_feature_list){ &w.other, 1 };
    expect(&w, true, WHY_ALERT);
}

static void an_alert_that_goes_on(void **state)
{
    struct world w;

    (void)state;
    begin(&w, "significant");
    w.alert.end_ms = HOUR_MS;
    expect(&w, true, WHY_GOES_ON);
    begin(&w, "significant");
    w.alert.feature = slice_str("chars");
    expect(&w, true, WHY_OTHER);
}

/* It ends by what the judge finds, not by a window that shows nothing or is not judged. */
static void an_alert_that_no_window_ends(void **state)
{
    struct world w;

    (void)state;
    begin(&w, "significant");
    w.alert.end_ms = HOUR_MS;
    w.feature.q = some(1);
    expect(&w, true, WHY_GOES_ON);
    begin(&w, "early");
    w.alert.end_ms = HOUR_MS;
    w.window.n = 0;
    w.window.state = WINDOW_NO_DATA;
    expect(&w, true, WHY_GOES_ON);
    begin(&w, "fixed");
    w.alert.end_ms = HOUR_MS;
    w.window.n = 199;
    w.window.state = WINDOW_INSUFFICIENT_DATA;
    expect(&w, true, WHY_GOES_ON);
    begin(&w, "fixed"); /* of others: this feature is back */
    w.alert.end_ms = HOUR_MS;
    w.feature.psi = some(0.1);
    expect(&w, true, WHY_SMALL);
    begin(&w, "significant");
    w.alert.feature = slice_str("chars");
    w.feature.q = some(1);
    expect(&w, true, WHY_NO_EVIDENCE);
}

static void alerts_that_do_not_matter(void **state)
{
    struct world w;

    (void)state;
    begin(&w, "fixed");
    w.alert.end_ms = 3 * HOUR_MS;
    expect(&w, true, WHY_MISSING);
    begin(&w, "fixed");
    w.alert.segment = slice_str("lang:de");
    expect(&w, true, WHY_MISSING);
    begin(&w, "fixed");
    w.alert.state = ALERT_RESOLVED;
    expect(&w, true, WHY_MISSING);
}

static void too_little_data(void **state)
{
    struct world w;

    (void)state;
    begin(&w, "fixed");
    w.window.n = 0;
    w.window.state = WINDOW_NO_DATA;
    expect(&w, false, WHY_NO_DATA);
    begin(&w, "fixed");
    w.window.n = 199;
    w.window.state = WINDOW_INSUFFICIENT_DATA;
    expect(&w, false, WHY_FEW_COMMENTS);
    begin(&w, "significant"); /* whose runs need 64, and may be longer than a window */
    w.window.n = 84;
    w.feature.n = 84;
    w.feature.q = some(1);
    w.window.state = WINDOW_INSUFFICIENT_DATA;
    expect(&w, false, WHY_NO_EVIDENCE);
    begin(&w, "significant");
    w.window.n = 84;
    w.feature.n = 84;
    w.window.state = WINDOW_INSUFFICIENT_DATA;
    w.alert.end_ms = HOUR_MS;
    expect(&w, true, WHY_GOES_ON);
    begin(&w, "early");
    w.window.videos_eff = 9.5;
    w.window.state = WINDOW_INSUFFICIENT_DATA;
    expect(&w, false, WHY_FEW_VIDEOS);
    begin(&w, "fixed");
    w.window.videos_eff = 9.5;
    w.window.state = WINDOW_INSUFFICIENT_DATA;
    expect(&w, false, WHY_FEW_VIDEOS);
    begin(&w, "fixed");
    w.feature.n = 199;
    expect(&w, false, WHY_FEW_VALUES);
    begin(&w, "fixed");
    w.feature.psi.has = false;
    expect(&w, false, WHY_UNDEFINED);
    begin(&w, "fixed");
    w.window.state = WINDOW_WARMING;
    expect(&w, false, WHY_STATE);
    begin(&w, "fixed");
    w.window.state = WINDOW_BASELINE_STALE;
    w.window.n = 0; /* all that came was of another bundle */
    expect(&w, false, WHY_STATE);
}

/* What it says of a window that is not judged. */
static void expect_because(struct world *w, const char *because)
{
    struct buf out;
    struct err err = { 0 };

    assert_int_equal(why_take_window(&w->why, &w->window, &err), ST_OK);
    assert_int_equal(why_answer(&w->why), WHY_STATE);
    buf_init(&out, 1 << 16);
    why_because(&w->why, &out);
    if (!slice_is(buf_slice(&out), because))
        fail_msg("said: %.*s", SLICE_ARG(buf_slice(&out)));
    buf_release(&out);
    arena_free(w->why.keep);
}

static void a_stale_window_says_by_what(void **state)
{
    struct world w;
    struct buf out;
    struct err err = { 0 };

    (void)state;
    begin(&w, "fixed");
    w.window.state = WINDOW_BASELINE_STALE; /* of before */
    expect_because(&w, "the window is not judged: baseline_stale");
    begin(&w, "fixed");
    w.window.state = WINDOW_BASELINE_STALE;
    w.window.stale_by = slice_str("age");
    expect_because(&w, "the window is not judged: baseline_stale, the baseline is older than "
                       "drift.baseline.max_age.ms");
    begin(&w, "fixed");
    w.window.state = WINDOW_BASELINE_STALE;
    w.window.stale_by = slice_str("bundle");
    buf_init(&out, 1 << 16);
    assert_int_equal(why_take_window(&w.why, &w.window, &err), ST_OK);
    assert_int_equal(why_json(&w.why, &out, &err), ST_OK);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "\"stale_by\": \"bundle\""));
    buf_release(&out);
    expect_because(&w, "the window is not judged: baseline_stale, comments of another bundle than "
                       "the baseline's are among it");
}

/* What a run says of its baseline answers only where nothing was judged. */
static void what_the_baseline_was_made_of(void **state)
{
    static const char said[] = "the window is not judged: training_skew, the stream this baseline "
                               "was made from differs from what the model was trained on";
    struct world w;
    struct err err = { 0 };

    (void)state;
    begin(&w, "fixed");
    w.window.state = WINDOW_TRAINING_SKEW;
    expect_because(&w, said);
    begin(&w, "fixed");
    const struct window judged = w.window;
    w.window.state = WINDOW_TRAINING_SKEW;
    w.window.start_ms = 0;
    assert_int_equal(why_take_window(&w.why, &judged, &err), ST_OK);
    assert_int_equal(why_take_window(&w.why, &w.window, &err), ST_OK);
    assert_int_equal(w.why.window.state, WINDOW_EVALUATED);
    assert_int_equal(why_take_window(&w.why, &judged, &err), ST_OK);
    assert_int_equal(w.why.window.state, WINDOW_EVALUATED);
    arena_free(w.why.keep);
}

static void too_little_change(void **state)
{
    struct world w;

    (void)state;
    begin(&w, "fixed");
    w.feature.psi = some(0.2);
    expect(&w, false, WHY_SMALL);
    begin(&w, "early");
    w.feature.q = some(0.5);
    expect(&w, false, WHY_NO_EVIDENCE);
    begin(&w, "significant");
    w.feature.psi = some(0.1);
    w.feature.effect = some(0.005);
    expect(&w, false, WHY_SMALL_EFFECT);
    begin(&w, "early");
    w.feature.psi = some(0.1);
    w.feature.effect = some(0.005);
    expect(&w, false, WHY_SHORT);
    begin(&w, "significant");
    w.feature.psi = some(0.1);
    expect(&w, false, WHY_SHORT);
}

static void other_windows_are_passed_by(void **state)
{
    struct world w;
    struct err err = { 0 };

    (void)state;
    begin(&w, "fixed");
    w.why.asked.at_ms = 2 * HOUR_MS;
    assert_int_equal(why_take_window(&w.why, &w.window, &err), ST_OK);
    assert_false(w.why.found);
    assert_true(w.why.segment_seen && w.why.feature_seen);
    w.why.asked.at_ms = 2 * HOUR_MS - 1;
    w.window.policy = slice_str("tomorrow's");
    assert_int_equal(why_take_window(&w.why, &w.window, &err), ST_REJECT);
    arena_free(w.why.keep);
}

static void says_what_a_scan_asked(void **state)
{
    struct world w;
    struct buf out;
    struct err err = { 0 };

    (void)state;
    begin(&w, "significant");
    w.alert.feature = slice_str("\x1b[2J");
    assert_int_equal(why_take_window(&w.why, &w.window, &err), ST_OK);
    assert_int_equal(why_take_alert(&w.why, &w.alert, &err), ST_OK);
    buf_init(&out, 1 << 16);
    why_say(&w.why, &out);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "boundary 2 of 3 in a row; ends after 3 calm boundaries"));
    assert_non_null(strstr(
        out.p, "asked     policy significant, of runs of 64 effective comments, 10 effective"));
    assert_non_null(strstr(out.p, "\\u001b[2J"));
    assert_null(strchr(out.p, '\x1b'));
    buf_clear(&out);
    assert_int_equal(why_json(&w.why, &out, &err), ST_OK);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "\"streak\": 2"));
    assert_non_null(strstr(out.p, "\"reason\": \"other_features\""));
    buf_release(&out);
    arena_free(w.why.keep);
}

/* A record as it stands in a topic; value NULL: a tombstone. */
static void take(struct world *w, struct wire *wire, enum topic_id topic, enum record_kind kind,
                 const char *key, const void *value)
{
    struct arena *a = arena_new(1 << 20);
    struct stage_rec rec = { .topic = topic, .key = slice_str(key) };
    struct buf b;
    struct err err = { 0 };

    buf_init(&b, 1 << 20);
    if (value) {
        assert_int_equal(wire_encode(wire, kind, value, &b, &err), ST_OK);
        rec.value = buf_slice(&b);
    }
    if (why_take_record(&w->why, wire, topic, &rec, a, &err) != ST_OK)
        fail_msg("%s", err.msg);
    buf_release(&b);
    arena_free(a);
}

static void take_judge(struct world *w, struct wire *wire, int64_t closed_ms)
{
    struct judge_state judge = { .closed_ms = closed_ms };
    const struct state state = { .format = 1, .kind = STATE_JUDGE, .judge = &judge };

    take(w, wire, TOPIC_STATE, RECORD_STATE, "judge", &state);
}

static void take_scan(struct world *w, struct wire *wire, const char *segment, int32_t streak)
{
    struct scan_state scan = { .segment = slice_str(segment), .streak = streak, .calm = 1 };
    const struct state state = { .format = 1, .kind = STATE_SCAN, .scan = &scan };
    char key[40];

    (void)snprintf(key, sizeof(key), "scan|%s", segment);
    take(w, wire, TOPIC_STATE, RECORD_STATE, key, &state);
}

static void says(struct world *w, const char *text, const char *json)
{
    struct buf out;
    struct err err = { 0 };

    buf_init(&out, 1 << 16);
    why_say(&w->why, &out);
    buf_byte(&out, '\0');
    if (!strstr(out.p, text))
        fail_msg("no '%s' in %s", text, out.p);
    buf_clear(&out);
    assert_int_equal(why_json(&w->why, &out, &err), ST_OK);
    buf_byte(&out, '\0');
    if (!strstr(out.p, json))
        fail_msg("no '%s' in %s", json, out.p);
    buf_release(&out);
}

/* No alert yet: the run that one is of later reaches into the window, and it names the feature. */
static void an_alert_that_came_later(void **state)
{
    const char *none = "\"later\": null";
    struct world w;
    struct err err = { 0 };

    (void)state;
    for (int i = 0; i < 4; i++) {
        begin(&w, i == 1 ? "fixed" : "early");
        w.feature.q = some(1);
        w.feature.psi = some(0.1);
        w.alert.start_ms = i == 2 ? 2 * HOUR_MS : HOUR_MS;
        w.alert.end_ms = 3 * HOUR_MS;
        if (i == 3)
            w.alert.feature = slice_str("chars");
        assert_int_equal(why_take_window(&w.why, &w.window, &err), ST_OK);
        assert_int_equal(why_take_alert(&w.why, &w.alert, &err), ST_OK);
        w.alert.end_ms = 4 * HOUR_MS;
        assert_int_equal(why_take_alert(&w.why, &w.alert, &err), ST_OK);
        says(&w, "episode   none so far",
             i == 0 ? "\"later\": {\"start_ms\": 3600000, \"end_ms\": 10800000}" : none);
        if (i == 0)
            says(&w,
                 "later     an alert told 1970-01-01 03:00 names it, by a run since 1970-01-01 "
                 "01:00",
                 "\"alert\": false");
        arena_free(w.why.keep);
    }
}

/* Evidence at two boundaries of three: no alert was written, absa.state alone knows of it. */
static void a_streak_of_which_no_alert_was_written(void **state)
{
    const char *streak_2 = "1970-01-01 02:30 UTC: boundary 2 of 3 in a row that shows an effect\n";
    struct world w;
    struct wire *wire = NULL;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(wire_new(NULL, &wire, &err), ST_OK);
    begin(&w, "significant");
    take(&w, wire, TOPIC_WINDOWS, RECORD_WINDOW, "all", &w.window);
    says(&w, "episode   none so far", "\"scan\": null");
    take_scan(&w, wire, "all", 1);
    take_scan(&w, wire, "all", 2);
    take_scan(&w, wire, "al", 7);
    take_scan(&w, wire, "all2", 7);
    take_judge(&w, wire, 2 * HOUR_MS + HOUR_MS / 2);
    says(&w, streak_2, "\"scan\": {\"closed_ms\": 9000000, \"streak\": 2, \"calm\": 1}");
    take_judge(&w, wire, 3 * HOUR_MS); /* another window has ended */
    says(&w, "episode   none so far", "\"scan\": null");
    take_judge(&w, wire, 2 * HOUR_MS);
    take(&w, wire, TOPIC_ALERTS, RECORD_ALERT, "scan|all", &w.alert);
    says(&w, "an effect; calm at 1 of 3\n", "\"streak\": 2, \"calm\": 1}");
    take(&w, wire, TOPIC_STATE, RECORD_STATE, "scan|all", NULL);
    says(&w, "boundary 0 of 3 in a row", "\"streak\": 0, \"calm\": 0}");
    arena_free(w.why.keep);
    begin(&w, "fixed"); /* counts no boundaries */
    take(&w, wire, TOPIC_WINDOWS, RECORD_WINDOW, "all", &w.window);
    take_judge(&w, wire, 2 * HOUR_MS);
    says(&w, "episode   none so far", "\"scan\": null");
    arena_free(w.why.keep);
    wire_free(wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_of_the_window),
        cmocka_unit_test(an_alert_that_goes_on),
        cmocka_unit_test(an_alert_that_no_window_ends),
        cmocka_unit_test(alerts_that_do_not_matter),
        cmocka_unit_test(too_little_data),
        cmocka_unit_test(a_stale_window_says_by_what),
        cmocka_unit_test(what_the_baseline_was_made_of),
        cmocka_unit_test(too_little_change),
        cmocka_unit_test(other_windows_are_passed_by),
        cmocka_unit_test(says_what_a_scan_asked),
        cmocka_unit_test(an_alert_that_came_later),
        cmocka_unit_test(a_streak_of_which_no_alert_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
