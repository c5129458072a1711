/* SPDX-License-Identifier: MIT */
/* find.h -- the programs that stand beside this one. */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include <stdbool.h>

#include "base/err.h"

enum { FIND_PATH_MAX = 4096 };

/* The file of absa-<command>; false: there is none that can be run. */
bool find_program(const char *command, char path[FIND_PATH_MAX]);

/* Becomes absa-<command> with argv (argv[0] is replaced), from the folder of the
 * running program, never by $PATH, so that a build tree and an installation do
 * not mix. Returns only on failure. */
enum status find_exec(const char *command, char **argv, struct err *err);

#endif
