/* SPDX-License-Identifier: MIT */
#include "service/service.h"

struct running {
    const struct service *service;
    struct app_run *run;
    struct stage *stage;
};

/* The stage anew, of properties that may have changed. Also when none did: files that they
 * name may have, and what is held is tried once more. */
static enum status make_stage(struct running *r, struct stage *stage, struct err *err)
{
    struct stage next = { NULL, NULL };
    enum status st = r->service->make(r->service->ctx, &next, err);

    if (st != ST_OK)
        return ST_FATAL;
    stage_close(r->stage);
    *r->stage = next;
    *stage = next;
    return ST_OK;
}

static enum status load(void *ctx, struct stage *stage, const struct conf **props, struct err *err)
{
    struct running *r = ctx;
    enum status st = service_reload(r->run, err);

    *props = r->run->conf;
    return st == ST_OK && r->service->make ? make_stage(r, stage, err) : st;
}

enum status service_run(const struct service *s, struct app_run *run, struct stage *stage,
                        struct err *err)
{
    struct app_orders *orders = app_take_orders();
    struct running running = { s, run, stage };
    const struct flow_reload reload = { &orders->reload, load, &running };
    const struct flow_args args = { .conf = s->consumer,
                                    .topics = s->topics,
                                    .props = run->conf,
                                    .stage = stage,
                                    .reload = &reload,
                                    .between = s->between,
                                    .effects = s->effects,
                                    .stop = app_stop_flag(),
                                    .report = &orders->report,
                                    .ending = app_ending,
                                    .version = app_version(),
                                    .verbosity = run->verbosity,
                                    .from_start = s->from_start };

    return flow_run(&args, err);
}
