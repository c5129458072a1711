/* SPDX-License-Identifier: MIT */
/* inner.h -- what prepare.c and stages.c share. */
#ifndef CLI_UP_INNER_H
#define CLI_UP_INNER_H

#include "cli/up/stages.h"

enum { LAST_LINE = 300 }; /* bytes of what is told of a log */

/* DIR/NAME.SUFFIX */
void stages_path(const struct stages *s, const char *name, const char *suffix, char *out, size_t n);

/* The command line of p. */
void stages_words(const struct stages *s, const struct stage_proc *p, struct words *w);

/* Runs p's program with w, which is released; its output goes to DIR/NAME.conf. ST_FATAL with
 * the last line that it wrote to DIR/NAME.log when it fails. */
MUST_USE enum status stages_ask(const struct stages *s, const struct stage_proc *p, struct words *w,
                                struct err *err);

/* Finds out which -X are for p. */
MUST_USE enum status stages_learn(const struct stages *s, struct stage_proc *p, struct err *err);

#endif
