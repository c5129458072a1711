/* SPDX-License-Identifier: MIT */
/* reload.c -- a new configuration for a program that runs. */
#include <stdlib.h>

#include "app/inner.h"
#include "conf/twin.h"

/* A twin whose values are in the program's structs, or were: others may have borrowed
 * strings of it, so it is kept to the end. */
struct app_taken {
    struct conf_twin *twin;
    struct app_taken *before;
};

/* What a comparison finds. */
struct findings {
    struct buf *what;
    struct buf *why;
    bool refused;
};

static void add(struct buf *list, const char *text)
{
    buf_fmt(list, "%s%s", list->n > 0 ? "; " : "", text);
}

static void find(void *ctx, const struct conf_change *change)
{
    struct findings *f = ctx;

    if (change->reload == CONF_LIVE) {
        add(f->what, change->name);
        buf_fmt(f->what, ": %s -> %s", change->before ? change->before : "(not there)",
                change->after ? change->after : "(not there)");
        return;
    }
    f->refused = true;
    add(f->why, change->name);
    buf_str(f->why, change->reload == CONF_RUN
                        ? " is part of what windows say and never changes under way: absa drift "
                          "rewind begins a run with it"
                        : " needs a restart");
}

/* The errors of c, or the one in err. */
static enum status refuse(const struct conf *c, const struct err *first, struct buf *why,
                          struct err *err)
{
    const char *msg = conf_error(c, 0);

    add(why, msg ? msg : first->msg);
    for (size_t i = 1; msg && (msg = conf_error(c, i)); i++)
        add(why, msg);
    return err_set(err, ST_REJECT, "the configuration is wrong");
}

static enum status try_out(struct app_run *run, struct conf_twin *twin, struct buf *what,
                           struct buf *why, struct err *err)
{
    struct app_line *line = run->line;
    struct conf *next = conf_twin_conf(twin);
    struct findings f = { what, why, false };
    struct err first = { 0 };

    if (app_read(line->app, line, next, &first) != ST_OK)
        return refuse(next, &first, why, err);
    conf_compare(run->conf, next, find, &f);
    if (f.refused)
        return err_set(err, ST_REJECT, "it changes what cannot change under way");
    if (what->n == 0)
        return ST_OK;
    conf_twin_exchange(twin);
    if (app_check(line->app, next, &first) != ST_OK) {
        conf_twin_exchange(twin);
        return refuse(next, &first, why, err);
    }
    return ST_OK;
}

enum status app_reload(struct app_run *run, struct buf *what, struct buf *why, struct err *err)
{
    struct app_line *line = run->line;
    struct conf_twin *twin = conf_twin_new(line->app->sections, line->app->pass_prefix);
    struct app_taken *taken = calloc(1, sizeof(*taken));
    enum status st = twin && taken ? ST_OK : err_set(err, ST_REJECT, "out of memory");

    if (st == ST_OK)
        st = try_out(run, twin, what, why, err);
    if (st != ST_OK || what->n == 0) {
        conf_twin_free(twin);
        free(taken);
        return st;
    }
    *taken = (struct app_taken){ twin, line->taken };
    line->taken = taken;
    run->conf = conf_twin_conf(twin);
    return ST_OK;
}

void app_forget_reloads(struct app_line *line)
{
    while (line->taken) {
        struct app_taken *t = line->taken;

        line->taken = t->before;
        conf_twin_free(t->twin);
        free(t);
    }
}
