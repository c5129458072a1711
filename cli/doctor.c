/* SPDX-License-Identifier: MIT */
/* doctor.c -- absa doctor: is all that the pipeline needs there and right?
 *
 * Looks at the machine, the model, the database, the cluster and the work in it, and says of
 * each what it found, what that means and which command helps. It changes
 * nothing, but for one empty transaction that proves that there can be some. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "cli/doctor/checks.h"
#include "consumers/notify/config.h"
#include "consumers/sink/config.h"
#include "obs/log.h"

enum { OUTPUT_MAX = 1 << 20 };

static struct doctor doctor = { .same_conf = "", .same = "", .dir = ".", .timeout_ms = 5000 };
static const char *brokers;
static bool json;

static struct notify_props notify;
static struct receivers receivers;
static struct sink_conf sink;

/* Those of the whole pipeline: one file can be for all. */
static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &pipeline_conf.topics },
    { "Ingest", ingest_props, &pipeline_conf.ingest },
    { "Times", ingest_times_props, &pipeline_conf.ingest.times },
    { "Score", score_props, &pipeline_conf.score },
    { "Model", model_props, &pipeline_conf.model },
    { "MLflow", mlflow_props, &pipeline_conf.mlflow },
    { "Drift", drift_props, &pipeline_conf.drift },
    { "Notify", notify_props, &notify },
    { "Receiver", receiver_props, &receivers.family },
    { "Database", sink_database_props, &sink },
    { NULL, NULL, NULL },
};

static const char *const programs[] = { "ingest", "score", "drift", "notify", "sink", NULL };

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "dir", 'd', "DIR", APP_STR, &doctor.dir, "where the programs run (default: here)" },
    { "timeout", 0, "TIME", APP_MS, &doctor.timeout_ms, "wait for Kafka so long (default 5s)" },
    { "json", 'J', NULL, APP_FLAG, &json, "print one JSON object" },
    { .name = NULL },
};

/* What was found since the last time, for people. */
static void show(struct buf *out, bool at_end)
{
    if (json)
        return;
    buf_clear(out);
    report_text(&doctor.report, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"), out);
    if (at_end)
        report_summary(&doctor.report, out);
    fwrite(out->p, 1, out->n, stdout);
    (void)fflush(stdout);
}

/* The options that others want to be given too, so that what helps can be pasted. */
static void make_same(const char *conf_file)
{
    static char conf[PATH_MAX + 8];
    static char all[sizeof(conf) + 512];
    const char *prefix = pipeline_conf.topics.prefix;
    const bool usual = strcmp(prefix, "absa.") == 0;

    if (conf_file)
        (void)snprintf(conf, sizeof(conf), " -c %s", conf_file);
    (void)snprintf(all, sizeof(all), "%s%s%.200s%s%.200s", conf, brokers ? " -b " : "",
                   brokers ? brokers : "", usual ? "" : " -X topic.prefix=", usual ? "" : prefix);
    doctor.same_conf = conf;
    doctor.same = all;
}

static void look(struct buf *out)
{
    check_machine(&doctor);
    show(out, false);
    check_model(&doctor);
    show(out, false);
    check_receivers(&doctor);
    show(out, false);
    check_database(&doctor);
    show(out, false);
    if (check_kafka(&doctor)) {
        show(out, false);
        check_work(&doctor);
    }
    show(out, true);
}

static enum status run(struct app_run *run, struct err *err)
{
    struct buf out;
    enum status st = ST_OK;

    if (run->argc > 0)
        return err_set(err, ST_FATAL, "usage: takes no argument, but got %.60s", run->argv[0]);
    log_setup(run->verbosity > 0 ? LOG_INFO : LOG_ERROR, LOG_LOGFMT, "doctor", NULL);
    buf_init(&out, OUTPUT_MAX);
    doctor.conf = &pipeline_conf;
    doctor.names = kafka_names_make(pipeline_conf.topics.prefix);
    make_same(run->conf_file);
    doctor.notify = &notify;
    doctor.receivers = &receivers;
    doctor.sink = &sink;
    st = kafka_conf_take_any(&doctor.kafka, run->conf, brokers, err);
    if (st == ST_OK && run->verbosity <= 0)
        st = kafka_conf_set(&doctor.kafka, "log_level", "0", err); /* we say it */
    if (st == ST_OK)
        look(&out);
    if (st == ST_OK && json) {
        st = report_json(&doctor.report, &out, err);
        if (st == ST_OK)
            st = app_print(&out, err);
    }
    kafka_admin_free(doctor.admin);
    kafka_conf_release(&doctor.kafka);
    buf_release(&out);
    run->exit_code = report_exit_code(&doctor.report);
    return st;
}

static const struct app app = {
    .name = "doctor",
    .summary = "is all that the pipeline needs there and right, and what helps if not",
    .examples = "  absa doctor\n"
                "  absa doctor -b localhost:9092 -X ingest.user_key_file=user.key\n"
                "  absa doctor -b localhost:9092 --json\n",
    .sections = sections,
    .also = programs,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    receivers_init(&receivers);
    return app_main(&app, argc, argv);
}
