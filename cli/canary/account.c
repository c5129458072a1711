/* SPDX-License-Identifier: MIT */
#include "cli/canary/account.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

static const char *const hop_names[HOP_N] = { "comments", "scores", "panes" };

enum status account_init(struct account *a, const char *run, size_t n, struct err *err)
{
    *a = (struct account){ .n = n };
    snprintf(a->run, sizeof(a->run), "%s", run);
    a->v = calloc(n + 1, sizeof(*a->v));
    return a->v ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

void account_release(struct account *a)
{
    free(a->v);
    *a = (struct account){ .n = 0 };
}

void account_id(const struct account *a, size_t i, char out[CANARY_ID_MAX])
{
    snprintf(out, CANARY_ID_MAX, "%s-%zu", a->run, i);
}

struct slice canary_value(const char *id, int64_t ms, char out[CANARY_VALUE_MAX])
{
    char when[TIME_INSTANT_LEN + 1];

    time_format_instant(ms, when);
    int n = snprintf(out, CANARY_VALUE_MAX,
                     "{\"comment_id\": \"canary-%s\", \"video_id\": \"canary-%s\", "
                     "\"comment_text\": \"a canary, not a comment\", \"timestamp\": \"%s\"}",
                     id, id, when);
    return (struct slice){ out, (size_t)n };
}

void account_sent(struct account *a, size_t i, int64_t now_ms)
{
    a->v[i].sent_ms = now_ms;
}

/* Which of ours an id names; NULL: none. */
static struct canary *find(struct account *a, struct slice id)
{
    const size_t n = strlen(a->run);
    int64_t i = 0;

    if (id.n <= n + 1 || memcmp(id.p, a->run, n) != 0 || id.p[n] != '-' ||
        !slice_to_int64((struct slice){ id.p + n + 1, id.n - n - 1 }, &i) || i < 0 ||
        (size_t)i >= a->n)
        return NULL;
    return &a->v[i];
}

void account_met(struct account *a, enum canary_hop hop, struct slice ids, int64_t now_ms)
{
    while (ids.n > 0) {
        struct canary *c = find(a, slice_cut(&ids, ','));

        if (!c)
            continue;
        if (c->times[hop]++ == 0) {
            c->seen_ms[hop] = now_ms;
            a->arrived += hop == HOP_PANES;
        }
    }
}

void account_dead(struct account *a, struct slice ids)
{
    while (ids.n > 0) {
        struct canary *c = find(a, slice_cut(&ids, ','));

        if (c)
            c->dead = true;
    }
}

bool account_complete(const struct account *a)
{
    size_t dead = 0;

    for (size_t i = 0; i < a->n; i++)
        dead += a->v[i].dead && a->v[i].times[HOP_PANES] == 0;
    return a->arrived + dead == a->n;
}

static int by_size(const void *x, const void *y)
{
    const int64_t *a = x;
    const int64_t *b = y;

    return (*a > *b) - (*a < *b);
}

static void hop_line(const struct account *a, int hop, struct buf *out)
{
    int64_t *ms = calloc(a->n + 1, sizeof(*ms));
    size_t n = 0;

    for (size_t i = 0; ms && i < a->n; i++) {
        if (a->v[i].times[hop] > 0)
            ms[n++] = a->v[i].seen_ms[hop] - a->v[i].sent_ms;
    }
    buf_fmt(out, "%-9s %4zu of %zu", hop_names[hop], n, a->n);
    if (n > 0) {
        qsort(ms, n, sizeof(*ms), by_size);
        buf_fmt(out, "   median %6" PRId64 " ms   longest %6" PRId64 " ms", ms[n / 2], ms[n - 1]);
    }
    buf_byte(out, '\n');
    free(ms);
}

/* What is wrong with one canary; NULL: nothing. */
static const char *fault(const struct canary *c, int *hop)
{
    if (c->dead)
        return "is a dead letter";
    for (*hop = 0; *hop < HOP_N; (*hop)++) {
        if (c->times[*hop] == 0)
            return "was not met in";
        if (c->times[*hop] > 1)
            return "was met more than once in";
    }
    return NULL;
}

bool account_report(const struct account *a, struct buf *out)
{
    bool well = true;

    for (int hop = 0; hop < HOP_N; hop++)
        hop_line(a, hop, out);
    for (size_t i = 0; i < a->n; i++) {
        char id[CANARY_ID_MAX];
        int hop = HOP_N;
        const char *what = fault(&a->v[i], &hop);

        if (!what)
            continue;
        well = false;
        account_id(a, i, id);
        buf_fmt(out, "%s %s%s%s\n", id, what, hop < HOP_N ? " absa." : "",
                hop < HOP_N ? hop_names[hop] : "");
    }
    return well;
}
