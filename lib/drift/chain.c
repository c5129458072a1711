/* SPDX-License-Identifier: MIT */
#include "drift/chain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum status chain_init(struct chain *c, int32_t parts, struct err *err)
{
    *c = (struct chain){ .parts = parts };
    c->next = calloc((size_t)parts, sizeof(*c->next));
    c->replay_next = calloc((size_t)parts, sizeof(*c->replay_next));
    if (!c->next || !c->replay_next) {
        chain_release(c);
        return err_set(err, ST_FATAL, "out of memory");
    }
    for (int32_t i = 0; i < parts; i++) {
        c->next[i] = -1;
        c->replay_next[i] = -1;
    }
    return ST_OK;
}

void chain_release(struct chain *c)
{
    free(c->links);
    free(c->replay_next);
    free(c->next);
    *c = (struct chain){ 0 };
}

/* Remembers a batch; moves the links to the front when that makes room. */
static enum status remember(struct chain *c, struct chain_link link, struct err *err)
{
    if (c->n == c->cap && c->first > c->cap / 2) {
        c->n -= c->first;
        memmove(c->links, c->links + c->first, c->n * sizeof(*c->links));
        c->first = 0;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 64 : c->cap * 2;
        struct chain_link *links = realloc(c->links, cap * sizeof(*links));

        if (!links)
            return err_set(err, ST_FATAL, "out of memory");
        c->links = links;
        c->cap = cap;
    }
    c->links[c->n++] = link;
    return ST_OK;
}

bool chain_is_gap(const struct chain *c, const struct pane *pane)
{
    return pane->part >= 0 && pane->part < c->parts && c->next[pane->part] >= 0 &&
           pane->from_offset > c->next[pane->part];
}

/* Says what does not fit, and which command goes on from there. */
static enum status refuse(const struct pane *p, int64_t next, struct err *err)
{
    if (p->from_offset > next) {
        return err_set(err, ST_FATAL,
                       "gap in scores partition %" PRId32 ": expected %" PRId64
                       ", a batch covers %" PRId64 "..%" PRId64 ": absa drift accept-gap %" PRId32
                       " %" PRId64 " %" PRId64 " goes on without, absa drift rewind counts again",
                       p->part, next, p->from_offset, p->to_offset, p->part, next, p->from_offset);
    }
    return err_set(err, ST_FATAL,
                   "overlap in scores partition %" PRId32 ": expected %" PRId64
                   ", a batch covers %" PRId64 "..%" PRId64 ": find who else writes absa.panes, "
                   "then absa drift rewind counts again",
                   p->part, next, p->from_offset, p->to_offset);
}

enum status chain_step(struct chain *c, int64_t offset, const struct pane *pane, bool *duplicate,
                       struct err *err)
{
    int64_t next;

    *duplicate = false;
    if (pane->part < 0 || pane->part >= c->parts)
        return err_set(err, ST_FATAL, "config: a batch of scores partition %" PRId32 " of %" PRId32,
                       pane->part, c->parts);
    if (pane->from_offset < 0 || pane->to_offset <= pane->from_offset)
        return err_set(err, ST_FATAL, "a batch covers %" PRId64 "..%" PRId64, pane->from_offset,
                       pane->to_offset);
    next = c->next[pane->part];
    if (next >= 0 && pane->to_offset <= next) {
        *duplicate = true;
        return ST_OK;
    }
    if (next >= 0 && pane->from_offset != next)
        return refuse(pane, next, err);
    c->next[pane->part] = pane->to_offset;
    return remember(c, (struct chain_link){ offset, pane->part, pane->to_offset }, err);
}

void chain_forget(struct chain *c, int64_t offset)
{
    for (; c->first < c->n && c->links[c->first].offset < offset; c->first++)
        c->replay_next[c->links[c->first].part] = c->links[c->first].to;
}
