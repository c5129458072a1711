/* SPDX-License-Identifier: MIT */
/* absa sink: windows, alerts, scores, labels in, rows of PostgreSQL out. */
#include "consumers/sink/sink.h"

static struct sink_conf conf;
static struct kafka_topics topics;
static bool migrate;
static bool from_start;

static const struct conf_section sections[] = {
    { "Database", sink_database_props, &conf },
    { "Sink", sink_props, &conf },
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "migrate", 0, NULL, APP_FLAG, &migrate,
      "make or change the tables, as their owner, and end; a newer database is refused (78)" },
    { "from-start", 0, NULL, APP_FLAG, &from_start,
      "go on behind records that were deleted before they were read" },
    { .name = NULL },
};

static void check(struct conf *c)
{
    sink_conf_check(c, &conf);
    kafka_conf_check(c);
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct sink_args args = { &conf, &topics, run, from_start };

    return migrate ? sink_migrate(&conf, err) : sink_run(&args, err);
}

static const struct app app = {
    .name = "sink",
    .summary = "windows, alerts, scores and labels into PostgreSQL",
    .examples = "  absa sink --migrate -X sink.database='host=db dbname=absa user=owner'\n"
                "  absa sink -c absa.conf -X kafka.bootstrap.servers=localhost:9092\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .check = check,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
