/* SPDX-License-Identifier: MIT */
/* The page of a run: its size, its bytes, its evidence, and hostile text in each field, names of
 * categories included. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOWS = 48 };

static double cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

/* All that a page can be full of: every window over, three alerts with all their evidence, a
 * categorical feature among the others. */
static size_t full_size(size_t features)
{
    struct rig r;

    setup(&r, features - 1);
    for (int64_t hour = 0; hour < WINDOWS; hour++)
        add_window(&r, "all", hour, SEVERITY_CRITICAL);
    const struct alert al = alert_of("punctuation_share_1");
    for (int i = 0; i < 3; i++)
        assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    const double began = cpu_ms();
    render(&r);
    const double took = cpu_ms() - began;
    const size_t n = r.page.n;
    teardown(&r);
    print_message("%zu features: %zu bytes, written in %.0f ms\n", features, n, took);
    return n;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_true(full_size(25) < 100 * 1000);
    assert_true(full_size(200) < 1000 * 1000);
}

static void test_hostile_text_is_text(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 2);
    add_window(&r, "all", 0, SEVERITY_NONE);
    add_window(&r, HOSTILE, 0, SEVERITY_WARNING);
    struct window w = window_of(&r, HOSTILE, 1);
    w.bundle = w.policy = w.rule = slice_str(HOSTILE);
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    const struct alert al = alert_of(HOSTILE);
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    const struct deadletter d = {
        .stage = slice_str(HOSTILE),
        .reason = slice_str(HOSTILE),
        .why = slice_str(HOSTILE),
        .topic = slice_str(HOSTILE),
    };
    assert_int_equal(take(&r, RUN_DEAD, RECORD_DEADLETTER, &d), ST_OK);
    render(&r);
    assert_false(has(&r, "<script"));
    assert_false(has(&r, "\x1b"));
    assert_false(has(&r, "\xE2\x80\xAE\xE2\x80\xAC"));
    assert_true(
        has(&r, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u202e\\u202c\\u001b"));
    assert_true(has(&r, "default-src 'none'; style-src 'unsafe-inline'"));
    assert_true(has(&r, "Drift in 1 segment, none in all"));
    teardown(&r);
}

/* All that evidence has, in words; of features the effect and the test. */
static void test_evidence_is_said(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 2);
    add_window(&r, "all", 0, SEVERITY_CRITICAL);
    struct alert al = alert_of("emoji_count");
    al.evidence->test = slice_str("groups");
    al.evidence->moved = slice_str("tails");
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    render(&r);
    assert_true(has(&r, "<td>4e-10; by chance alone: fewer than one in a million"));
    assert_true(has(&r, "<td>8e-10; of 2 features that were tested together; evidence, since at "
                        "most 0.0001"));
    assert_true(has(&r, "<td>0.04; as much as a mean moved by 0.2 standard dev"));
    assert_true(has(&r, "<th scope=row>run of panes, UTC<td>"));
    assert_true(has(&r, "<td>shares of groups of values (groups); statistic 99.5, 15 degrees"));
    assert_true(has(&r, "the strongest of 4 that ended then; p of it alone"));
    assert_true(has(&r, "<td>how many are far out (tails); in standard errors mean -1.5, variance "
                        "+2.2, skew +0.0, tails +8.0"));
    assert_true(has(&r, "emoji_count (PSI 0.50, effect 0.125, q 2e-05)"));
    assert_true(has(&r, "emoji_count in emoji_count (WARNING, PSI 0.25, p 0.0003)"));
    assert_true(has(&r, "and 34 more"));
    assert_true(has(&r, "and 9 more"));
    assert_true(has(&r, "<tr><th>effect<td>0.0412<td>as much as a mean"));
    assert_true(has(&r, "<tr><th>test<td>groups<td>shares of groups of values"));
    teardown(&r);
}

/* By what rule an alert of the scan fires, or ends: what its policy asks of such a one. */
static void test_why_it_fires(void **state)
{
    static const struct {
        const char *policy;
        double threshold;
        double q;
        enum alert_state state;
        const char *says;
    } cases[] = {
        { "significant", 0.2, 1e-9, ALERT_FIRING,
          "<th scope=row>fires because<td>there is evidence, and PSI is above 0.2" },
        { "early", 0.3, 1e-9, ALERT_FIRING, "there is evidence, and PSI is above 0.3" },
        { "early", 0, 1e-9, ALERT_FIRING,
          "there is evidence, which policy early takes for enough" },
        { "significant", 0, 1e-9, ALERT_FIRING,
          "there was evidence of an effect above 0.005 at 2 boundaries in a row; where PSI alone "
          "is "
          "no drift, 3 are asked for" },
        { "early", 0.2, 0.5, ALERT_RESOLVED,
          "<th scope=row>ended because<td>what came since, as many comments as began it, is no "
          "evidence" },
        { "significant", 0, 0.5, ALERT_RESOLVED, "<td>0.04; of so many comments it may be noise" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct alert al = alert_of("emoji_count");
        struct rig r;

        setup(&r, 2);
        add_window(&r, "all", 0, SEVERITY_CRITICAL);
        al.policy = slice_str(cases[i].policy);
        al.threshold = cases[i].threshold;
        al.q = (struct opt_double){ cases[i].q, true };
        al.state = cases[i].state;
        assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
        render(&r);
        if (!has(&r, cases[i].says))
            fail_msg("case %zu does not say: %s", i, cases[i].says);
        assert_true(has(&r, ", threshold ") ==
                    (cases[i].threshold > 0 && cases[i].state == ALERT_FIRING));
        teardown(&r);
    }
}

/* Bars of categories have their names; the last two have words of their own. */
static void test_categories(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 1);
    add_window(&r, "all", 0, SEVERITY_CRITICAL);
    render(&r);
    assert_true(has(&r, ">lang</a>"));
    assert_true(has(&r, "Most of it in one category, "));
    assert_true(has(&r, "<th>en<td>50.0"));
    assert_true(has(&r, ">all other<td>"));
    assert_true(has(&r, ">unseen<td>"));
    assert_true(has(&r, ">&lt;b onclick=alert(1)&gt;&amp;&#39;<td>25.0<td>"));
    assert_true(has(&r, ">&lt;b onclic\xE2\x80\xA6</tspan>"));
    assert_true(has(&r, "<tr><th>linf<td>0.235<td>"));
    assert_false(has(&r, "__unseen__"));
    assert_false(has(&r, "<b "));
    teardown(&r);
}

/* A segment, or a season, may be compared with a reference of its own: with other bins, which are
 * no reason to refuse the window, and of which there is no picture. */
static void test_a_reference_of_its_own(void **state)
{
    int64_t bins[] = { 50, 20, 10, 5, 5, 4, 3, 2, 1, 0 };
    struct window_feature f = { .n = 100,
                                .n_eff = 100,
                                .psi = { 0.25, true },
                                .severity = SEVERITY_WARNING,
                                .bins = { bins, 3 } };
    struct rig r;

    (void)state;
    setup(&r, 1);
    f.name = slice_str(r.baseline->features[0].name);
    struct window w = window_of(&r, "all", 0);
    w.features = (struct window_feature_list){ &f, 1 };
    f.bins.n = r.baseline->features[0].n_bins;
    assert_int_equal(f.bins.n, sizeof(bins) / sizeof(bins[0]));
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    w.segment = slice_str("lang:de");
    f.bins.n = 3;
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    render(&r);
    assert_true(has(&r, "Called drift in 1 of 1 window."));
    assert_true(has(&r, "<tr><th scope=row>lang:de<td><em class=WARNING>"));
    assert_false(has(&r, "Most of it in one bin"));
    assert_false(has(&r, "<title>Bins of"));
    teardown(&r);
}

static void test_refusals(void **state)
{
    struct rig r;
    struct run_end end = { slice_str("[]"), { NULL, 0 }, "1" };

    (void)state;
    setup(&r, 2);
    struct window w = window_of(&r, "all", 0);
    w.baseline = slice_str("sha256:another");
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_REJECT);
    w = window_of(&r, "all", 0);
    struct window_feature unknown = { .name = slice_str("nobody knows it") };
    w.features = (struct window_feature_list){ &unknown, 1 };
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_REJECT);
    assert_int_equal(run_take(r.run, RUN_DEAD, slice_str("{}"), &r.err), ST_REJECT);
    assert_int_equal(run_take(r.run, RUN_ALERTS, slice_str("[1"), &r.err), ST_REJECT);
    assert_int_equal(run_render(r.run, &end, &r.page, &r.err), ST_REJECT);
    teardown(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_hostile_text_is_text),
        cmocka_unit_test(test_evidence_is_said),
        cmocka_unit_test(test_why_it_fires),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_a_reference_of_its_own),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
