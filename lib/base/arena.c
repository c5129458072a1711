/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 64 * 1024 };

struct block {
    struct block *next;
    size_t cap;
    size_t used;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *first;
    struct block *at; /* blocks after it are empty */
    size_t max;
    size_t held; /* sum of cap over all blocks */
    size_t used;
};

struct arena *arena_new(size_t max)
{
    struct arena *a = calloc(1, sizeof(*a));

    if (a)
        a->max = max;
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->first; b;) {
        struct block *next = b->next;

        free(b);
        b = next;
    }
    free(a);
}

static struct block *add_block(struct arena *a, size_t n)
{
    size_t cap = n > BLOCK_MIN ? n : BLOCK_MIN;

    if (cap > a->max - a->held)
        cap = n;
    if (cap > a->max - a->held)
        return NULL;
    struct block *b = malloc(sizeof(*b) + cap);
    if (!b)
        return NULL;
    b->cap = cap;
    b->used = 0;
    a->held += cap;
    if (a->at) {
        b->next = a->at->next;
        a->at->next = b;
    } else {
        b->next = a->first;
        a->first = b;
    }
    return b;
}

static struct block *block_for(struct arena *a, size_t n)
{
    if (a->at && a->at->cap - a->at->used >= n)
        return a->at;
    struct block *next = a->at ? a->at->next : a->first;
    if (!next || next->cap < n)
        next = add_block(a, n);
    return next;
}

void *arena_alloc(struct arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);

    if (n > SIZE_MAX - align)
        return NULL;
    n = (n + align - 1) / align * align;
    struct block *b = block_for(a, n);
    if (!b)
        return NULL;
    void *p = b->data + b->used;
    b->used += n;
    a->at = b;
    a->used += n;
    return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
    void *p = arena_alloc(a, n);

    if (p)
        memset(p, 0, n);
    return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        return NULL;
    return arena_zalloc(a, n * size);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;

    if (!p)
        return (struct slice){ NULL, 0 };
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (struct slice){ p, s.n };
}

void arena_reset(struct arena *a)
{
    for (struct block *b = a->first; b; b = b->next)
        b->used = 0;
    a->at = NULL;
    a->used = 0;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
