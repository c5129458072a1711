/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor/checks.h"
#include "cli/doctor/told.h"
#include "support/check.h"

static struct report report;
static struct doctor doctor;

static struct finding *add(enum finding_kind found, const char *name)
{
    report.area = "machine";
    return report_add(&report, found, name, "what it means");
}

static void test_exit_codes(void **state)
{
    (void)state;
    report = (struct report){ 0 };
    assert_int_equal(report_exit_code(&report), 0);
    add(FOUND_OK, "a");
    assert_int_equal(report_exit_code(&report), 0);
    add(FOUND_WARN, "b");
    assert_int_equal(report_exit_code(&report), 1);
    add(FOUND_FAIL, "c");
    assert_int_equal(report_exit_code(&report), 78);
    add(FOUND_GONE, "d");
    assert_int_equal(report_exit_code(&report), 69);
}

static void test_json(void **state)
{
    struct err err = { 0 };
    struct buf out;

    (void)state;
    report = (struct report){ 0 };
    finding_value(add(FOUND_OK, "memory"), "12 \"MiB\"");
    finding_fix(add(FOUND_GONE, "cluster"), "kcat -L");
    buf_init(&out, 1 << 20);
    assert_int_equal(report_json(&report, &out, &err), ST_OK);
    json_t *all = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(all);
    json_t *checks = json_object_get(all, "checks");
    assert_int_equal(json_array_size(checks), 2);
    json_t *first = json_array_get(checks, 0);
    assert_string_equal(json_string_value(json_object_get(first, "value")), "12 \"MiB\"");
    assert_null(json_object_get(first, "fix"));
    json_t *second = json_array_get(checks, 1);
    assert_string_equal(json_string_value(json_object_get(second, "status")), "fail");
    assert_string_equal(json_string_value(json_object_get(second, "fix")), "kcat -L");
    assert_int_equal(json_integer_value(json_object_get(all, "fail")), 1);
    json_decref(all);
    buf_release(&out);
}

static void test_text_goes_on_where_it_was(void **state)
{
    struct buf out;

    (void)state;
    report = (struct report){ 0 };
    buf_init(&out, 1 << 20);
    finding_value(add(FOUND_OK, "memory"), "much");
    report_text(&report, false, &out);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "machine\n  ok    memory           much\n"));
    buf_clear(&out);
    finding_fix(add(FOUND_FAIL, "disk"), "df -h");
    report_text(&report, false, &out);
    report_summary(&report, &out);
    buf_byte(&out, '\0');
    assert_null(strstr(out.p, "memory"));
    assert_null(strstr(out.p, "\033"));
    assert_non_null(strstr(out.p, "FAIL  disk"));
    assert_non_null(strstr(out.p, "-> df -h\n"));
    assert_non_null(strstr(out.p, "1 ok, 0 warnings, 1 failures\n"));
    buf_release(&out);
}

static void test_more_than_fits(void **state)
{
    (void)state;
    report = (struct report){ 0 };
    for (int i = 0; i < REPORT_MAX + 10; i++)
        add(FOUND_WARN, "w");
    assert_int_equal(report.n, REPORT_MAX);
    assert_int_equal(report.count[FOUND_WARN], REPORT_MAX + 10);
}

static const struct finding *found(const char *name)
{
    for (size_t i = 0; i < doctor.report.n; i++) {
        if (strcmp(doctor.report.v[i].name, name) == 0)
            return &doctor.report.v[i];
    }
    fail_msg("nothing was said of %s", name);
    return NULL;
}

static void examine(const char *bundle, const char *baseline, const char *key)
{
    static struct pipeline_conf conf;

    conf.score.bundle = bundle;
    conf.model = (struct model_conf){ .model = "", .cache = "", .taxonomy = "" };
    conf.mlflow =
        (struct mlflow_conf){ .url = "", .user = "", .password = "", .token = "", .ca_file = "" };
    conf.drift.baseline = baseline;
    conf.ingest.user_key_file = key;
    doctor =
        (struct doctor){ .conf = &conf, .same_conf = "", .same = "", .dir = "/nowhere/at/all" };
    check_machine(&doctor);
    check_model(&doctor);
}

static void test_a_folder_that_is_not_there(void **state)
{
    (void)state;
    examine("", "", "");
    assert_int_equal(found("disk")->found, FOUND_FAIL);
    assert_string_equal(found("disk")->fix, "mkdir -p /nowhere/at/all");
    assert_int_equal(found("clock")->found, FOUND_OK);
    assert_int_equal(found("bundle")->found, FOUND_OK);
    assert_int_equal(found("baseline")->found, FOUND_OK);
    assert_int_equal(found("user key")->found, FOUND_WARN);
}

static void test_what_is_wrong_with_the_model(void **state)
{
    (void)state;
    examine("/nowhere", "/nowhere.json", "/nowhere.key");
    assert_int_equal(found("bundle")->found, FOUND_FAIL);
    assert_int_equal(found("baseline")->found, FOUND_FAIL);
    assert_int_equal(found("user key")->found, FOUND_FAIL);
}

/* The key itself is never shown, and a mode that lets others read it is told. */
static void test_a_key_that_others_may_read(void **state)
{
    static const char secret[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char path[] = "/tmp/absa-doctor-XXXXXX";
    int fd = mkstemp(path);
    struct buf out;

    (void)state;
    assert_true(fd >= 0);
    assert_true(write(fd, secret, sizeof(secret) - 1) == (ssize_t)sizeof(secret) - 1);
    close(fd);
    examine("", "", path);
    assert_int_equal(found("user key")->found, FOUND_OK);
    buf_init(&out, 1 << 20);
    report_text(&doctor.report, false, &out);
    buf_byte(&out, '\0');
    assert_non_null(out.p);
    assert_null(out.p ? strstr(out.p, secret) : NULL);
    buf_release(&out);
    assert_int_equal(chmod(path, 0644), 0);
    examine("", "", path);
    assert_int_equal(found("user key")->found, FOUND_FAIL);
    const char *fix = found("user key")->fix;
    assert_true(fix && strstr(fix, "chmod 0600"));
    unlink(path);
}

static struct notify row(const char *receiver, enum notify_state state, int attempts)
{
    return (struct notify){ .receiver = slice_str(receiver),
                            .state = state,
                            .attempts = attempts,
                            .reason = slice_str("535 no") };
}

/* The worst group of a receiver is the one that is told; the last record of a group counts. */
static void test_what_receivers_hold(void **state)
{
    static struct told told;
    const struct notify held = row("mail", NOTIFY_HELD, 1);
    const struct notify sent = row("mail", NOTIFY_SENT, 0);
    const struct notify dead = row("queue", NOTIFY_DEAD, 1);
    const struct notify again = row("queue", NOTIFY_SENDING, 4);

    (void)state;
    told = (struct told){ 0 };
    report = (struct report){ 0 };
    told_take(&told, slice_str("mail a"), &held);
    told_take(&told, slice_str("mail b"), &sent);
    told_take(&told, slice_str("mail c"), &held);
    told_take(&told, slice_str("queue a"), &dead);
    told_take(&told, slice_str("queue b"), &again);
    told_report(&told, " -c f", &report);
    assert_int_equal(report.n, 2);
    assert_string_equal(report.v[0].value, "2 messages held: 535 no");
    assert_non_null(strstr(report.v[0].fix, "absa notify --test mail -c f "));
    assert_string_equal(report.v[1].value, "1 message refused for ever: 535 no");

    report = (struct report){ 0 };
    told_take(&told, slice_str("queue a"), NULL); /* over: a tombstone */
    told_take(&told, slice_str("mail a"), &sent);
    told_take(&told, slice_str("mail c"), NULL);
    told_take(&told, slice_str("nobody"), NULL);
    told_report(&told, "", &report);
    assert_int_equal(report.n, 2);
    assert_int_equal(report.v[0].found, FOUND_OK);
    assert_int_equal(report.v[1].found, FOUND_WARN);
    assert_string_equal(report.v[1].value, "1 message tried again, 4 times so far: 535 no");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_text_goes_on_where_it_was),
        cmocka_unit_test(test_more_than_fits),
        cmocka_unit_test(test_a_folder_that_is_not_there),
        cmocka_unit_test(test_what_is_wrong_with_the_model),
        cmocka_unit_test(test_a_key_that_others_may_read),
        cmocka_unit_test(test_what_receivers_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
