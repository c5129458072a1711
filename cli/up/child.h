/* SPDX-License-Identifier: MIT */
/* child.h -- a program that was started from here.
 *
 * Each is a process group of its own, so that Ctrl-C in the terminal reaches us alone
 * and children are ended in order; and each dies with us, however we die. */
#ifndef CLI_UP_CHILD_H
#define CLI_UP_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/find.h"

enum { CHILD_WORDS_MAX = 256 };

/* A command line: words are borrowed but for those that were made. */
struct words {
    char *v[CHILD_WORDS_MAX + 1]; /* ends with NULL */
    int n;
};

/* Appends a copy of "fmt"; too many, or no memory: the list is marked and refused later. */
void words_add(struct words *w, const char *fmt, ...) PRINTF_LIKE(2, 3);
void words_release(struct words *w);

/* Where a child's standard streams go; -1: /dev/null. */
struct streams {
    int in, out, err;
};

/* Starts absa-COMMAND. ST_FATAL "unavailable: ...": it does not stand beside us. */
MUST_USE enum status child_start(const char *command, const struct words *w,
                                 const struct streams *s, pid_t *pid, struct err *err);

/* Starts it, and waits for its end: *status as waitpid() gives it. Output goes to the
 * files, which are made anew. */
MUST_USE enum status child_run(const char *command, const struct words *w, const char *out_path,
                               const char *err_path, int *status, struct err *err);

/* Has it ended? */
bool child_ended(pid_t pid, int *status);

/* SIGTERM, and SIGKILL when it has not ended after grace_ms. */
void child_stop(pid_t pid, int64_t grace_ms);

/* The last line of a log that is not empty, printable, cut to n bytes. */
void child_last_line(const char *path, char *out, size_t n);

/* A free port of 127.0.0.1, the one that is wished for (0: none is) if it is; 0: there is none. */
int child_free_port(uint16_t wish);

#endif
