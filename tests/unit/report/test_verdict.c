/* SPDX-License-Identifier: MIT */
/* What stands at the head of the page of a run. */
#include "rig.h"

#include <stdio.h>

static void test_verdicts(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 3);
    render(&r);
    assert_true(has(&r, "Not decided: no window had enough comments"));
    run_free(r.run);

    assert_int_equal(run_new(r.wire, r.baseline, &r.run, &r.err), ST_OK);
    add_window(&r, "all", 0, SEVERITY_NONE);
    render(&r);
    assert_true(has(&r, "No drift in 4 features"));
    assert_true(has(&r, "No alerts."));
    assert_true(has(&r, "<th scope=row>overtaken<td>3"));
    run_free(r.run);

    assert_int_equal(run_new(r.wire, r.baseline, &r.run, &r.err), ST_OK);
    struct window w = window_of(&r, "all", -99);
    w.rule = slice_str("training"); /* what the run says of its baseline is no window of its page */
    w.state = WINDOW_TRAINING_SKEW;
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    add_window(&r, "all", 0, SEVERITY_NONE);
    add_window(&r, "all", 1, SEVERITY_WARNING);
    w = window_of(&r, "all", 2);
    w.state = WINDOW_BASELINE_STALE;
    for (int i = 0; i < 6; i++) {
        w.stale_by = slice_str(i > 3 ? "" : i > 0 ? STALE_BY_AGE : STALE_BY_BUNDLE);
        assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    }
    struct alert al = alert_of("a");
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    al.state = ALERT_RESOLVED;
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    render(&r);
    assert_true(has(&r, "Drift in 4 of 4 features"));
    assert_true(has(&r, "2 alert records, 0 still firing at the end"));
    assert_true(has(&r, "Called drift in 1 of 2 windows."));
    assert_true(has(&r, "<th scope=row>windows with comments of another bundle<td>1"));
    assert_true(has(&r, "<th scope=row>windows behind the age of the baseline<td>3"));
    assert_true(has(&r, "<th scope=row>windows with a stale baseline<td>2"));
    assert_true(has(&r, "<th scope=row>rule of alerts<td>window"));
    teardown(&r);
}

/* The scan sees what lasts, or is large in few comments: the verdict is the alert's then. */
static void test_alerts_that_no_window_shows(void **state)
{
    struct rig r;

    (void)state;
    for (int judged = 0; judged < 2; judged++) {
        setup(&r, 3);
        struct window w = window_of(&r, "all", 0);
        struct alert al = alert_of("a");

        w.state = judged ? WINDOW_EVALUATED : WINDOW_INSUFFICIENT_DATA;
        if (judged)
            add_window(&r, "all", 0, SEVERITY_NONE);
        else
            assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
        al.segment = slice_str("all");
        al.feature = slice_str(r.baseline->features[1].name);
        al.others = (struct other_feature_list){ NULL, 0 };
        al.severity = SEVERITY_CRITICAL;
        assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
        render(&r);
        assert_true(has(&r, "<header class=CRITICAL>"));
        assert_true(has(&r, "Drift in 1 of 4 features"));
        assert_true(has(&r, judged
                                ? "No window was called drift by itself; a run of panes was, and is"
                                : "to be judged by itself; a run of panes had, and is an alert"));
        teardown(&r);
    }
}

/* Of a policy that judges runs, small windows are no proof that nothing was judged. */
static void test_small_windows_of_a_scan(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 3);
    struct window w = window_of(&r, "all", 0);

    w.state = WINDOW_INSUFFICIENT_DATA;
    w.policy = slice_str("significant");
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    render(&r);
    assert_true(has(&r, "<header class=undecided>"));
    assert_true(has(&r, "No alert; no window had enough comments to be judged by itself"));
    assert_true(has(&r, "Alerts are of runs of panes, of 64 effective comments or more"));
    assert_true(has(&r, "runs of panes may be alerts all the same"));
    assert_true(has(&r, "<th scope=row>rule of alerts<td>scan"));
    assert_true(has(&r, "is WARNING when it lasts"));
    assert_false(has(&r, "never an alert"));
    teardown(&r);
}

/* What was set aside came, and enough of it. */
static void test_windows_that_were_set_aside(void **state)
{
    static const struct {
        enum window_state state;
        const char *why;
    } aside[] = {
        { WINDOW_BASELINE_STALE, "the baseline was stale" },
        { WINDOW_WARMING, "the baseline had too little of the segment" },
        { WINDOW_NO_BASELINE, "the baseline had too little of the segment" },
    };
    char said[200];

    (void)state;
    for (size_t i = 0; i < sizeof(aside) / sizeof(aside[0]); i++) {
        struct rig r;

        setup(&r, 3);
        struct window w = window_of(&r, "all", 0);
        w.state = aside[i].state;
        w.policy = slice_str(i == 0 ? "significant" : "fixed");
        assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
        render(&r);
        assert_true(has(&r, "<header class=undecided>"));
        snprintf(said, sizeof(said), "<h1>Not decided: %s</h1>", aside[i].why);
        assert_true(has(&r, said));
        assert_true(has(&r, "0 of 1 windows of segment all were judged"));
        snprintf(said, sizeof(said), ". Of 1 %s.", aside[i].why);
        assert_true(has(&r, said));
        snprintf(said, sizeof(said), "No window was judged: %s.", aside[i].why);
        assert_true(has(&r, said));
        assert_false(has(&r, "had enough comments"));
        teardown(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_alerts_that_no_window_shows),
        cmocka_unit_test(test_small_windows_of_a_scan),
        cmocka_unit_test(test_windows_that_were_set_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
