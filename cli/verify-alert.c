/* SPDX-License-Identifier: MIT */
/* absa verify-alert: does an alert say what its own evidence says? */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/arena.h"
#include "drift/alert.h"
#include "file/lines.h"

struct verifier {
    struct wire *wire;
    struct arena *arena; /* for one alert */
    int verbosity;
    size_t read;
    size_t refused;
};

static enum status verify(void *ctx, struct slice line, struct err *err)
{
    struct verifier *v = ctx;
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

static enum status run(struct app_run *run, struct err *err)
{
    const char *path = run->argc == 1 ? run->argv[0] : NULL;
    struct verifier v = { .verbosity = run->verbosity };
    enum status st;

    if (!path)
        return err_set(err, ST_FATAL, "usage: say which FILE, or - for stdin");
    if (strcmp(path, "-") == 0)
        path = "/dev/stdin";
    st = wire_new(NULL, &v.wire, err);
    v.arena = arena_new(64 << 20);
    if (st == ST_OK)
        st = v.arena ? file_lines(path, verify, &v, err) : err_set(err, ST_FATAL, "out of memory");
    arena_free(v.arena);
    wire_free(v.wire);
    if (st != ST_OK)
        return st;
    if (run->verbosity >= 0)
        printf("%zu alert%s, %zu refused\n", v.read, v.read == 1 ? "" : "s", v.refused);
    run->exit_code = v.refused > 0 ? 1 : 0;
    return ST_OK;
}

static const struct app app = {
    .name = "verify-alert",
    .args = "FILE",
    .summary =
        "Recomputes every number of alerts (JSON lines, as backtest, drift --pipe and tail -J\n"
        "write them) from the records alone. Exits with 1 when one is refused, and says\n"
        "which number it was.",
    .examples = "  absa verify-alert alerts.jsonl\n"
                "  absa tail -b localhost:9092 -o beginning -e -J | absa verify-alert -\n",
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
