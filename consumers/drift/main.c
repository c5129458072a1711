/* SPDX-License-Identifier: MIT */
/* absa drift: scores in, panes out (role pane); panes in, windows and alerts out
 * (role judge). With --pipe both in one process. */
#include "app/app.h"
#include "consumers/drift/config.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "consumers/drift/pipe.h"
#include "consumers/drift/way.h"
#include "drift/training.h"
#include "obs/log.h"
#include "service/service.h"

enum { SKEWED_NAMED = 5, NAMES_MAX = 1024 };

static struct drift_props props;
static struct kafka_topics topics;
static struct flow_conf consumer;
static bool pipe_mode;
static bool from_start;
static bool from_state;
static struct drift_files files;
static struct way_args way = { .props = &props, .topics = &topics };

static const struct conf_section sections[] = {
    { "Drift", drift_props, &props },
    { "Topics", kafka_topics_props, &topics },
    { "Consumer", flow_props, &consumer },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "pipe", 0, NULL, APP_FLAG, &pipe_mode, "scores on stdin, windows on stdout, no Kafka" },
    { "alerts", 0, "FILE", APP_STR, &files.alerts, "with --pipe: alerts go here" },
    { "dead", 0, "FILE", APP_STR, &files.dead, "with --pipe: dead letters go here" },
    { "from-start", 0, NULL, APP_FLAG, &from_start, "a log that was cut at its start is fine" },
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

static enum status run_kafka(const struct drift_conf *conf, const struct baseline *base,
                             struct app_run *run, struct err *err)
{
    const struct topology topo = kafka_topology(&topics);
    struct stage stage = { NULL, NULL };
    struct wire *wire = NULL;
    enum status st = wire_new(NULL, &wire, err);

    if (st == ST_OK && props.role == ROLE_PANE)
        st = pane_stage_new(conf, wire, &topo, base, &stage, err);
    else if (st == ST_OK)
        st = judge_stage_new(conf, wire, &topo, base, &stage, err);
    if (st == ST_OK && props.role == ROLE_JUDGE)
        tell_of_training(base);
    if (st == ST_OK) {
        const struct service service = { .consumer = &consumer,
                                         .topics = &topics,
                                         .from_start = from_start };
        st = service_run(&service, run, &stage, err);
    }
    stage_close(&stage);
    wire_free(wire);
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
        way.group = consumer.group;
        return way_run(&way, run, err);
    }
    if (run->dry_run)
        return err_set(err, ST_FATAL, "usage: -n goes with accept-gap or rewind");
    st = drift_baseline_load(&props, "", &base, err);

    if (st == ST_OK && pipe_mode)
        st = drift_run_pipe(&conf, base, &files, err);
    else if (st == ST_OK)
        st = run_kafka(&conf, base, run, err);
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
