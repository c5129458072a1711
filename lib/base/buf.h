/* SPDX-License-Identifier: MIT */
/* buf.h -- a growable byte buffer with a named maximum (after curl's dynbuf).
 *
 * A write that would pass the maximum, or finds no memory, changes nothing and
 * marks the buffer as failed; every later write is refused too. So a run of
 * writes needs one check, at its end:
 *
 *     buf_str(&b, "{\"n\":");
 *     buf_fmt(&b, "%d", n);
 *     if (buf_failed(&b))
 *         return err_set(err, ST_FATAL, "...");
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct buf {
    char *p;
    size_t n;   /* bytes in use */
    size_t cap; /* bytes held   */
    size_t max; /* never more   */
    bool failed;
};

/* An empty buffer; allocates nothing yet. */
void buf_init(struct buf *b, size_t max);

/* Frees the bytes; the struct may be used again after buf_init(). */
void buf_release(struct buf *b);

/* Empties it and forgives a failure; keeps the memory. */
void buf_clear(struct buf *b);

bool buf_failed(const struct buf *b);

/* What was written, borrowed until the next write. */
struct slice buf_slice(const struct buf *b);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_slice_add(struct buf *b, struct slice s);
void buf_str(struct buf *b, const char *s);
void buf_byte(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "p 0.012" for name "p"; "p < 1e-300" where doubles end: nothing has a probability of 0. */
void buf_chance(struct buf *b, const char *name, double p);

/* n zero bytes to be filled by the caller; NULL when failed. */
char *buf_extend(struct buf *b, size_t n);

/* Cuts the buffer back to n bytes, n <= b->n. */
void buf_truncate(struct buf *b, size_t n);

#endif
