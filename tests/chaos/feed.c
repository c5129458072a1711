/* SPDX-License-Identifier: MIT */
/* feed.c -- raw records into absa.raw, exactly as told, for the fault harness.
 *
 *     feed -b HOST:PORT [-X topic.prefix=p.] [-X raw.partitions=N]
 *
 * A line of stdin is "PART ARRIVAL VALUE": the partition, the header absa-arrival
 * ("-": none, so Kafka's own time counts) and the record. "PART end" ends a
 * partition (schemas/raw.md). The producer is idempotent: whatever the broker
 * suffers, record k of a partition is at offset k. Ends with 0 when all of it
 * is written. */
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "kafka/producer.h"
#include "kafka/topics.h"

static struct kafka_topics topics;
static const char *brokers;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { .name = NULL },
};

static enum status feed_line(struct kafka_producer *p, const char *topic, struct slice line,
                             struct err *err)
{
    int64_t part;
    const struct slice number = slice_cut(&line, ' ');
    const struct slice arrival = slice_cut(&line, ' ');
    const bool end = slice_is(arrival, "end");
    const struct hdr hdr = end ? (struct hdr){ slice_str("absa-kind"), arrival }
                               : (struct hdr){ slice_str("absa-arrival"), arrival };

    if (!slice_to_int64(number, &part) || part < 0 || part >= topics.raw_partitions)
        return err_set(err, ST_FATAL, "usage: a line does not begin with a partition");
    const struct kafka_rec rec = { .topic = topic,
                                   .part = (int32_t)part,
                                   .value = line,
                                   .hdr = &hdr,
                                   .nhdr = slice_is(arrival, "-") ? 0 : 1 };
    return kafka_producer_send(p, &rec, err);
}

static enum status feed_all(struct kafka_producer *p, const char *topic, struct err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    enum status st = ST_OK;

    while (st == ST_OK && (n = getline(&line, &cap, stdin)) > 0)
        st = feed_line(p, topic, (struct slice){ line, (size_t)n - (line[n - 1] == '\n') }, err);
    free(line);
    return st == ST_OK ? kafka_producer_flush(p, 300000, err) : st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct kafka_conf kafka = { 0 };
    const struct kafka_names names = kafka_names_make(topics.prefix);
    struct kafka_producer *producer = NULL;
    enum status st = kafka_conf_take(&kafka, run->conf, brokers, err);

    if (st == ST_OK)
        st = kafka_producer_new(&kafka, &producer, err);
    if (st == ST_OK)
        st = feed_all(producer, names.of[TOPIC_RAW], err);
    kafka_producer_free(producer);
    kafka_conf_release(&kafka);
    return st;
}

static const struct app app = {
    .name = "feed",
    .summary = "raw records into absa.raw, exactly as told",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
