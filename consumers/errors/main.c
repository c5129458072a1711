/* SPDX-License-Identifier: MIT */
/* absa errors: labels in, the errors of the predictions that they judge out. */
#include <stdio.h>

#include "app/app.h"
#include "consumers/errors/config.h"
#include "service/consumer.h"

static struct errors_conf props;
static struct consumer consumer;

static const struct conf_section sections[] = {
    { "Errors", errors_props, &props },
    CONSUMER_SECTIONS(consumer),
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    CONSUMER_OPTS(consumer, "labels on stdin, their errors on stdout, no Kafka"),
    { .name = NULL },
};

static enum status make(void *ctx, struct wire *wire, const struct topology *topo,
                        struct stage *out, struct err *err)
{
    (void)ctx;
    return errors_stage_new(&props, wire, topo, out, err);
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct consumer_stage stage = { .make = make, .to = { [TOPIC_ERRORS] = stdout } };

    return consumer_run(&consumer, &stage, run, err);
}

static const struct app app = {
    .name = "errors",
    .summary = "Labels in, the errors of the predictions that they judge out: absa drift with\n"
               "topic.prefix=absa.errors. watches them as it watches scores.",
    .examples = "  absa errors -c absa.conf\n"
                "  absa label -n judged.csv | absa errors --pipe > errors.jsonl\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
