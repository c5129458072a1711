/* SPDX-License-Identifier: MIT */
#include "cli/doctor/told.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static struct told_row *at(struct told *t, uint64_t key)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->v[i].key == key)
            return &t->v[i];
    }
    return NULL;
}

void told_take(struct told *t, struct slice key, const struct notify *now)
{
    const uint64_t hash = hash64(key);
    struct told_row *row = at(t, hash);

    if (!now && row)
        memmove(row, row + 1, (size_t)(&t->v[--t->n] - row) * sizeof(*row));
    if (now && !row && t->n < TOLD_MAX)
        row = &t->v[t->n++];
    if (!now || !row)
        return;
    *row = (struct told_row){ .key = hash, .state = now->state, .attempts = now->attempts };
    (void)snprintf(row->receiver, sizeof(row->receiver), "%.*s", SLICE_ARG(now->receiver));
    (void)snprintf(row->why, sizeof(row->why), "%.*s", SLICE_ARG(now->reason));
}

/* How much it wants a person. */
static int badness(const struct told_row *row)
{
    if (row->state == NOTIFY_HELD)
        return 3;
    if (row->state == NOTIFY_DEAD)
        return 2;
    return row->state == NOTIFY_SENDING && row->attempts > 0 ? 1 : 0;
}

static void say(const struct told_row *worst, int n, const char *how, struct report *report)
{
    static const char means[] = "held: waits for you; refused: the other side will never take it";
    static const enum finding_kind looks[] = { FOUND_OK, FOUND_WARN, FOUND_FAIL, FOUND_FAIL };
    const int bad = badness(worst);
    struct finding *f = report_add(report, looks[bad], worst->receiver, means);

    if (bad == 0)
        finding_value(f, "its last messages were taken, or are on their way");
    else if (bad == 1)
        finding_value(f, "%d message%s tried again, %d times so far: %s", n, n == 1 ? "" : "s",
                      (int)worst->attempts, worst->why);
    else
        finding_value(f, "%d message%s %s: %s", n, n == 1 ? "" : "s",
                      bad == 3 ? "held" : "refused for ever", worst->why);
    if (bad > 0)
        finding_fix(f, "absa notify --test %s%s%s", worst->receiver, how,
                    bad == 3   ? "   # once it is mended: start absa notify anew"
                    : bad == 2 ? "   # then the next one arrives; this one is in the dead letters"
                               : "");
}

void told_report(const struct told *t, const char *how, struct report *report)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct told_row *worst = &t->v[i];
        bool first = true;
        int n = 0;

        for (size_t k = 0; first && k < i; k++)
            first = strcmp(t->v[k].receiver, worst->receiver) != 0;
        if (!first)
            continue;
        for (size_t k = i; k < t->n; k++) {
            const struct told_row *other = &t->v[k];

            if (strcmp(other->receiver, t->v[i].receiver) != 0)
                continue;
            if (badness(other) > badness(worst)) {
                worst = other;
                n = 0;
            }
            n += badness(other) == badness(worst);
        }
        say(worst, n, how, report);
    }
}
