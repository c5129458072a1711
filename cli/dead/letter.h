/* SPDX-License-Identifier: MIT */
/* letter.h -- dead letters: which of them, how they look, whether they can go back.
 *
 * Pure: what is read and written by cli/dead.c and cli/dead/requeue.c. The bytes of a
 * letter are somebody's text, so only show prints them, when asked, and so that they
 * can do nothing to a terminal. */
#ifndef CLI_DEAD_LETTER_H
#define CLI_DEAD_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/deadletter.h"
#include "stage/topic.h"

/* Which letters are meant; empty lists mean all. */
struct pick {
    const char *reason; /* NULL: any */
    const char *stage;  /* NULL: any */
    const int64_t *offsets;
    size_t n_offsets;
};

bool pick_takes(const struct pick *p, int64_t offset, const struct deadletter *l);

/* Letters by stage and reason, in order of appearance. */
enum { TALLY_MAX = 64, TALLY_NAME_MAX = 32 };
struct dead_tally {
    struct {
        char stage[TALLY_NAME_MAX];
        char reason[TALLY_NAME_MAX];
        int64_t n;
    } v[TALLY_MAX];
    size_t n;
    int64_t all;
};

void dead_tally_add(struct dead_tally *t, const struct deadletter *l);
void dead_tally_print(const struct dead_tally *t, struct buf *out);

/* One line: offset, stage, reason, where it came from, how long it is, why. */
void letter_line(int64_t offset, const struct deadletter *l, struct buf *out);

/* All fields, a line each; the value by its length and hash. */
void letter_fields(int64_t offset, const struct deadletter *l, struct buf *out);

/* The bytes that were kept: as text in which nothing acts, or as a hex dump. */
void letter_text(const struct deadletter *l, struct buf *out);
void letter_hex(const struct deadletter *l, struct buf *out);

/* Can a letter go back to where it came from? */
struct way_back {
    enum topic_id topic;
    const char *not_because; /* NULL: it can */
};

/* by_offset: it was named, not only met: then also what killed a process. source: the original
 * record is still in its topic, so that what was cut off can be had again. */
struct way_back letter_way_back(const struct deadletter *l, bool by_offset, bool source);

#endif
