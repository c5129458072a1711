/* SPDX-License-Identifier: MIT */
/* crawls.h -- real comments as a raw topic: three crawled files, each row at the
 * time at which it was written, over two partitions that both end. */
#ifndef CRAWLS_H
#define CRAWLS_H

#include "check/log.h"

/* At most rows of each file; NULL: there is no shared data. */
struct check_log *crawls_log(const struct topology *topo, int rows);

#endif
