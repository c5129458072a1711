/* SPDX-License-Identifier: MIT */
/* absa drift: scores in, panes out (role pane); panes in, windows and alerts out
 * (role judge). With --pipe both in one process. */
#include "app/app.h"
#include "consumers/drift/config.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "consumers/drift/pipe.h"
#include "consumers/drift/promise.h"
#include "consumers/drift/way.h"
#include "drift/training.h"
#include "obs/log.h"
#include "service/consumer.h"

enum { SKEWED_NAMED = 5, NAMES_MAX = 1024 };

static struct drift_props props;
static struct consumer consumer;
static bool from_state;
static const char *alerts_file;
static struct way_args way = { .props = &props, .topics = &consumer.topics };

static const struct conf_section sections[] = {
    { "Drift", drift_props, &props },
    CONSUMER_SECTIONS(consumer),
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    CONSUMER_OPTS(consumer, "scores on stdin, windows on stdout, no Kafka"),
    { "alerts", 0, "FILE", APP_STR, &alerts_file, "with --pipe: alerts go here" },
    { "from-state", 0, NULL, APP_FLAG, &from_state,
      "judge: go on from absa.state where the committed offset differs" },
    { "until", 0, "TIME", APP_STR, &way.until,
      "accept-gap: windows that begin before it say incomplete (default: as the log tells)" },
    { "to", 0, "TIME", APP_STR, &way.to, "rewind: count again from here, or from the start" },
    { "yes", 'y', NULL, APP_FLAG, &way.yes, "accept-gap, rewind: do not ask" },
    { .name = NULL },
};

/* Told at each start; absa.windows has it once a run (emit.c, judge_introduce()). */
static void tell_of_training(const struct baseline *base)
{
    struct buf names;

    if (training_skewed(base) == 0)
        return;
    buf_init(&names, NAMES_MAX);
    training_names(base, SKEWED_NAMED, &names);
    buf_byte(&names, '\0');
    log_warn(TRAINING_SENTENCE, LOG_INT("features", (int64_t)training_skewed(base)),
             LOG_STR("psi", buf_failed(&names) ? "" : names.p));
    buf_release(&names);
}

/* Told at each start: a baseline that was calibrated for other settings looks like any other. */
static void tell_of_promise(const struct drift_conf *conf, const struct baseline *base)
{
    struct promise promise;
    struct err ignored = { 0 }; /* the judge has looked at them before */

    if (drift_promise_of(conf, base, &promise, &ignored) != ST_OK || promise.none)
        return;
    if (promise.why)
        log_info("bounds keep drift.false_alarms_per_month", LOG_STR("why", promise.why));
    else
        log_info("the baseline's calibration keeps drift.false_alarms_per_month",
                 LOG_DOUBLE("level", promise.all.level));
}

/* What a stage of Kafka is made of. */
struct parts {
    const struct drift_conf *conf;
    const struct baseline *base;
};

static enum status make(void *ctx, struct wire *wire, const struct topology *topo,
                        struct stage *out, struct err *err)
{
    const struct parts *p = ctx;

    if (props.role == ROLE_PANE)
        return pane_stage_new(p->conf, wire, topo, p->base, out, err);
    enum status st = judge_stage_new(p->conf, wire, topo, p->base, out, err);
    if (st == ST_OK) {
        tell_of_training(p->base);
        tell_of_promise(p->conf, p->base);
    }
    return st;
}

static void check(struct conf *conf)
{
    drift_props_check(&props, "", conf);
    kafka_conf_check(conf);
}

static enum status run(struct app_run *run, struct err *err)
{
    struct baseline *base = NULL;
    struct drift_conf conf = drift_conf_take(&props);
    enum status st;

    conf.from_state = from_state;
    if (run->argc > 0) {
        way.group = consumer.flow.group;
        return way_run(&way, run, err);
    }
    if (run->dry_run)
        return err_set(err, ST_FATAL, "usage: -n goes with accept-gap or rewind");
    st = drift_baseline_load(&props, "", &base, err);

    if (st == ST_OK && consumer.pipe) {
        const struct drift_files files = { alerts_file, consumer.dead_file };
        st = drift_run_pipe(&conf, base, &files, err);
    } else if (st == ST_OK) {
        struct parts parts = { &conf, base };
        const struct consumer_stage stage = { .make = make, .ctx = &parts };
        st = consumer_run(&consumer, &stage, run, err);
    }
    baseline_free(base);
    return st;
}

static const struct app app = {
    .name = "drift",
    .args = "[accept-gap PART FROM TO | rewind --to TIME]",
    .summary = "scores in, windows and alerts out",
    .examples =
        "  absa drift -c absa.conf -X drift.role=pane\n"
        "  absa drift -c absa.conf -X drift.role=judge\n"
        "  absa drift accept-gap -c absa.conf -n 2 81207 81344\n"
        "  absa drift rewind -c absa.conf -n --to 2025-07-23T14:00:00Z\n"
        "  absa drift --pipe --alerts alerts.jsonl -X drift.baseline=b.json < scores.jsonl\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .has_dry_run = true,
    .check = check,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
