/* SPDX-License-Identifier: MIT */
/* One file for several programs: who reads which lines. */
#include <stdint.h>

#include "conf/conf.h"
#include "support/check.h"

struct demo {
    const char *topic;
    int64_t pane_ms;
    int64_t parts;
    double alpha;
};

static struct demo demo;

/* clang-format off */
static const struct conf_prop props[] = {
    { .name = "topic", .type = CONF_STR, .at = offsetof(struct demo, topic), .dflt = "comments", .doc = "Input." },
    { .name = "pane.ms", .type = CONF_MS, .at = offsetof(struct demo, pane_ms), .dflt = "60s", .min = 1000, .max = 86400000, .doc = "Pane." },
    { .name = "parts", .type = CONF_INT, .at = offsetof(struct demo, parts), .dflt = "4", .min = 1, .max = 100, .doc = "Parts." },
    { .name = "alpha", .type = CONF_DOUBLE, .at = offsetof(struct demo, alpha), .dflt = "0.05", .min = 0, .max = 1, .doc = "Alpha." },
    { .name = NULL },
};
/* clang-format on */

static const struct conf_section sections[] = {
    { "demo", props, &demo },
    { NULL, NULL, NULL },
};

static const char *const programs[] = { "score", "drift", "ingest", "backtest", NULL };
static const char *const shared[] = { "topic", "pane.ms", "log.format", NULL };
static const char *const also[] = { "score", NULL };
static const struct conf_scope of_drift = { "drift", programs, shared, NULL };
static const struct conf_scope of_backtest = { "backtest", programs, shared, also };

static struct conf *read_as(const struct conf_scope *scope, const char *text)
{
    struct conf *c = conf_new(sections, "kafka.");

    assert_non_null(c);
    conf_scope(c, scope);
    conf_read(c, slice_str(text), "absa.conf");
    return c;
}

static void lines_go_to_whom_they_concern(void **state)
{
    static const char text[] = "kafka.bootstrap.servers = a:1\n"
                               "log.format = json\n" /* not known here: passed over */
                               "topic = all\npane.ms = 5s\n"
                               "[score]\nparts = 7\nunknown = 1\n"
                               "# a comment\n [ drift ] \npane.ms = 2s\nalpha = 0.1\n"
                               "[ingest]\nparts = 8\n";
    struct err err = { 0 };

    (void)state;
    struct conf *c = read_as(&of_drift, text);
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_string_equal(demo.topic, "all");
    assert_int_equal(demo.pane_ms, 2000);
    assert_int_equal(demo.parts, 4);
    assert_true(demo.alpha == 0.1);
    conf_free(c);
    c = read_as(&of_backtest, text);
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_int_equal(demo.pane_ms, 5000);
    assert_int_equal(demo.parts, 7);
    conf_free(c);
}

static void ours_wins_wherever_it_stands(void **state)
{
    struct err err = { 0 };

    (void)state;
    struct conf *c = read_as(&of_backtest, "[backtest]\nparts = 5\n[score]\nparts = 7\n");
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_int_equal(demo.parts, 5);
    conf_free(c);
}

static void a_file_without_headings_is_the_readers(void **state)
{
    struct err err = { 0 };

    (void)state;
    struct conf *c = read_as(&of_drift, "parts = 5\nalpha = 0.1\n");
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_int_equal(demo.parts, 5);
    conf_free(c);
}

static void slips_in_a_shared_file_are_seen(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "[drfit]\n", "absa.conf:1: no program is called \"drfit\"; did you mean drift?" },
        { "[nobody]\n", "absa.conf:1: no program is called \"nobody\"" },
        { "tpoic = a\n[drift]\n",
          "absa.conf:1: no property is called \"tpoic\"; did you mean topic?" },
        { "alpha = 0.1\n[drift]\n", "absa.conf:1: alpha stands before the first heading and is "
                                    "not for all programs: put it under a heading, as [drift]" },
        { "[drift]\nalpa = 0.1\n",
          "absa.conf:2: no property is called \"alpa\"; did you mean alpha?" },
        { "topic = a\ntopic = b\n[drift]\n",
          "absa.conf:2: topic is given twice, first at absa.conf:1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        struct conf *c = read_as(&of_drift, cases[i].text);

        assert_int_equal(conf_finish(c, &err), ST_FATAL);
        assert_string_equal(conf_error(c, 0), cases[i].want);
        conf_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_go_to_whom_they_concern),
        cmocka_unit_test(ours_wins_wherever_it_stands),
        cmocka_unit_test(a_file_without_headings_is_the_readers),
        cmocka_unit_test(slips_in_a_shared_file_are_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
