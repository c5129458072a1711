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

/* The largest crawl as it stands in its file, by rank, and so crawled again and
 * again: so many plays, apart_ms from one's first row to the next one's, step_ms
 * from row to row. NULL: there is no shared data. */
struct check_log *crawls_played(const struct topology *topo, int plays, int64_t apart_ms,
                                int64_t step_ms);

#endif
