/* SPDX-License-Identifier: MIT */
/* absa ingest: raw records of any scraper in, comments out. */
#include <stdio.h>

#include "app/app.h"
#include "consumers/ingest/config.h"
#include "consumers/ingest/stage.h"
#include "service/consumer.h"

static struct ingest_props props;
static struct consumer consumer;

static const struct conf_section sections[] = {
    { "Ingest", ingest_props, &props },
    { "Times", ingest_times_props, &props.times },
    CONSUMER_SECTIONS(consumer),
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    CONSUMER_OPTS(consumer, "raw lines on stdin, comments on stdout, no Kafka"),
    { .name = NULL },
};

static enum status make(void *ctx, struct wire *wire, const struct topology *topo,
                        struct stage *out, struct err *err)
{
    return ingest_stage_new(ctx, wire, topo, out, err);
}

static enum status run(struct app_run *run, struct err *err)
{
    struct ingest_conf conf;
    const struct consumer_stage stage = { .make = make,
                                          .ctx = &conf,
                                          .to = { [TOPIC_COMMENTS] = stdout } };
    enum status st = ingest_conf_take(&props, consumer.pipe, &conf, err);

    if (st == ST_OK && consumer.pipe && props.user_key_file[0] == '\0' && run->verbosity >= 0)
        fputs("absa ingest: no ingest.user_key_file: users are named with an all-zero key\n",
              stderr);
    return st == ST_OK ? consumer_run(&consumer, &stage, run, err) : st;
}

static void check(struct conf *conf)
{
    ingest_props_check(&props, conf);
    kafka_conf_check(conf);
}

static const struct app app = {
    .name = "ingest",
    .summary = "raw records of any scraper in, comments out",
    .examples = "  absa ingest -c absa.conf\n"
                "  absa ingest --pipe < comments.jsonl\n",
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
