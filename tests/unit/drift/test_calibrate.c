/* SPDX-License-Identifier: MIT */
/* The calibration of a baseline: what it says, keeps, and is worth. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drift/calibration_json.h"
#include "stats/family.h"
#include "support/drift/months.h"

static const struct policy *policy_of(const char *name)
{
    const struct policy *p = NULL;
    struct err err = { { 0 } };

    assert_int_equal(policy_find(slice_str(name), &p, &err), ST_OK);
    return p;
}

static struct calibration stepped(int32_t stretches, int32_t days)
{
    struct calibration c = {
        .stretches = stretches, .days = days, .settings = months_settings(), .per_month = 1
    };

    for (int row = 0; row < CALIBRATION_POLICIES; row++)
        for (int32_t k = 0; k < stretches; k++)
            c.least[row][k] = (int16_t)(k + 80);
    calibration_sort(&c);
    return c;
}

/* Of 200 months a budget of 1 lets as many pass as a Poisson process: 126, 0.632 of them. */
static void test_levels_are_order_statistics(void **state)
{
    const struct calibration c = stepped(200, 30);
    const struct calibration *none = &(struct calibration){ 0 };
    const struct policy *p = policy_of("early");
    const struct calibration_settings s = months_settings();
    struct calibration_settings other = s;
    struct calibration_level l = calibration_level(&c, p, 1);
    int32_t reach = 0;

    (void)state;
    for (int k = 0; k < 200; k++)
        reach += calibration_step(c.least[1][k]) <= l.level;
    assert_int_equal(reach, 126);
    assert_true(l.low < l.level && l.level < l.high);
    assert_true(calibration_level(&c, p, 0.1).level < l.level);
    assert_true(calibration_level(&c, p, 1000).level <= CALIBRATION_LEVEL_MAX);
    assert_true(calibration_level(&c, p, 2).level == calibration_level(&c, p, 1000).level);
    assert_null(calibration_fault(&c, p, &s, 1));
    assert_non_null(calibration_fault(&c, p, &s, 0.004)); /* below 1/200 */
    assert_non_null(calibration_fault(none, p, &s, 1));
    assert_non_null(calibration_fault(&c, policy_of("fixed"), &s, 1));
    other.pane_ms = 60000;
    assert_non_null(calibration_fault(&c, p, &other, 1));
}

/* Shorter stretches: a share of 1 - e^(-1/10) of them for three days of a month. */
static void test_short_stretches(void **state)
{
    const struct calibration c = stepped(200, 3);
    struct calibration_level l = calibration_level(&c, policy_of("early"), 1);
    int32_t reach = 0;

    (void)state;
    for (int k = 0; k < 200; k++)
        reach += calibration_step(c.least[1][k]) <= l.level;
    assert_int_equal(reach, 19);
}

/* Written and read again it is the same; what does not fit is refused. */
static void test_file(void **state)
{
    struct calibration *c = malloc(sizeof(*c));
    struct calibration *back = malloc(sizeof(*back));
    struct err err = { { 0 } };
    struct buf b;
    json_t *root;

    (void)state;
    assert_true(c && back);
    *c = stepped(40, 30);
    buf_init(&b, 1 << 20);
    buf_byte(&b, '{');
    calibration_write(c, &b);
    buf_truncate(&b, b.n - 2); /* its comma */
    buf_byte(&b, '}');
    root = json_loadb((const char *)b.p, b.n, 0, NULL);
    assert_non_null(root);
    json_t *obj = json_object_get(root, "calibration");
    assert_int_equal(calibration_read(obj, back, &err), ST_OK);
    assert_memory_equal(c->least, back->least, sizeof(c->least));
    assert_true(back->stretches == 40 && back->days == 30 && back->settings.pane_ms == 3600000);
    json_object_set_new(json_object_get(obj, "early"), "level", json_real(0.03));
    assert_int_equal(calibration_read(obj, back, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "level"));
    assert_int_equal(calibration_read(NULL, back, &err), ST_OK);
    assert_int_equal(back->stretches, 0);
    json_decref(root);
    buf_release(&b);
    free(back);
    free(c);
}

/* Too few days or videos: said, and the baseline is as it was. */
static void test_too_little(void **state)
{
    static const struct months_kind few[] = { { .days = 12, .videos_a_day = 20 },
                                              { .days = 15, .videos_a_day = 5 } };

    (void)state;
    for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++) {
        struct months_rows rows;

        months_make(&few[i], 7, &rows);
        struct baseline *b = months_baseline(&rows);
        assert_false(months_calibrate(b, &rows, 10, 1));
        assert_int_equal(b->calibration.stretches, 0);
        baseline_free(b);
        months_release(&rows);
    }
}

/* The same seed gives the same bytes, also of a file that is read; another seed others. */
static void test_bytes_follow_from_the_seed(void **state)
{
    const struct months_kind kind = { .days = 14, .videos_a_day = 10, .rho = 0.1 };
    char id[3][BASELINE_ID_LEN + 1];
    struct months_rows rows;

    (void)state;
    months_make(&kind, 11, &rows);
    for (int i = 0; i < 3; i++) {
        struct baseline *b = months_baseline(&rows);
        struct baseline *back = NULL;
        struct err err = { { 0 } };
        struct buf file;

        assert_true(months_calibrate(b, &rows, 10, i < 2 ? 1 : 2));
        memcpy(id[i], b->id, sizeof(id[i]));
        buf_init(&file, BASELINE_BYTES_MAX);
        assert_int_equal(baseline_write(b, &file, &err), ST_OK);
        assert_int_equal(baseline_read(buf_slice(&file), &back, &err), ST_OK);
        assert_string_equal(back->id, b->id);
        assert_memory_equal(&back->calibration.least, &b->calibration.least,
                            sizeof(b->calibration.least));
        baseline_free(back);
        buf_release(&file);
        baseline_free(b);
    }
    assert_string_equal(id[0], id[1]);
    assert_string_not_equal(id[0], id[2]);
    months_release(&rows);
}

/* Whole videos, as many as the days have, each under a name of its own, in order of time. */
static void test_what_is_drawn(void **state)
{
    const struct months_kind kind = { .days = 14, .videos_a_day = 20, .rho = 0.1 };
    struct months_rows rows;
    struct resample *pool = NULL;
    struct stretch s = { 0 };
    struct err err = { { 0 } };

    (void)state;
    months_make(&kind, 5, &rows);
    struct baseline *b = months_baseline(&rows);
    const struct baseline_input in = months_input(&rows);
    assert_int_equal(resample_new(&in, rows.arrival_ms, b, &pool, &err), ST_OK);
    assert_true(resample_own_day(pool) == 0); /* its days are alike */
    assert_int_equal(resample_draw(pool, 30, 3, &s, &err), ST_OK);
    assert_int_equal(s.n % 8, 0);
    assert_in_range(s.n, 30 * 20 * 8 * 9 / 10, 30 * 20 * 8 * 11 / 10);
    for (size_t i = 0; i < s.n; i++) {
        size_t same = 0;

        assert_true(s.v[i].ms >= 0 && s.v[i].ms < 30 * MS_DAY);
        assert_true(i == 0 || s.v[i].ms >= s.v[i - 1].ms);
        for (size_t k = 0; i < 50 && k < s.n; k++)
            same += s.v[k].video == s.v[i].video;
        assert_true(i >= 50 || same == 8);
    }
    stretch_release(&s);
    resample_free(pool);
    baseline_free(b);
    months_release(&rows);
}

/* Days that differ are told from videos that do. */
static void test_days_that_differ(void **state)
{
    const struct months_kind kind = { .days = 20, .videos_a_day = 30, .rho = 0.1, .day_sd = 0.3 };
    struct months_rows rows;
    struct resample *pool = NULL;
    struct err err = { { 0 } };

    (void)state;
    months_make(&kind, 5, &rows);
    struct baseline *b = months_baseline(&rows);
    const struct baseline_input in = months_input(&rows);
    assert_int_equal(resample_new(&in, rows.arrival_ms, b, &pool, &err), ST_OK);
    assert_true(resample_own_day(pool) > 0.7 && resample_own_day(pool) < 1);
    resample_free(pool);
    baseline_free(b);
    months_release(&rows);
}

/* A budget of 1 a month over 6 months on each of two baselines: 12 on average, and by its
 * bounds far fewer. Fixed seeds; tests/bench has the long version. */
static void test_the_promise_is_kept(void **state)
{
    struct months_kind kind = { .days = 21, .videos_a_day = 12, .rho = 0.1 };
    const struct policy *early = policy_of("early");
    int calibrated = 0;
    int bounds = 0;

    (void)state;
    for (uint64_t i = 0; i < 2; i++) {
        struct months_rows rows;

        kind.days = 21;
        months_make(&kind, 100 + i, &rows);
        struct baseline *b = months_baseline(&rows);
        assert_true(months_calibrate(b, &rows, 40, 1));
        months_release(&rows);
        double level = calibration_level(&b->calibration, early, 1).level;
        kind.days = 30;
        for (uint64_t m = 0; m < 6; m++) {
            months_make(&kind, 1000 + 10 * i + m, &rows);
            calibrated += months_alerts(b, &rows, "early", level);
            bounds += months_alerts(b, &rows, "early", family_level(1, MONTHS_PANE_MS));
            months_release(&rows);
        }
        baseline_free(b);
    }
    print_message("12 months at 1 a month: %d calibrated, %d by bounds\n", calibrated, bounds);
    assert_in_range(calibrated, 3, 24);
    assert_true(bounds < calibrated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_are_order_statistics),
        cmocka_unit_test(test_short_stretches),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_too_little),
        cmocka_unit_test(test_bytes_follow_from_the_seed),
        cmocka_unit_test(test_what_is_drawn),
        cmocka_unit_test(test_days_that_differ),
        cmocka_unit_test(test_the_promise_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
