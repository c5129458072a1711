/* SPDX-License-Identifier: MIT */
/* broker.c -- absa broker: the embedded broker in a process of its own.
 *
 * Prints its address once every topic is there, and lives as long as its standard
 * input is open: who started it holds the other end of a pipe. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "kafka/embedded.h"

static struct kafka_topics topics;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

/* Until stdin ends, or a signal. */
static enum status wait_for_end(struct err *err)
{
    char ignored[256];

    while (!app_stopping()) {
        struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

        if (poll(&p, 1, -1) < 0 && errno != EINTR)
            return err_set(err, ST_FATAL, "poll: %s", strerror(errno));
        if (p.revents != 0 && read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
            break;
    }
    return ST_OK;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct kafka_embedded *broker;
    enum status st = kafka_embedded_start(&topics, &broker, err);

    (void)run;
    if (st == ST_OK) {
        puts(kafka_embedded_address(broker));
        fflush(stdout);
        st = wait_for_end(err);
    }
    kafka_embedded_stop(broker);
    return st;
}

static const struct app app = {
    .name = "broker",
    .summary =
        "a broker in memory, with every topic, for demonstrations and tests; it prints its\n"
        "address and ends when its standard input does. It is no Apache Kafka: one life, one\n"
        "process a stage, 5 MiB a partition, no time of its own (see absa-up(1))",
    .examples = "  sleep 600 | absa broker\n"
                "  sleep 600 | absa broker -c absa.conf -X raw.partitions=3\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
