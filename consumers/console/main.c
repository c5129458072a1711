/* SPDX-License-Identifier: MIT */
/* absa console: what the pipeline knows, as a page. */
#include "consumers/console/console.h"

static struct console_conf conf;
static struct kafka_topics topics;

static const struct conf_section sections[] = {
    { "Console", console_props, &conf },
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

/* Whose baseline and bundle it shows. */
static const char *const also[] = { "drift", "score", NULL };

static void check(struct conf *c)
{
    console_conf_check(c, &conf);
    kafka_conf_check(c);
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct console_args args = { &conf, &topics, run };

    return console_run(&args, err);
}

static const struct app app = {
    .name = "console",
    .summary = "a page that says what the pipeline knows: drift, alerts, what flows",
    .examples =
        "  absa console -X kafka.bootstrap.servers=localhost:9092\n"
        "  absa console -c absa.conf -X console.database='host=db dbname=absa user=reader'\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .also = also,
    .check = check,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
