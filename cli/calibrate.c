/* SPDX-License-Identifier: MIT */
#include "cli/calibrate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "app/progress.h"
#include "consumers/drift/promise.h"
#include "drift/calibrate.h"

enum { THREADS_MAX = 16 };

/* What the threads share. */
struct crew {
    const struct calibrate *plan;
    struct calibration *out; /* each world has its own places */
    atomic_int next;         /* world to be played            */
    atomic_int begun;        /* stretches                     */
    pthread_t painter;       /* the thread that draws the bar */
    struct progress bar;
};

struct worker {
    struct crew *crew;
    pthread_t thread;
    bool started;
    enum status st;
    struct err err;
};

static bool go_on(void *ctx)
{
    struct crew *crew = ctx;
    int begun = atomic_fetch_add(&crew->begun, 1);

    if (pthread_equal(pthread_self(), crew->painter))
        progress_at(&crew->bar, begun, crew->plan->stretches);
    return !app_stopping();
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct crew *crew = w->crew;
    int world = atomic_fetch_add(&crew->next, 1);

    while (world < crew->plan->worlds && w->st == ST_OK) {
        w->st = calibrate_world(crew->plan, world, crew->out, &w->err);
        world = atomic_fetch_add(&crew->next, 1);
    }
    return NULL;
}

/* Ours is the first of the threads. */
static enum status play(const struct calibrate *planned, int verbosity, struct calibration *out,
                        struct err *err)
{
    struct calibrate plan = *planned;
    struct crew crew = { .plan = &plan,
                         .out = out,
                         .painter = pthread_self(),
                         .bar = progress_begin("calibrating", verbosity) };
    struct worker worker[THREADS_MAX] = { { 0 } };
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int n = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (int)processors;
    enum status st = ST_OK;

    plan.go_on = go_on;
    plan.ctx = &crew;
    for (int i = 0; i < n; i++)
        worker[i].crew = &crew;
    for (int i = 1; i < n; i++)
        worker[i].started = pthread_create(&worker[i].thread, NULL, work, &worker[i]) == 0;
    work(&worker[0]);
    for (int i = 1; i < n; i++)
        if (worker[i].started)
            pthread_join(worker[i].thread, NULL);
    progress_end(&crew.bar);
    for (int i = 0; i < n && st == ST_OK; i++) {
        st = worker[i].st;
        if (st != ST_OK)
            *err = worker[i].err;
    }
    return st;
}

static void tell_policy(const struct calibration *c, const char *name)
{
    const struct policy *policy = NULL;
    struct calibration_level level;
    struct err err = { { 0 } };

    if (policy_find(slice_str(name), &policy, &err) != ST_OK)
        return;
    level = calibration_level(c, policy, c->per_month);
    if (level.level > 0)
        fprintf(stderr, "  policy %s: evidence is q <= %.2g (95 %%: %.2g to %.2g)\n", name,
                level.level, level.low, level.high);
    else
        fprintf(stderr, "  policy %s: bounds hold, %d stretches of %d days cannot resolve so few\n",
                name, c->stretches, c->days);
}

static void tell(const struct calibration *c)
{
    const struct facet *season = c->settings.season;

    if (c->tail > 0)
        fprintf(stderr, "calibrated on %d days that differ, each against the others", c->stretches);
    else
        fprintf(stderr, "calibrated on %d stretches of %d days", c->stretches, c->days);
    fprintf(stderr, "%s%s, for %g false alarms a month:\n", season ? ", by " : "",
            season ? facet_name(season) : "", c->per_month);
    tell_policy(c, "significant");
    tell_policy(c, "early");
}

enum status calibrate_baseline(struct baseline *b, const struct baseline_input *in,
                               const int64_t *arrival_ms, const struct drift_conf *conf,
                               const struct calibrate_wish *wish, struct err *err)
{
    struct calibration *out = calloc(1, sizeof(*out));
    struct calibrate plan = { .in = in,
                              .arrival_ms = arrival_ms,
                              .base = b,
                              .settings = drift_settings(conf),
                              .stretches = (int32_t)wish->stretches,
                              .seed = wish->seed };
    enum status st = out ? drift_conf_check(conf, err) : err_set(err, ST_FATAL, "out of memory");

    if (st == ST_OK)
        st = drift_conf_check_scan(conf, err);
    if (st == ST_OK)
        st = calibrate_begin(&plan, err);
    if (st == ST_REJECT) { /* no reason to have no baseline */
        if (wish->verbosity >= 0)
            fprintf(stderr, "note: not calibrated, bounds keep drift.false_alarms_per_month: %s\n",
                    err->msg);
        st = ST_OK;
    } else if (st == ST_OK) {
        st = play(&plan, wish->verbosity, out, err);
        if (st == ST_OK) {
            calibrate_finish(&plan, conf->false_alarms, out);
            st = baseline_calibrated(b, out, err);
        }
        if (st == ST_OK && wish->verbosity >= 0)
            tell(out);
    }
    calibrate_end(&plan);
    free(out);
    return st;
}
