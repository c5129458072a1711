/* SPDX-License-Identifier: MIT */
/* trained.h -- tells how far a baseline is from the data that its model was trained on
 * (drift/training.h). */
#ifndef CLI_TRAINED_H
#define CLI_TRAINED_H

#include "drift/baseline.h"

/* Compares b, made of in, with the baseline in the bundle's folder, and says on stderr what comes
 * of it unless verbosity is below 0. A bundle that has none of its own is no failure. ST_FATAL:
 * memory. */
MUST_USE enum status trained_on(struct baseline *b, const struct baseline_input *in,
                                const char *folder, int verbosity, struct err *err);

#endif
