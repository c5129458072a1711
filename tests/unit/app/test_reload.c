/* SPDX-License-Identifier: MIT */
/* A configuration that is read again while the program runs: all of it, or nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "support/check.h"

struct demo {
    int64_t interval_ms;
    int64_t pane_ms;
    const char *slot;
};

static struct demo demo;
static char path[] = "/tmp/absa-reload-XXXXXX";

/* clang-format off */
static const struct conf_prop props[] = {
    { .name = "interval.ms", .type = CONF_MS, .at = offsetof(struct demo, interval_ms), .dflt = "60s", .min = 1, .max = 1e9, .doc = "I.", .reload = CONF_LIVE },
    { .name = "pane.ms", .type = CONF_MS, .at = offsetof(struct demo, pane_ms), .dflt = "60s", .min = 1, .max = 1e9, .doc = "P.", .reload = CONF_RUN },
    { .name = "slot", .type = CONF_STR, .at = offsetof(struct demo, slot), .dflt = "", .doc = "S." },
    { .name = NULL },
};
/* clang-format on */
static const struct conf_section sections[] = {
    { "demo", props, &demo },
    { NULL, NULL, NULL },
};

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void check(struct conf *conf)
{
    struct err err = { 0 };

    if (demo.interval_ms != 7)
        return;
    err_message(&err, "seven is no interval");
    conf_refuse(conf, "interval.ms", &err);
}

/* Reads again after text was written; what it says of it, and whether it was taken. */
static void again(struct app_run *r, const char *text, const char *what, const char *why)
{
    struct err err = { 0 };
    struct buf changed;
    struct buf reasons;

    write_file(text);
    buf_init(&changed, 1000);
    buf_init(&reasons, 1000);
    enum status st = app_reload(r, &changed, &reasons, &err);
    assert_int_equal(st, why ? ST_REJECT : ST_OK);
    buf_byte(&changed, '\0');
    buf_byte(&reasons, '\0');
    if (why && !strstr(reasons.p, why))
        fail_msg("'%s' does not say '%s'", reasons.p, why);
    if (!why)
        assert_string_equal(changed.p, what);
    buf_release(&changed);
    buf_release(&reasons);
}

static enum status run(struct app_run *r, struct err *err)
{
    struct buf text;

    (void)err;
    assert_int_equal(demo.interval_ms, 5);
    again(r, "interval.ms = 6\nslot = a\n", "interval.ms: 5 -> 6", NULL);
    assert_int_equal(demo.interval_ms, 6);
    again(r, "interval.ms = 6\nslot = a\n", "", NULL);
    again(r, "interval.ms = 8\nslot = b\n", NULL, "slot needs a restart");
    again(r, "interval.ms = 8\nslot = a\npane.ms = 1s\n", NULL,
          "pane.ms is part of what windows say and never changes under way");
    again(r, "interval.ms = 8\nslot = a\nnonsense = 1\n", NULL, "nonsense");
    again(r, "interval.ms = 8\ninterval.ms = x\n", NULL, "given twice");
    again(r, "interval.ms = 7\nslot = a\n", NULL, "seven is no interval");
    assert_int_equal(demo.interval_ms, 6);
    assert_string_equal(demo.slot, "a");
    again(r, "interval.ms = 9\nslot = a\n", "interval.ms: 6 -> 9", NULL);
    assert_int_equal(demo.interval_ms, 9);
    unlink(path);
    struct err gone = { 0 };
    buf_init(&text, 1000);
    assert_int_equal(app_reload(r, &text, &text, &gone), ST_REJECT);
    buf_clear(&text);
    conf_print(r->conf, &text);
    buf_byte(&text, '\0');
    assert_non_null(strstr(text.p, "\ninterval.ms = 9\n"));
    buf_release(&text);
    assert_int_equal(demo.interval_ms, 9);
    return ST_OK;
}

static void all_or_nothing(void **state)
{
    static const struct app app = {
        .name = "demo", .summary = "Demo.", .sections = sections, .check = check, .run = run
    };
    char name[] = "demo";
    char option[] = "-c";
    char *argv[] = { name, option, path, NULL };

    (void)state;
    close(mkstemp(path));
    write_file("interval.ms = 5\nslot = a\n");
    assert_int_equal(app_main(&app, 3, argv), EXIT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_or_nothing) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
