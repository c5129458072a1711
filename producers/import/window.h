/* SPDX-License-Identifier: MIT */
/* window.h -- a file seen through a window that grows only as far as it must. */
#ifndef PRODUCERS_IMPORT_WINDOW_H
#define PRODUCERS_IMPORT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct window {
    FILE *f; /* borrowed */
    struct buf bytes;
    size_t at;    /* bytes before it are done with              */
    bool eof;     /* bytes holds all that is left               */
    int64_t read; /* bytes taken from the file, for a progress bar */
};

/* max: bytes that are ever held at once. */
void window_init(struct window *w, FILE *f, size_t max);

void window_release(struct window *w);

/* What is in sight: borrowed until window_more(). */
struct slice window_view(const struct window *w);

/* The next n bytes are done with. */
void window_pass(struct window *w, size_t n);

/* Reads on, about as much again as is in sight, so that looking at it from its
 * start each time costs O(n) in all. *grown = false: the file is at its end, or
 * max bytes are in sight. ST_FATAL: the file cannot be read, or no memory. */
MUST_USE enum status window_more(struct window *w, bool *grown, struct err *err);

#endif
