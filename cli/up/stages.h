/* SPDX-License-Identifier: MIT */
/* stages.h -- the broker and the stages of a run, as processes. */
#ifndef CLI_UP_STAGES_H
#define CLI_UP_STAGES_H

#include "app/app.h"
#include "cli/up/child.h"
#include "cli/up/watch.h"

struct stage_proc {
    const char *name;         /* "pane" */
    const char *command;      /* "drift" */
    bool takes[APP_LIST_MAX]; /* which of -X are for it */
    pid_t pid;                /* 0: it does not run     */
    int port;                 /* of its /metrics        */
    int64_t started_ms;
    int64_t restart_ms; /* when to start it again; 0: it runs */
    int in_row;         /* deaths, see decide.h */
    int restarts;
    bool beside; /* no stage: nothing depends on it, its port stays, its death ends no run */
};

struct stages {
    const struct app_run *run; /* -c and -X go on to those who know the names */
    const char *dir;           /* for logs and effective configurations       */
    const char *own_brokers;   /* -b, or what is configured; NULL: embedded   */
    char address[256];
    bool embedded;
    pid_t broker;
    int broker_stdin;
    bool own_key; /* dir/user.key is ours */
    bool no_console;
    struct stage_proc v[VIEW_STAGES_MAX + 1];
    size_t n;
    int exit_code; /* of the run, once a child ended it, and why */
    char why[5000];
};

/* Lists the stages, checks the configuration of each (into DIR/NAME.conf) and that
 * some program knows each -X. ST_FATAL with what the program said. */
MUST_USE enum status stages_prepare(struct stages *s, struct err *err);

/* Starts the embedded broker, or compares the topics with the plan. */
MUST_USE enum status stages_broker(struct stages *s, struct err *err);

/* Starts what is to run: all at first, later what waits for its restart. */
MUST_USE enum status stages_start(struct stages *s, struct err *err);

/* Looks who died. False: the run is over: s->why, s->exit_code. */
bool stages_tend(struct stages *s);

/* The port of the console's page; 0: there is none. */
int stages_console(const struct stages *s);

void stages_show(const struct stages *s, struct watch *w);

/* SIGTERM to each stage as the data flows, waiting for each; nothing is left. */
void stages_drain(struct stages *s);
void stages_stop_broker(struct stages *s);

#endif
