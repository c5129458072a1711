/* SPDX-License-Identifier: MIT */
/* alloc.h -- every allocation fails once, in turn.
 *
 * The linker's --wrap brings malloc, calloc, realloc, strdup and strndup of our
 * objects here. Those of shared libraries are left alone: avro-c does not promise
 * to survive that, and jansson fails an assertion of its own.
 *
 *     long n = alloc_sweep("judge", use_judge, &world, 400);
 *
 * runs use_judge() until it has met every failure (or so many, evenly spread): the
 * n-th allocation alone, and all from the n-th on. Each time it must say ST_FATAL
 * and why, and go on living; that it leaks nothing, the sanitizer tells. */
#ifndef SUPPORT_ALLOC_ALLOC_H
#define SUPPORT_ALLOC_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Makes something, works with it and frees it. */
typedef enum status alloc_use(void *ctx, struct err *err);

/* At most points places; PROP_CASES says otherwise. Returns how many allocations
 * there were; a failure of the test does not return. */
long alloc_sweep(const char *what, alloc_use *use, void *ctx, int points);

/* One that never fails: for json_set_alloc_funcs(), behind wire_new(). */
void *alloc_real(size_t n);

/* By hand: the n-th allocation from now on fails; 0: none. */
void alloc_fail_at(long n);

/* Has it failed? Ends the failing. */
bool alloc_has_failed(void);

#endif
