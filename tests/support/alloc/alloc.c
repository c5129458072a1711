/* SPDX-License-Identifier: MIT */
#include "support/alloc/alloc.h"

#include "support/check.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "support/prop.h"

static long left;     /* allocations until one fails; 0: never */
static bool for_good; /* and all behind it                     */
static bool failed;

static bool fails(void)
{
    if (left == 0)
        return false;
    if (left > 1) {
        left--;
        return false;
    }
    failed = true;
    if (!for_good)
        left = 0;
    return true;
}

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): ld's names */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
    return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
    return fails() ? NULL : __real_strndup(s, n);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

void *alloc_real(size_t n)
{
    return __real_malloc(n);
}

void alloc_fail_at(long n)
{
    left = n;
    for_good = false;
    failed = false;
}

bool alloc_has_failed(void)
{
    left = 0;
    return failed;
}

/* Uses it once; the allocations that were made. */
static long count(const char *what, alloc_use *use, void *ctx)
{
    struct err err = { 0 };

    alloc_fail_at(LONG_MAX);
    enum status st = use(ctx, &err);
    long n = LONG_MAX - left;
    alloc_fail_at(0);
    if (st != ST_OK)
        fail_msg("%s: %s", what, err.msg);
    return n;
}

static void one(const char *what, alloc_use *use, void *ctx, long at, bool good)
{
    struct err err = { 0 };

    alloc_fail_at(at);
    for_good = good;
    enum status st = use(ctx, &err);
    if (!alloc_has_failed())
        fail_msg("%s: allocation %ld was not met", what, at);
    if (st != ST_FATAL || !err.msg[0])
        fail_msg("%s: allocation %ld failed%s: status %s, '%s'", what, at,
                 good ? " and all behind it" : "", status_name(st), err.msg);
}

long alloc_sweep(const char *what, alloc_use *use, void *ctx, int points)
{
    const long n = count(what, use, ctx);
    const long step = n / prop_begin(points).cases + 1;

    for (long at = 1; at <= n; at += step) {
        one(what, use, ctx, at, false);
        one(what, use, ctx, at, true);
    }
    (void)count(what, use, ctx); /* and it works again */
    print_message("%s: %ld allocations, each %ld. failed\n", what, n, step);
    return n;
}
