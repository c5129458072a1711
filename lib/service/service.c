/* SPDX-License-Identifier: MIT */
#include "service/service.h"

enum status service_run(const struct service *s, const struct app_run *run, struct stage *stage,
                        struct err *err)
{
    struct app_orders *orders = app_take_orders();
    const struct flow_args args = { .conf = s->consumer,
                                    .topics = s->topics,
                                    .props = run->conf,
                                    .stage = stage,
                                    .effects = s->effects,
                                    .stop = app_stop_flag(),
                                    .report = &orders->report,
                                    .ending = app_ending,
                                    .version = app_version(),
                                    .verbosity = run->verbosity,
                                    .from_start = s->from_start };

    return flow_run(&args, err);
}
