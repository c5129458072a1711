/* SPDX-License-Identifier: MIT */
/* groups.h -- the groups of all receivers, each with memory of its own. */
#ifndef CONSUMERS_NOTIFY_GROUPS_H
#define CONSUMERS_NOTIFY_GROUPS_H

#include "notify/group.h"
#include "stage/out.h"

struct group {
    size_t receiver;
    struct notify row;    /* points into memory */
    struct arena *memory; /* owned              */
    bool dirty;           /* to be written before the next commit */
};

struct groups {
    struct group *v;
    size_t n;
    size_t max;
};

/* ST_FATAL: memory. */
MUST_USE enum status groups_init(struct groups *g, size_t max, struct err *err);
void groups_release(struct groups *g);

/* Forgets all. */
void groups_clear(struct groups *g);

/* NULL: there is none. */
struct group *groups_find(struct groups *g, size_t receiver, struct slice name);

/* Writes row (copied) over what group of its name the receiver has, or makes it;
 * *at may be NULL. ST_FATAL: memory, or more than max. */
MUST_USE enum status groups_put(struct groups *g, size_t receiver, const struct notify *row,
                                struct group **at, struct err *err);

/* Forgets one; those behind it move up. */
void groups_remove(struct groups *g, struct group *at);

/* Puts its row, or a tombstone when it is over, into absa.notify. */
MUST_USE enum status group_write(struct group *at, struct out *out, struct err *err);

#endif
