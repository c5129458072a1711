/* SPDX-License-Identifier: MIT */
#include "app/app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/inner.h"

enum { PRINT_MAX = 4 << 20 };

const char *app_version(void)
{
    return ABSA_VERSION;
}

/* Whether msg is of a kind: "config: ..." or "topic plan: config: ..." */
static bool is_kind(const char *msg, const char *kind)
{
    for (const char *p = strstr(msg, kind); p; p = strstr(p + 1, kind)) {
        if (p == msg || (p - msg >= 2 && p[-1] == ' ' && p[-2] == ':'))
            return true;
    }
    return false;
}

int app_exit_code(enum status st, const struct err *err)
{
    static const struct {
        const char *kind;
        int code;
    } kinds[] = {
        { "usage: ", EXIT_USAGE },
        { "config: ", EXIT_CONFIG },
        { "unavailable: ", EXIT_UNAVAILABLE },
        { "denied: ", EXIT_DENIED },
    };

    switch (st) {
    case ST_OK:
        return EXIT_OK;
    case ST_REJECT:
        return EXIT_DATA;
    case ST_RETRY:
        return EXIT_TEMPORARY;
    case ST_FATAL:
        break;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (is_kind(err->msg, kinds[i].kind))
            return kinds[i].code;
    }
    return EXIT_INTERNAL;
}

static void complain(const struct app *app, const char *msg)
{
    fprintf(stderr, "absa %s: %s\n", app->name, msg);
}

enum status app_print(struct buf *b, struct err *err)
{
    const struct slice s = buf_slice(b);

    if (buf_failed(b))
        return err_set(err, ST_FATAL, "out of memory");
    if (s.n > 0)
        fwrite(s.p, 1, s.n, stdout);
    buf_clear(b);
    return ST_OK;
}

/* Prints what a mode without work asks for. */
static int print(const struct app *app, enum app_mode mode, const struct conf *conf)
{
    struct err ignored = { 0 };
    struct buf out;

    buf_init(&out, PRINT_MAX);
    switch (mode) {
    case APP_HELP:
        app_print_help(app, &out);
        break;
    case APP_VERSION:
        buf_fmt(&out, "absa %s %s\n", app->name, ABSA_VERSION);
        break;
    case APP_PRINT:
        conf_print(conf, &out);
        break;
    case APP_SAMPLE:
        conf_print_sample(app->sections, &out);
        break;
    case APP_SCHEMA:
        conf_print_schema(app->sections, app->pass_prefix, &out);
        break;
    case APP_DOC:
        conf_print_doc(app->sections, &out);
        break;
    case APP_RUN:
    case APP_CHECK:
        break;
    }
    enum status st = app_print(&out, &ignored);
    buf_release(&out);
    return st == ST_OK ? EXIT_OK : EXIT_INTERNAL;
}

/* All errors of the configuration, or the one that is in err. */
static void complain_all(const struct app *app, const struct conf *conf, const struct err *err)
{
    const char *msg = conf ? conf_error(conf, 0) : NULL;

    if (!msg)
        complain(app, err->msg);
    for (size_t i = 0; msg; msg = conf_error(conf, ++i))
        complain(app, msg);
}

static int work(const struct app *app, struct app_line *line)
{
    struct err err = { 0 };
    struct conf *conf = NULL;
    enum status st = ST_OK;
    int code;

    if (app->sections)
        st = app_load(app, line, &conf, &err);
    if (st != ST_OK) {
        complain_all(app, conf, &err);
        code = app_exit_code(st, &err);
    } else if (line->mode != APP_RUN) {
        code = print(app, line->mode, conf);
    } else {
        line->run.conf = conf;
        line->run.conf_file = line->conf_file;
        line->run.set = &line->set;
        line->run.line = line;
        line->app = app;
        st = app->run(&line->run, &err);
        if (st != ST_OK)
            complain(app, err.msg);
        code = st == ST_OK ? line->run.exit_code : app_exit_code(st, &err);
    }
    app_forget_reloads(line);
    conf_free(conf);
    return code;
}

/* A full disk must not look like success; a closed pipe needs no words. */
static int close_stdout(const struct app *app, int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    if (errno != EPIPE)
        complain(app, "cannot write the output");
    return code < EXIT_USAGE ? EXIT_TEMPORARY : code;
}

int app_main(const struct app *app, int argc, char **argv)
{
    static struct app_line line; /* large; nothing else lives as long as main() */
    struct err err = { 0 };
    int code;

    memset(&line, 0, sizeof(line));
    app_catch_signals(app->drain_s);
    enum status st = app_parse(app, argc, argv, &line, &err);
    if (st != ST_OK) {
        complain(app, err.msg + strlen("usage: "));
        fprintf(stderr, "absa %s --help says more\n", app->name);
        return EXIT_USAGE;
    }
    if (line.mode == APP_RUN || line.mode == APP_CHECK || line.mode == APP_PRINT)
        code = work(app, &line);
    else
        code = print(app, line.mode, NULL);
    return close_stdout(app, code);
}
