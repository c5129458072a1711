/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "support/check.h"

struct demo {
    const char *topic;
    const char *key_file;
    const char *password;
    int64_t pane_ms;
    int64_t batch_bytes;
    int64_t parts;
    double alpha;
    bool loud;
    int role;
};

static struct demo demo;

static const struct conf_prop one[] = {
    { .name = "topic",
      .type = CONF_STR,
      .at = offsetof(struct demo, topic),
      .dflt = "comments",
      .max = 12,
      .doc = "Input." },
    { .name = "user_key_file",
      .type = CONF_STR,
      .at = offsetof(struct demo, key_file),
      .dflt = "",
      .doc = "A path, not a secret." },
    { .name = "password",
      .type = CONF_SECRET,
      .at = offsetof(struct demo, password),
      .dflt = "",
      .doc = "Secret." },
    { .name = "pane.ms",
      .type = CONF_MS,
      .at = offsetof(struct demo, pane_ms),
      .dflt = "60s",
      .min = 1000,
      .max = 86400000,
      .doc = "Pane." },
    { .name = NULL },
};
static const struct conf_prop two[] = {
    { .name = "batch.bytes",
      .type = CONF_SIZE,
      .at = offsetof(struct demo, batch_bytes),
      .dflt = "1M",
      .min = 1,
      .max = 1 << 30,
      .doc = "Batch \"limit\"." },
    { .name = "parts",
      .type = CONF_INT,
      .at = offsetof(struct demo, parts),
      .dflt = "4",
      .min = 1,
      .max = 100,
      .doc = "Parts." },
    { .name = "alpha",
      .type = CONF_DOUBLE,
      .at = offsetof(struct demo, alpha),
      .dflt = "0.05",
      .min = 0,
      .max = 1,
      .doc = "Alpha." },
    { .name = "loud",
      .type = CONF_BOOL,
      .at = offsetof(struct demo, loud),
      .dflt = "false",
      .doc = "Loud." },
    { .name = "role",
      .type = CONF_CHOICE,
      .at = offsetof(struct demo, role),
      .dflt = "pane",
      .choices = "pane|judge",
      .doc = "Role." },
    { .name = NULL },
};
static const struct conf_prop needs[] = {
    { .name = "bundle", .type = CONF_STR, .at = offsetof(struct demo, topic), .doc = "Bundle." },
    { .name = NULL },
};
static const struct conf_section sections[] = {
    { "one", one, &demo },
    { "two", two, &demo },
    { NULL, NULL, NULL },
};
static const struct conf_section required[] = {
    { "needs", needs, &demo },
    { NULL, NULL, NULL },
};

static struct conf *read_text(const char *text)
{
    struct conf *c = conf_new(sections, "kafka.");

    assert_non_null(c);
    conf_read(c, slice_str(text), "absa.conf");
    return c;
}

static void has_error(struct conf *c, const char *want)
{
    struct err err = { 0 };

    assert_int_equal(conf_finish(c, &err), ST_FATAL);
    assert_memory_equal(err.msg, "config: ", 8);
    for (size_t i = 0; conf_error(c, i); i++) {
        if (strcmp(conf_error(c, i), want) == 0)
            return;
    }
    fail_msg("no error \"%s\", the first is \"%s\"", want, conf_error(c, 0));
}

static void refuses(const char *text, const char *want)
{
    struct conf *c = read_text(text);

    has_error(c, want);
    conf_free(c);
}

static void fields_take_their_defaults(void **state)
{
    struct conf *c = read_text("");
    struct err err = { 0 };

    (void)state;
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_string_equal(demo.topic, "comments");
    assert_int_equal(demo.pane_ms, 60000);
    assert_int_equal(demo.batch_bytes, 1 << 20);
    assert_int_equal(demo.parts, 4);
    assert_true(demo.alpha == 0.05);
    assert_false(demo.loud);
    assert_int_equal(demo.role, 0);
    conf_free(c);
}

static void a_file_sets_every_type(void **state)
{
    struct conf *c =
        read_text("# comment\n\n topic =\ta # b = c \r\npane.ms=5m\nbatch.bytes = 64k\n"
                  "parts = 7\nalpha = 1e-3\nloud = true\nrole = judge");
    struct err err = { 0 };

    (void)state;
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_string_equal(demo.topic, "a # b = c");
    assert_int_equal(demo.pane_ms, 300000);
    assert_int_equal(demo.batch_bytes, 65536);
    assert_int_equal(demo.parts, 7);
    assert_true(demo.alpha == 1e-3);
    assert_true(demo.loud);
    assert_int_equal(demo.role, 1);
    conf_free(c);
}

static void durations_have_units(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "pane.ms = 1500", 1500 }, { "pane.ms = 1500ms", 1500 }, { "pane.ms = 10s", 10000 },
        { "pane.ms = 2m", 120000 }, { "pane.ms = 1h", 3600000 },  { "pane.ms = 1d", 86400000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct conf *c = read_text(rows[i].text);

        assert_null(conf_error(c, 0));
        assert_int_equal(demo.pane_ms, rows[i].ms);
        conf_free(c);
    }
}

static void bad_lines_are_refused_with_their_place(void **state)
{
    (void)state;
    refuses("topic\n", "absa.conf:1: want name = value");
    refuses("\n\npane.m = 5s\n", "absa.conf:3: no property is called \"pane.m\"; did you mean "
                                 "pane.ms?");
    refuses("zebra = 5\n", "absa.conf:1: no property is called \"zebra\"");
    refuses("parts = 1\n#\nparts = 2", "absa.conf:3: parts is given twice, first at absa.conf:1");
    refuses("kafka.a = 1\nkafka.a = 1",
            "absa.conf:2: kafka.a is given twice, first at absa.conf:1");
    refuses("topic = thirteen.long", "absa.conf:1: topic: \"thirteen.long\" is not a valid value, "
                                     "want text of at most 12 bytes");
    refuses("parts = 0", "absa.conf:1: parts: \"0\" is not a valid value, want integer 1..100");
    refuses("parts = 4x", "absa.conf:1: parts: \"4x\" is not a valid value, want integer 1..100");
    refuses("parts = 99999999999999999999",
            "absa.conf:1: parts: \"99999999999999999999\" is not a valid value, want integer "
            "1..100");
    refuses("pane.ms = 5 m", "absa.conf:1: pane.ms: \"5 m\" is not a valid value, want duration "
                             "1s..1d");
    refuses("pane.ms = 9223372036854775807d",
            "absa.conf:1: pane.ms: \"9223372036854775807d\" is not a valid value, want duration "
            "1s..1d");
    refuses("alpha = nan", "absa.conf:1: alpha: \"nan\" is not a valid value, want number 0..1");
    refuses("loud = yes", "absa.conf:1: loud: \"yes\" is not a valid value, want true or false");
    refuses("role = pan", "absa.conf:1: role: \"pan\" is not a valid value, want one of "
                          "pane|judge");
    refuses("password = hunter2", "absa.conf:1: password is a secret: give password_file or set it "
                                  "in the environment");
    refuses("kafka.sasl.password = x", "absa.conf:1: kafka.sasl.password is a secret: give "
                                       "kafka.sasl.password_file or set it in the environment");
}

static void every_error_is_reported(void **state)
{
    struct conf *c = read_text("parts = x\nnope\nalpha = 2\n");
    size_t n = 0;

    (void)state;
    while (conf_error(c, n))
        n++;
    assert_int_equal(n, 3);
    conf_free(c);
}

/* What no table can check is said at the place where it was given. */
static void a_check_of_the_program_names_the_place(void **state)
{
    static const struct {
        const char *name;
        const char *want;
    } rows[] = {
        { "role", "absa.conf:2: no" }, { "kafka.acks", "absa.conf:3: no" },
        { "parts", "-X: no" },         { "topic", "no" },
        { "kafka.not.given", "no" },   { NULL, "no" },
    };
    struct conf *c = read_text("\nrole = pane\nkafka.acks = x\n");
    struct err err = { 0 };

    (void)state;
    conf_option(c, "parts=2");
    assert_int_equal(conf_finish(c, &err), ST_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err why = { 0 };

        snprintf(why.msg, sizeof(why.msg), "%sno", i % 2 ? "" : "config: ");
        conf_refuse(c, rows[i].name, &why);
        assert_string_equal(conf_error(c, i), rows[i].want);
    }
    assert_int_equal(conf_finish(c, &err), ST_FATAL);
    assert_string_equal(err.msg, "config: absa.conf:2: no");
    conf_free(c);
}

static void a_flood_of_errors_stops_at_its_cap(void **state)
{
    struct conf *c = conf_new(sections, NULL);
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 1000; i++)
        buf_str(&text, "x\n");
    conf_read(c, buf_slice(&text), "f");
    assert_non_null(conf_error(c, CONF_ERRORS_MAX - 1));
    assert_null(conf_error(c, CONF_ERRORS_MAX));
    buf_release(&text);
    conf_free(c);
}

static void nul_and_giant_files_are_refused(void **state)
{
    static char giant[CONF_TEXT_MAX + 1];
    struct conf *c = conf_new(sections, NULL);

    (void)state;
    conf_read(c, (struct slice){ "topic = a\0b\n", 12 }, "f");
    has_error(c, "f:1: a NUL byte");
    conf_free(c);
    c = conf_new(sections, NULL);
    conf_read(c, (struct slice){ giant, sizeof(giant) }, "f");
    has_error(c, "f: is longer than 1048576 bytes");
    conf_free(c);
}

static void later_sources_win(void **state)
{
    char parts[] = "ABSA_PARTS=5";
    char kafka[] = "ABSA_KAFKA_BOOTSTRAP_SERVERS=b:1";
    char other[] = "ABSA_ELSEWHERE=x"; /* another program's */
    char *env[] = { parts, kafka, other, NULL };
    struct conf *c = read_text("parts = 3\nalpha = 0.5\nkafka.bootstrap.servers = a:1\n");
    struct err err = { 0 };
    const char *name;
    const char *value;

    (void)state;
    conf_environment(c, env);
    conf_option(c, "alpha=0.25");
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_int_equal(demo.parts, 5);
    assert_true(demo.alpha == 0.25);
    assert_true(conf_pass(c, 0, &name, &value));
    assert_string_equal(name, "bootstrap.servers");
    assert_string_equal(value, "b:1");
    assert_false(conf_pass(c, 1, &name, &value));
    conf_free(c);
}

static void a_slip_in_the_environment_is_an_error(void **state)
{
    char slip[] = "ABSA_BATCH_BYTE=5";
    char *env[] = { slip, NULL };
    struct conf *c = read_text("");

    (void)state;
    conf_environment(c, env);
    has_error(c, "ABSA_BATCH_BYTE: is no property; did you mean batch.bytes?");
    conf_free(c);
}

static void secrets_come_from_files(void **state)
{
    struct conf *c = read_text("password_file = /a\nkafka.sasl.password_file = /b\n"
                               "user_key_file = /c\n");
    struct err err = { 0 };
    struct buf out;
    const char *name;
    const char *value;

    (void)state;
    assert_string_equal(conf_secret_file(c, 0), "/a");
    assert_string_equal(conf_secret_file(c, 1), "/b");
    assert_null(conf_secret_file(c, 2));
    conf_secret(c, 0, slice_str("hunter2\n"), NULL);
    conf_secret(c, 1, slice_str("hunter3"), NULL);
    assert_int_equal(conf_finish(c, &err), ST_OK);
    assert_string_equal(demo.password, "hunter2");
    assert_string_equal(demo.key_file, "/c");
    assert_true(conf_pass(c, 0, &name, &value));
    assert_string_equal(name, "sasl.password");
    assert_string_equal(value, "hunter3");

    buf_init(&out, 1 << 16);
    conf_print(c, &out);
    buf_byte(&out, '\0');
    assert_null(strstr(out.p, "hunter"));
    assert_non_null(strstr(out.p, "# password = ***"));
    buf_release(&out);
    conf_free(c);
}

static void an_unreadable_secret_is_an_error(void **state)
{
    struct conf *c = read_text("password_file = /a\n");

    (void)state;
    conf_secret(c, 0, (struct slice){ NULL, 0 }, "no such file");
    has_error(c, "absa.conf:1: password_file: no such file");
    conf_free(c);
}

static void what_is_required_is_asked_for(void **state)
{
    struct conf *c = conf_new(required, NULL);

    (void)state;
    has_error(c, "bundle is required: Bundle.");
    conf_free(c);
}

/* What --print-config says can be read again and gives the same. */
static void the_effective_configuration_is_a_configuration(void **state)
{
    struct conf *c = read_text("parts = 9\npane.ms = 2m\nkafka.x = 1\n");
    struct conf *again = conf_new(sections, "kafka.");
    struct err err = { 0 };
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    assert_int_equal(conf_finish(c, &err), ST_OK);
    conf_print(c, &out);
    conf_read(again, buf_slice(&out), "again");
    assert_int_equal(conf_finish(again, &err), ST_OK);
    assert_int_equal(demo.parts, 9);
    assert_int_equal(demo.pane_ms, 120000);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "# absa.conf:1\nparts = 9\n"));
    assert_non_null(strstr(out.p, "# default\nalpha = 0.05\n"));
    buf_release(&out);
    conf_free(again);
    conf_free(c);
}

static void the_sample_is_a_configuration(void **state)
{
    struct conf *c = conf_new(sections, "kafka.");
    struct err err = { 0 };
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    conf_print_sample(sections, &out);
    conf_read(c, buf_slice(&out), "sample");
    assert_int_equal(conf_finish(c, &err), ST_OK);
    buf_release(&out);
    conf_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_take_their_defaults),
        cmocka_unit_test(a_file_sets_every_type),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(bad_lines_are_refused_with_their_place),
        cmocka_unit_test(every_error_is_reported),
        cmocka_unit_test(a_check_of_the_program_names_the_place),
        cmocka_unit_test(a_flood_of_errors_stops_at_its_cap),
        cmocka_unit_test(nul_and_giant_files_are_refused),
        cmocka_unit_test(later_sources_win),
        cmocka_unit_test(a_slip_in_the_environment_is_an_error),
        cmocka_unit_test(secrets_come_from_files),
        cmocka_unit_test(an_unreadable_secret_is_an_error),
        cmocka_unit_test(what_is_required_is_asked_for),
        cmocka_unit_test(the_effective_configuration_is_a_configuration),
        cmocka_unit_test(the_sample_is_a_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
