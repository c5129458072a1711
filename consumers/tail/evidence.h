/* SPDX-License-Identifier: MIT */
/* evidence.h -- why an alert fired, in a few lines under it. */
#ifndef TAIL_EVIDENCE_H
#define TAIL_EVIDENCE_H

#include "consumers/tail/line.h"

enum { EVIDENCE_BINS = 5, EVIDENCE_EXAMPLES = 5, EVIDENCE_OTHERS = 4 };

/* Appends both histograms by PSI bin, the bins that moved most, the distances,
 * the other features, the commands that show examples and explain them (where: their
 * options, with a space before each), the message, what to do, and an empty line. */
void evidence_add(const struct alert *al, const char *where, const struct style *style,
                  struct buf *out);

#endif
