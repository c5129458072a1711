/* SPDX-License-Identifier: MIT */
/* The keys of absa.state: a kind, and what it is of. */
#include <inttypes.h>
#include <stdio.h>

#include "consumers/drift/judge_inner.h"

static struct slice key_of(char *out, const char *kind, struct slice name)
{
    int n = snprintf(out, STATE_KEY_MAX, "%s%.*s", kind, (int)name.n, name.n ? name.p : "");

    return (struct slice){ out, (size_t)n };
}

struct slice state_key_pane(char *out, int64_t start_ms, struct slice segment)
{
    char kind[48];

    (void)snprintf(kind, sizeof(kind), "pane|%" PRId64 "|", start_ms);
    return key_of(out, kind, segment);
}

struct slice state_key_overtaken(char *out, struct slice segment)
{
    return key_of(out, "overtaken|", segment);
}

struct slice state_key_scan(char *out, struct slice segment)
{
    return key_of(out, "scan|", segment);
}

struct slice state_key_lesson(char *out, struct slice segment)
{
    return key_of(out, "lesson|", segment);
}

struct slice state_key_alert(char *out, const char *rule, struct slice segment)
{
    char kind[48];

    (void)snprintf(kind, sizeof(kind), "alert|%s|", rule);
    return key_of(out, kind, segment);
}
