/* SPDX-License-Identifier: MIT */
/* feed.h -- files, one after the other, as raw records with their arrival. */
#ifndef PRODUCERS_IMPORT_FEED_H
#define PRODUCERS_IMPORT_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ingest/ingest.h"
#include "producers/import/split.h"

enum feed_arrival {
    FEED_NOW,     /* all of them arrive at now_ms, in the order of the files      */
    FEED_CREATED, /* as their comments were written, in that order (order.h)      */
    FEED_KAFKA,   /* when they are appended, as a scraper would post them: a -1   */
};

struct feed {
    char *const *paths; /* "-" is stdin */
    size_t n;
    enum feed_arrival arrival;
    int64_t now_ms;
    const struct ingest_rules *rules; /* FEED_CREATED reads times with them */

    /* Gets each record, borrowed. Another status than ST_OK ends the feed. */
    enum status (*take)(void *ctx, const struct raw_record *rec, int64_t arrival_ms,
                        struct err *err);
    /* Bytes read so far, of total (0: not known). May be NULL. */
    void (*progress)(void *ctx, int64_t done, int64_t total);
    void *ctx;
};

/* ST_FATAL "unavailable: ..." for a file that cannot be opened, before anything of
 * any file is taken. */
MUST_USE enum status feed_run(const struct feed *f, struct err *err);

#endif
