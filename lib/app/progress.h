/* SPDX-License-Identifier: MIT */
/* progress.h -- a bar on stderr, when that is a terminal and nobody said -q. */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* "reading" */
    bool shown;
    int64_t last_ms;
    int64_t start_ms;
};

struct progress progress_begin(const char *what, int verbosity);

/* done of total; cheap to call often: draws ten times a second at most. */
void progress_at(struct progress *p, int64_t done, int64_t total);

/* Wipes the bar, so that what follows starts on a clean line. */
void progress_end(struct progress *p);

#endif
