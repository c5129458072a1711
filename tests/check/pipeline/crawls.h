/* SPDX-License-Identifier: MIT */
/* crawls.h -- real comments as a raw topic: crawled files, each row at the time at
 * which it was written, over all partitions, which all end. */
#ifndef CRAWLS_H
#define CRAWLS_H

#include <stdbool.h>

#include "check/log.h"

/* At most rows of each file; with updates also the file that has a comment twice
 * (which of two far sources comes first decides what is an update, and nothing
 * promises the same answer then). NULL: there is no shared data. */
struct check_log *crawls_log(const struct topology *topo, int rows, bool updates);

#endif
