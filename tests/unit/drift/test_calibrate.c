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
#include "support/prop.h"

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

/* n days left out, whose s = -log2(level) is exponential of some mean. */
static void days_of(struct prop *p, int32_t n, double mean, struct calibration *c)
{
    *c = (struct calibration){
        .stretches = n, .days = 1, .tail = n / 4, .settings = months_settings(), .per_month = 1
    };
    for (int row = 0; row < CALIBRATION_POLICIES; row++)
        for (int32_t k = 0; k < n; k++)
            c->least[row][k] = (int16_t)(-mean * log(prop_double(p, 0x1p-53, 1)));
    calibration_sort(c);
}

/* As many of the days to come as the budget lets are beyond the level, on average over
 * baselines, be days few or many and the budget within them or beyond. */
static void test_days_to_come(void **state)
{
    static const struct {
        int32_t n;
        double mean;
        double per_month;
    } tried[] = { { 28, 40, 1 }, { 28, 15, 1 }, { 28, 40, 0.25 }, { 14, 40, 1 },
                  { 90, 40, 1 }, { 28, 40, 9 }, { 28, 40, 20 } };
    const struct policy *early = policy_of("early");
    struct calibration *c = malloc(sizeof(*c));
    struct prop p = { .state = 17 };

    (void)state;
    assert_non_null(c);
    for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
        double share = 1 - exp(-tried[i].per_month / 30);
        double beyond = 0;

        for (int k = 0; k < 4000; k++) {
            days_of(&p, tried[i].n, tried[i].mean, c);
            struct calibration_level l = calibration_level(c, early, tried[i].per_month);
            assert_true(l.low <= l.level && l.level <= l.high);
            beyond += exp(8 * log2(l.level) / tried[i].mean) / 4000;
        }
        print_message("%d days, budget %g: %.4f of those to come, asked %.4f\n", tried[i].n,
                      tried[i].per_month, beyond, share);
        assert_true(beyond < share * 1.1);
        assert_true(beyond > share * (tried[i].per_month > 5 ? 0.8 : 0.9));
    }
    free(c);
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

/* That of days left out has its tail, which is fewer than they are, and its season. */
static void test_file_of_days(void **state)
{
    struct calibration c = stepped(28, 1);
    struct calibration back;
    struct err err = { { 0 } };
    struct buf b;
    json_t *root;

    (void)state;
    c.tail = 7;
    c.settings.season = facet_find(slice_str("weekday"));
    buf_init(&b, 1 << 20);
    buf_byte(&b, '{');
    calibration_write(&c, &b);
    buf_truncate(&b, b.n - 2); /* its comma */
    buf_byte(&b, '}');
    root = json_loadb((const char *)b.p, b.n, 0, NULL);
    assert_non_null(root);
    json_t *obj = json_object_get(root, "calibration");
    assert_int_equal(calibration_read(obj, &back, &err), ST_OK);
    assert_int_equal(back.tail, 7);
    assert_null(calibration_fault(&back, policy_of("early"), &c.settings, 1));
    c.settings.season = NULL;
    assert_non_null(calibration_fault(&back, policy_of("early"), &c.settings, 1));
    c.settings.season = back.settings.season;
    json_object_del(obj, "method"); /* as before it was told */
    assert_int_equal(calibration_read(obj, &back, &err), ST_OK);
    assert_non_null(
        strstr(calibration_fault(&back, policy_of("early"), &c.settings, 1), "other tests"));
    json_object_set_new(obj, "season", json_string("lang"));
    assert_int_equal(calibration_read(obj, &back, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "season"));
    json_object_set_new(obj, "season", json_string("weekday"));
    assert_int_equal(calibration_read(obj, &back, &err), ST_OK);
    assert_true(calibration_level(&back, policy_of("early"), 0).level == 0);
    json_object_set_new(obj, "tail", json_integer(28));
    assert_int_equal(calibration_read(obj, &back, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "tail"));
    json_object_del(obj, "tail");
    assert_int_equal(calibration_read(obj, &back, &err), ST_REJECT); /* another level */
    json_decref(root);
    buf_release(&b);
}

/* Too few days or videos, weekdays that are alike or that nothing is known of: said, and the
 * baseline is as it was. */
static void test_too_little(void **state)
{
    static const struct months_kind few[] = {
        { .days = 12, .videos_a_day = 20 },
        { .days = 15, .videos_a_day = 5 },
        { .days = 28, .videos_a_day = 80, .weekend = 1e-9 },
        { .days = 28, .videos_a_day = 20, .weekend = 1, .day_sd = 0.1 },
    };

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

/* Days of a kind with so many more between each and the next, as of a crawl that is done again. */
static void make_bursts(const struct months_kind *kind, int64_t between, struct months_rows *rows)
{
    months_make(kind, 5, rows);
    for (size_t i = 0; i < rows->n; i++)
        rows->arrival_ms[i] += rows->arrival_ms[i] / MS_DAY * between * MS_DAY;
}

/* Begins to calibrate b of in; c as it is then. */
static enum status begin(struct baseline *b, const struct baseline_input *in,
                         const struct months_rows *rows, struct calibrate *c, struct err *err)
{
    *c = (struct calibrate){ .in = in,
                             .arrival_ms = rows->arrival_ms,
                             .base = b,
                             .settings = months_settings(),
                             .stretches = 20,
                             .seed = 1 };
    return calibrate_begin(c, err);
}

/* Two days with weeks between them are two days. */
static void test_days_without_videos_are_none(void **state)
{
    struct months_rows rows;
    struct calibrate c;
    struct err err = { { 0 } };

    (void)state;
    make_bursts(&(struct months_kind){ .days = 2, .videos_a_day = 60 }, 20, &rows);
    struct baseline *b = months_baseline(&rows);
    const struct baseline_input in = months_input(&rows);
    assert_int_equal(begin(b, &in, &rows, &c, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "it holds 2 days and 120 videos"));
    calibrate_end(&c);
    baseline_free(b);
    months_release(&rows);
}

/* A world of few days, most of which are without a video, is drawn until it has one. */
static void test_no_world_is_empty(void **state)
{
    struct calibration *out = calloc(1, sizeof(*out));
    struct months_rows rows;
    struct calibrate c;
    struct err err = { { 0 } };

    (void)state;
    assert_non_null(out);
    make_bursts(&(struct months_kind){ .days = 14, .videos_a_day = 10 }, 30, &rows);
    struct baseline *b = months_baseline(&rows);
    const struct baseline_input in = months_input(&rows);
    assert_int_equal(begin(b, &in, &rows, &c, &err), ST_OK);
    assert_int_equal(c.left_out.n, 0);
    c.world_days = 10; /* as of millions of comments */
    for (int w = 0; w < c.worlds; w++)
        assert_int_equal(calibrate_world(&c, w, out, &err), ST_OK);
    calibrate_end(&c);
    baseline_free(b);
    months_release(&rows);
    free(out);
}

/* The same 100 videos each day, and one more: a stretch that is drawn has them all, or nearly none,
 * and is no month to come. */
static void test_the_same_videos_each_day(void **state)
{
    struct months_rows rows;
    struct calibrate c;
    struct err err = { { 0 } };

    (void)state;
    months_make(&(struct months_kind){ .days = 28, .videos_a_day = 30 }, 3, &rows);
    for (size_t i = 0; i < rows.n; i++)
        rows.video[i] = i % (100 + (size_t)((rows.arrival_ms[i] - rows.arrival_ms[0]) / MS_DAY));
    struct baseline *b = months_baseline(&rows);
    const struct baseline_input in = months_input(&rows);
    assert_int_equal(begin(b, &in, &rows, &c, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "begin on few of its 28 days, which are worth 1."));
    calibrate_end(&c);
    baseline_free(b);
    months_release(&rows);
}

/* Alerts of months on baselines of a kind, at a budget of 1 a month. */
struct kept {
    int calibrated;
    int bounds;
};

static struct kept play_months(struct months_kind kind, uint64_t baselines, uint64_t months)
{
    const struct policy *early = policy_of("early");
    const int days = kind.days;
    struct kept kept = { 0 };

    for (uint64_t i = 0; i < baselines; i++) {
        struct months_rows rows;

        kind.days = days;
        months_make(&kind, 100 + i, &rows);
        struct baseline *b = months_baseline(&rows);
        assert_true(months_calibrate(b, &rows, 40, 1));
        assert_int_equal(b->calibration.tail > 0, kind.day_sd > 0);
        months_release(&rows);
        double level = calibration_level(&b->calibration, early, 1).level;
        kind.days = 30;
        for (uint64_t m = 0; m < months; m++) {
            months_make(&kind, 1000 + 10 * i + m, &rows);
            kept.calibrated += months_alerts(b, &rows, "early", level);
            kept.bounds += months_alerts(b, &rows, "early", family_level(1, MONTHS_PANE_MS));
            months_release(&rows);
        }
        baseline_free(b);
    }
    print_message("%d months at 1 a month: %d calibrated, %d by bounds\n",
                  (int)(baselines * months), kept.calibrated, kept.bounds);
    return kept;
}

/* A budget of 1 a month over 6 months on each of two baselines: 12 on average, and by its
 * bounds far fewer. Fixed seeds; tests/bench has the long version. */
static void test_the_promise_is_kept(void **state)
{
    struct kept kept =
        play_months((struct months_kind){ .days = 21, .videos_a_day = 12, .rho = 0.1 }, 2, 6);

    (void)state;
    assert_in_range(kept.calibrated, 3, 24);
    assert_true(kept.bounds < kept.calibrated);
}

/* 18 on average where each day has its weather, which bounds do not know, and stretches drawn
 * from the days of their own baseline did not either: they had 49. */
static void test_the_promise_is_kept_in_any_weather(void **state)
{
    struct kept kept = play_months(
        (struct months_kind){ .days = 21, .videos_a_day = 60, .rho = 0.1, .day_sd = 0.15 }, 6, 3);

    (void)state;
    assert_in_range(kept.calibrated, 3, 32);
    assert_true(kept.bounds > 36);
}

/* 12 on average where weekends are others and each day has some weather, judged by weekday: a
 * reference of four Mondays knows less of the weather than the whole does. */
static void test_the_promise_is_kept_by_season(void **state)
{
    struct kept kept = play_months(
        (struct months_kind){
            .days = 28, .videos_a_day = 80, .rho = 0.1, .day_sd = 0.15, .weekend = 0.4 },
        4, 3);

    (void)state;
    assert_in_range(kept.calibrated, 2, 24);
    assert_true(kept.bounds > 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_are_order_statistics),
        cmocka_unit_test(test_short_stretches),
        cmocka_unit_test(test_days_to_come),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_file_of_days),
        cmocka_unit_test(test_too_little),
        cmocka_unit_test(test_bytes_follow_from_the_seed),
        cmocka_unit_test(test_days_without_videos_are_none),
        cmocka_unit_test(test_no_world_is_empty),
        cmocka_unit_test(test_the_same_videos_each_day),
        cmocka_unit_test(test_the_promise_is_kept),
        cmocka_unit_test(test_the_promise_is_kept_in_any_weather),
        cmocka_unit_test(test_the_promise_is_kept_by_season),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
