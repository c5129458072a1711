/* SPDX-License-Identifier: MIT */
#include "cli/explain/alert.h"

#include <string.h>

#define ARENA_MAX ((size_t)64 << 20)

enum status search_init(struct search *s, struct slice id, struct err *err)
{
    memset(s, 0, sizeof(*s));
    s->id = id;
    if (id.n < SEARCH_ID_MIN)
        return err_set(err, ST_FATAL, "usage: an alert's id, or its first %d characters or more",
                       SEARCH_ID_MIN);
    s->kept = arena_new(ARENA_MAX);
    s->spare = arena_new(ARENA_MAX);
    if (!s->kept || !s->spare)
        return err_set(err, ST_FATAL, "out of memory");
    return wire_new(NULL, &s->wire, err);
}

void search_release(struct search *s)
{
    arena_free(s->kept);
    arena_free(s->spare);
    wire_free(s->wire);
    memset(s, 0, sizeof(*s));
}

static bool begins(struct slice s, struct slice with)
{
    return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

static void keep(struct search *s, const struct alert *al)
{
    struct arena *free_now = s->kept;

    s->kept = s->spare;
    s->spare = free_now;
    s->alert = *al;
    s->found = true;
}

enum status search_offer(struct search *s, enum search_form form, struct slice record,
                         struct err *err)
{
    struct alert al;

    arena_reset(s->spare);
    enum status st = form == SEARCH_AVRO
                         ? wire_decode(s->wire, RECORD_ALERT, record, &al, s->spare, err)
                         : wire_from_json(s->wire, RECORD_ALERT, record, &al, s->spare, err);

    if (st != ST_OK || !begins(al.alert_id, s->id))
        return st;
    if (s->found && !slice_eq(al.alert_id, s->alert.alert_id))
        s->ambiguous = true;
    else if (!s->found || al.examples.n > 0 || s->alert.examples.n == 0)
        keep(s, &al);
    return ST_OK;
}

enum status search_result(const struct search *s, const struct alert **out, struct err *err)
{
    *out = &s->alert;
    if (s->found && !s->ambiguous)
        return ST_OK;
    if (s->ambiguous)
        return err_set(err, ST_REJECT, "several alerts begin with %.*s", SLICE_ARG(s->id));
    return err_set(err, ST_REJECT, "no alert %.*s", SLICE_ARG(s->id));
}
