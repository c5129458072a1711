/* SPDX-License-Identifier: MIT */
/* find.h -- the programs that stand beside this one. */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include "base/err.h"

/* Becomes absa-<command> with argv (argv[0] is replaced), from the folder of the
 * running program, never by $PATH, so that a build tree and an installation do
 * not mix. Returns only on failure. */
enum status find_exec(const char *command, char **argv, struct err *err);

#endif
