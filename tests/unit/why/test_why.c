/* SPDX-License-Identifier: MIT */
/* Each reason for which there is, or is not, an alert: the one that is found. */
#include <string.h>

#include "cli/why/account.h"
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
    assert_non_null(strstr(out.p, "boundary 2 of 3; ends after 3 calm boundaries"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_of_the_window),    cmocka_unit_test(an_alert_that_goes_on),
        cmocka_unit_test(alerts_that_do_not_matter), cmocka_unit_test(too_little_data),
        cmocka_unit_test(too_little_change),         cmocka_unit_test(other_windows_are_passed_by),
        cmocka_unit_test(says_what_a_scan_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
