/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "app/inner.h"
#include "file/file.h"
#include "support/check.h"

struct demo {
    int64_t pane_ms;
    const char *password;
};

static struct demo demo;
static bool flag;
static const char *file;
static int64_t count;
static int64_t wait_ms;
static struct app_list list;
static struct app_run seen;
static enum status answer;
static const char *message;
static int runs;

static const struct conf_prop props[] = {
    { .name = "pane.ms",
      .type = CONF_MS,
      .at = offsetof(struct demo, pane_ms),
      .dflt = "60s",
      .min = 1,
      .max = 1e9,
      .doc = "Pane." },
    { .name = "password",
      .type = CONF_SECRET,
      .at = offsetof(struct demo, password),
      .dflt = "",
      .doc = "Password." },
    { .name = NULL },
};
static const struct conf_section sections[] = {
    { "demo", props, &demo },
    { NULL, NULL, NULL },
};
static const struct app_opt opts[] = {
    { "flag", 'f', NULL, APP_FLAG, &flag, "flag" },
    { "file", 0, "FILE", APP_STR, &file, "file" },
    { "count", 'c', "N", APP_INT, &count, "takes the letter of --config" },
    { "wait", 'w', "TIME", APP_MS, &wait_ms, "time" },
    { "policy", 'p', "FILE", APP_LIST, &list, "list" },
    { NULL, 0, NULL, APP_FLAG, NULL, NULL },
};

static enum status run(struct app_run *r, struct err *err)
{
    runs++;
    seen = *r;
    if (answer == ST_OK)
        r->exit_code = 1;
    return answer == ST_OK ? ST_OK : err_set(err, answer, "%s", message);
}

static void check(struct conf *conf)
{
    struct err err = { 0 };

    if (demo.pane_ms == 7 && err_set(&err, ST_FATAL, "config: seven") == ST_FATAL)
        conf_refuse(conf, "pane.ms", &err);
}

static const struct app full = {
    .name = "demo",
    .args = "FILE...",
    .summary = "Demo.",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .has_dry_run = true,
    .check = check,
    .run = run,
};
static const struct app plain = { .name = "plain", .summary = "Plain.", .run = run };

/* Runs the program as a shell would with these words. */
static int call(const struct app *app, const char *words)
{
    static char copy[4096];
    char *argv[32];
    int argc = 0;

    snprintf(copy, sizeof(copy), "%s", words);
    for (char *p = copy; p && argc < 31;) {
        argv[argc++] = p;
        p = strchr(p, ' ');
        if (p)
            *p++ = '\0';
    }
    argv[argc] = NULL;
    runs = 0;
    return app_main(app, argc, argv);
}

static int reset(void **state)
{
    (void)state;
    flag = false;
    file = NULL;
    count = 0;
    wait_ms = 0;
    list.n = 0;
    answer = ST_OK;
    message = "";
    return 0;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
}

static void options_of_every_type_arrive(void **state)
{
    (void)state;
    assert_int_equal(call(&full, "demo -f --file x -c 5 -w 2m -p a --policy=b -vv -n one two"), 1);
    assert_int_equal(runs, 1);
    assert_true(flag);
    assert_string_equal(file, "x");
    assert_int_equal(count, 5);
    assert_int_equal(wait_ms, 120000);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.item[1], "b");
    assert_int_equal(seen.verbosity, 2);
    assert_true(seen.dry_run);
    assert_int_equal(seen.argc, 2);
    assert_string_equal(seen.argv[1], "two");
    assert_int_equal(demo.pane_ms, 60000);
}

static void misuse_is_64_and_runs_nothing(void **state)
{
    static const char *const words[] = { "demo --nope", "demo -Z",      "demo --file",
                                         "demo -c x",   "demo -w 5 -w", "demo --wait 3y" };

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_int_equal(call(&full, words[i]), EXIT_USAGE);
        assert_int_equal(runs, 0);
    }
    assert_int_equal(call(&plain, "plain argument"), EXIT_USAGE);
    assert_int_equal(call(&plain, "plain -c f"), EXIT_USAGE); /* it has no configuration */
    assert_int_equal(call(&plain, "plain -n"), EXIT_USAGE);   /* it changes nothing      */
}

static void a_wrong_configuration_is_78_and_runs_nothing(void **state)
{
    (void)state;
    assert_int_equal(call(&full, "demo -X pane.m=1"), EXIT_CONFIG);
    assert_int_equal(call(&full, "demo -X pane.ms=7"), EXIT_CONFIG);
    assert_int_equal(call(&full, "demo --check-config -X pane.ms=7"), EXIT_CONFIG);
    assert_int_equal(call(&full, "demo --config /nowhere"), EXIT_CONFIG);
    assert_int_equal(runs, 0);
    assert_int_equal(call(&full, "demo --check-config -X pane.ms=8"), EXIT_OK);
    assert_int_equal(runs, 0);
}

static void secrets_are_read_from_files_that_others_may_not_read(void **state)
{
    char dir[] = "/tmp/absa-app-XXXXXX";
    char path[64];
    char words[200];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/secret", dir);
    snprintf(words, sizeof(words), "demo -X password_file=%s", path);
    write_file(path, "hunter2\n", 0644);
    assert_int_equal(call(&full, words), EXIT_CONFIG);
    write_file(path, "hunter2\n", 0600);
    answer = ST_REJECT; /* so that the configuration is not gone before we look */
    assert_int_equal(call(&full, words), EXIT_DATA);
    assert_int_equal(call(&full, "demo -X password=hunter2"), EXIT_CONFIG);
    unlink(path);
    rmdir(dir);
}

static void the_status_decides_the_exit_code(void **state)
{
    static const struct {
        enum status st;
        const char *message;
        int code;
    } rows[] = {
        { ST_REJECT, "bad row", EXIT_DATA },
        { ST_RETRY, "fenced", EXIT_TEMPORARY },
        { ST_FATAL, "gap in the chain", EXIT_INTERNAL },
        { ST_FATAL, "config: bundle", EXIT_CONFIG },
        { ST_FATAL, "stage pane: config: bundle", EXIT_CONFIG },
        { ST_FATAL, "misconfig: not the word", EXIT_INTERNAL },
        { ST_FATAL, "usage: want FILE", EXIT_USAGE },
        { ST_FATAL, "unavailable: no broker", EXIT_UNAVAILABLE },
        { ST_FATAL, "denied: topic", EXIT_DENIED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        answer = rows[i].st;
        message = rows[i].message;
        assert_int_equal(call(&plain, "plain"), rows[i].code);
    }
}

static void files_are_read_up_to_their_limit(void **state)
{
    char path[] = "/tmp/absa-app-XXXXXX";
    struct err err = { 0 };
    struct buf b;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    write_file(path, "12345", 0600);
    buf_init(&b, 5);
    assert_int_equal(file_read(path, &b, &err), ST_OK);
    assert_true(slice_is(buf_slice(&b), "12345"));
    assert_int_equal(file_read(path, &b, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "is longer than 5 bytes"));
    unlink(path);
    assert_int_equal(file_read(path, &b, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "No such file"));
    buf_release(&b);
}

static void a_signal_asks_to_stop(void **state)
{
    (void)state;
    assert_int_equal(call(&plain, "plain"), 1);
    assert_false(app_stopping());
    raise(SIGTERM);
    assert_true(app_stopping());
    assert_true(atomic_load(app_stop_flag()));
}

/* What is closed for ever is not closed: the program ends, and says what it would have said. */
static void closing_has_an_end(void **state)
{
    const struct err err = { "config: what stopped it" };
    int how = 0;
    pid_t pid = fork();

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        app_catch_signals(1000);
        app_ending(ST_FATAL, &err);
        for (;;)
            pause();
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), EXIT_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(options_of_every_type_arrive, reset),
        cmocka_unit_test_setup(misuse_is_64_and_runs_nothing, reset),
        cmocka_unit_test_setup(a_wrong_configuration_is_78_and_runs_nothing, reset),
        cmocka_unit_test_setup(secrets_are_read_from_files_that_others_may_not_read, reset),
        cmocka_unit_test_setup(the_status_decides_the_exit_code, reset),
        cmocka_unit_test_setup(files_are_read_up_to_their_limit, reset),
        cmocka_unit_test_setup(closing_has_an_end, reset),
        cmocka_unit_test_setup(a_signal_asks_to_stop, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
