/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of lib/app share. */
#ifndef APP_INNER_H
#define APP_INNER_H

#include "app/app.h"

enum app_mode {
    APP_RUN,
    APP_HELP,
    APP_VERSION,
    APP_CHECK,
    APP_PRINT,
    APP_SAMPLE,
    APP_SCHEMA,
    APP_DOC,
};

/* What the command line said. */
struct app_line {
    enum app_mode mode;
    const char *conf_file;
    struct app_list set; /* -X */
    struct conf_scope scope;
    struct app_run run;
    const struct app *app;
    struct app_taken *taken; /* configurations that a reload took over, the last first */
};

/* An option that every program has. */
struct app_common {
    const char *name;
    int letter;
    const char *arg;
    const char *doc;
    bool needs_conf;
    int code; /* the letter, or CODE_MODE + enum app_mode */
};

/* What getopt_long() gives: a letter; CODE_OWN + the row of an own option; CODE_LONG +
 * the code of a common one. */
enum { CODE_OWN = 1000, CODE_MODE = 2000, CODE_LONG = 4000 };

/* Ends with name == NULL. */
extern const struct app_common app_common_opts[];

/* Whether the program takes a common option, and has no own one in its place. */
bool app_takes(const struct app *app, const struct app_common *o);
bool app_takes_letter(const struct app *app, const struct app_common *o);

/* Reads the command line. ST_FATAL "usage: ...". */
MUST_USE enum status app_parse(const struct app *app, int argc, char **argv, struct app_line *line,
                               struct err *err);

/* Reads file, environment, -X and secret files. *conf is set also on failure, for its
 * errors (NULL only when memory is out). */
MUST_USE enum status app_load(const struct app *app, struct app_line *line, struct conf **conf,
                              struct err *err);

/* The halves of it: reads into the structs of c; checks, on the program's own structs,
 * what a table cannot. */
MUST_USE enum status app_read(const struct app *app, struct app_line *line, struct conf *c,
                              struct err *err);
MUST_USE enum status app_check(const struct app *app, struct conf *c, struct err *err);

/* Frees what app_reload() took over. */
void app_forget_reloads(struct app_line *line);

void app_print_help(const struct app *app, struct buf *out);

void app_catch_signals(unsigned drain_s);

#endif
