/* SPDX-License-Identifier: MIT */
/* absa verify-alert: does an alert say what its own evidence says? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/arena.h"
#include "drift/alert.h"

struct verifier {
    struct wire *wire;
    struct arena *arena; /* for one alert */
    int verbosity;
    size_t read;
    size_t refused;
};

static enum status verify(struct verifier *v, struct slice line, struct err *err)
{
    struct alert_diff diff;
    enum status st = alert_check_line(v->wire, line, v->arena, &diff, err);

    arena_reset(v->arena);
    v->read++;
    if (st != ST_OK && st != ST_REJECT)
        return st;
    v->refused += st == ST_REJECT;
    if (st == ST_REJECT)
        printf("alert %zu: refused: %s\n", v->read, err->msg);
    else if (v->verbosity > 0)
        printf("alert %zu: ok\n", v->read);
    return ST_OK;
}

static enum status verify_file(struct verifier *v, FILE *in, struct err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    enum status st = ST_OK;

    while (st == ST_OK && (n = getline(&line, &cap, in)) >= 0) {
        struct slice s = slice_trim((struct slice){ line, (size_t)n });

        if (s.n > 0)
            st = verify(v, s, err);
    }
    if (st == ST_OK && ferror(in))
        st = err_set(err, ST_RETRY, "%s", strerror(errno));
    free(line);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    const char *path = run->argc == 1 ? run->argv[0] : NULL;
    struct verifier v = { .verbosity = run->verbosity };
    FILE *in = NULL;
    enum status st;

    if (!path)
        return err_set(err, ST_FATAL, "usage: say which FILE, or - for stdin");
    in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!in)
        return err_set(err, ST_FATAL, "unavailable: %s: %s", path, strerror(errno));
    st = wire_new(NULL, &v.wire, err);
    v.arena = arena_new(64 << 20);
    if (st == ST_OK)
        st = v.arena ? verify_file(&v, in, err) : err_set(err, ST_FATAL, "out of memory");
    arena_free(v.arena);
    wire_free(v.wire);
    if (in != stdin)
        (void)fclose(in);
    if (st != ST_OK)
        return st;
    if (run->verbosity >= 0)
        printf("%zu alerts, %zu refused\n", v.read, v.refused);
    run->exit_code = v.refused > 0 ? 1 : 0;
    return ST_OK;
}

static const struct app app = {
    .name = "verify-alert",
    .args = "FILE",
    .summary = "recomputes every number of alerts (JSON lines) from the records alone",
    .examples = "  absa verify-alert alerts.jsonl\n"
                "  kcat -b localhost:9092 -t alerts-as-json -e | absa verify-alert -\n",
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
