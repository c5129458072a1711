/* SPDX-License-Identifier: MIT */
/* excerpt.h -- comments of a baseline, put together anew: which row, when, of which video. */
#ifndef DRIFT_EXCERPT_H
#define DRIFT_EXCERPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A comment of a stretch. */
struct excerpt_row {
    int64_t ms;     /* from the start of the stretch */
    uint64_t video; /* a hash                        */
    uint32_t row;   /* of the baseline               */
};

/* Owned by who fills it; zeroed at first. */
struct excerpt {
    struct excerpt_row *v;
    size_t n;
    size_t cap;
};

/* Room for so many more. ST_FATAL: memory. */
MUST_USE enum status excerpt_reserve(struct excerpt *s, size_t more, struct err *err);

/* Into the order of time. */
void excerpt_sort(struct excerpt *s);

void excerpt_release(struct excerpt *s);

#endif
