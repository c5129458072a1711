/* SPDX-License-Identifier: MIT */
/* arena.h -- memory that is given back all at once.
 *
 * A batch allocates from an arena and the host resets it after the commit, so
 * nothing in a batch is freed by hand and nothing can leak past it. Blocks are
 * kept over a reset: a warm arena does not call malloc().
 *
 *     struct arena *a = arena_new(64 << 20);
 *     struct comment *c = arena_zalloc(a, sizeof(*c));
 *     ...
 *     arena_reset(a);
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

struct arena;

/* Makes an arena that never holds more than max bytes. NULL: out of memory. */
struct arena *arena_new(size_t max);

/* NULL is fine. */
void arena_free(struct arena *a);

/* n bytes aligned for any type, uninitialised; NULL if memory or max is out.
 * n == 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n);

/* As arena_alloc(), zeroed. */
void *arena_zalloc(struct arena *a, size_t n);

/* A zeroed array; NULL also when n * size overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);

/* A copy of s, NUL-terminated behind its end. p == NULL: out of memory. */
struct slice arena_copy(struct arena *a, struct slice s);

/* Forgets everything that was handed out; keeps the blocks. */
void arena_reset(struct arena *a);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#endif
