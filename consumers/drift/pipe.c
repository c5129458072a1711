/* SPDX-License-Identifier: MIT */
#include "consumers/drift/pipe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "drift/training.h"
#include "pipe/lines.h"
#include "report/words.h"

static enum status run_stages(const struct drift_conf *conf, const struct baseline *base,
                              struct wire *wire, struct pipe_lines *lines, struct err *err)
{
    const struct topology topo = pipe_topology();
    struct stage stages[2] = { { NULL, NULL }, { NULL, NULL } };
    enum status st = pane_stage_new(conf, wire, &topo, base, &stages[0], err);

    lines->stages = stages;
    lines->n = 2;
    lines->wire = wire;
    if (st == ST_OK)
        st = judge_stage_new(conf, wire, &topo, base, &stages[1], err);
    if (st == ST_OK)
        st = pipe_lines_run(lines, err);
    stage_close(&stages[1]);
    stage_close(&stages[0]);
    lines->stages = NULL;
    return st;
}

/* A baseline that is not of what came is no failure: in a stream such windows are set aside, too.
 * But whoever reads no alert here is to know that nobody looked. */
static void tell_of_stale(const struct baseline *base, const int64_t counted[COUNTER_N])
{
    const int64_t windows = counted[COUNTER_WINDOWS] - training_records(base);
    const char *by = counted[COUNTER_OTHER_BUNDLE] > 0 ? STALE_BY_BUNDLE : STALE_BY_AGE;
    struct buf line;

    buf_init(&line, 1 << 10);
    word_stale_windows(&line, counted[COUNTER_BASELINE_STALE], windows, slice_str(by));
    if (line.n > 0)
        fprintf(stderr, "warning: %.*s", (int)line.n, line.p);
    buf_release(&line);
}

enum status drift_run_pipe(const struct drift_conf *conf, const struct baseline *base,
                           const struct drift_files *files, struct err *err)
{
    int64_t counted[COUNTER_N] = { 0 };
    FILE *alerts = files->alerts ? fopen(files->alerts, "w") : NULL;
    struct pipe_lines lines = { .fd = STDIN_FILENO,
                                .to = { [TOPIC_WINDOWS] = stdout, [TOPIC_ALERTS] = alerts },
                                .dead_file = files->dead,
                                .arrival_ms = -1,
                                .stop = app_stop_flag(),
                                .counted = counted };
    struct wire *wire = NULL;
    enum status st;

    if (files->alerts && !alerts)
        return err_set(err, ST_FATAL, "config: --alerts %s: %s", files->alerts, strerror(errno));
    st = wire_new(NULL, &wire, err);
    if (st == ST_OK)
        st = run_stages(conf, base, wire, &lines, err);
    wire_free(wire);
    tell_of_stale(base, counted);
    if (alerts && fclose(alerts) != 0 && st == ST_OK)
        st = err_set(err, ST_RETRY, "%s: %s", files->alerts, strerror(errno));
    return st;
}
