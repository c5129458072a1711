/* SPDX-License-Identifier: MIT */
/* crawls.h -- real comments as a raw topic: crawled files, each row at the time at
 * which it was written, some of them crawled again days later; each video over all
 * partitions, so that sources far apart meet downstream, each comment in one, and
 * all partitions end. */
#ifndef CRAWLS_H
#define CRAWLS_H

#include "check/log.h"

/* At most rows of each file. NULL: there is no shared data. */
struct check_log *crawls_log(const struct topology *topo, int rows);

#endif
