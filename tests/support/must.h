/* SPDX-License-Identifier: MIT */
/* must.h -- what has to hold where cmocka is not: in fuzz targets and benchmarks. */
#ifndef MUST_H
#define MUST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

/* assert() that stands in every build. */
static inline void must(bool holds)
{
    if (!holds)
        abort();
}

/* Ends with 70, and says why, unless it went well. */
static inline void must_do(enum status st, const struct err *err)
{
    if (st == ST_OK)
        return;
    (void)fprintf(stderr, "%s\n", err->msg);
    exit(70);
}

/* What was made; ends with 70 when it was not. */
static inline void *must_have(void *p)
{
    if (!p)
        exit(70);
    return p;
}

#endif
