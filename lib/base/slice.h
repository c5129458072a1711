/* SPDX-License-Identifier: MIT */
/* slice.h -- bytes that somebody else owns.
 *
 * A slice borrows: whoever hands one out says how long the bytes live (until
 * the arena is reset, until process() returns, for ever). It is not
 * NUL-terminated and may hold any byte. { NULL, 0 } is the empty slice. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *p;
    size_t n;
};

/* For printf("%.*s", SLICE_ARG(s)); cut at 1 kB, so that a log line stays one. */
#define SLICE_ARG(s) (int)((s).n < 1024 ? (s).n : 1024), (s).p ? (s).p : ""

/* A slice over a NUL-terminated string; NULL gives the empty slice. */
struct slice slice_str(const char *s);

/* Same length, same bytes. */
bool slice_eq(struct slice a, struct slice b);

/* Equal to a NUL-terminated string. */
bool slice_is(struct slice a, const char *s);

/* memcmp() order, the shorter first on a tie: <0, 0, >0. */
int slice_cmp(struct slice a, struct slice b);

/* Without ASCII white space at either end. Borrows from s. */
struct slice slice_trim(struct slice s);

/* Cuts off *s what stands before its first byte at, and drops that byte; all of it when there is
 * none: then *s is empty, behind its last byte. Both borrow. O(n). */
struct slice slice_cut(struct slice *s, char at);

/* The whole of s as a decimal integer, with a minus at most; false when it is
 * none or does not fit. */
bool slice_to_int64(struct slice s, int64_t *n);

#endif
