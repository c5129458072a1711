/* SPDX-License-Identifier: MIT */
#include "notify/group.h"

static bool copy_text(struct slice *s, struct arena *a)
{
    *s = arena_copy(a, *s);
    return s->p != NULL;
}

static bool copy_list(struct told_alert_list *l, struct arena *a)
{
    struct told_alert *v = arena_array(a, l->n + 1, sizeof(*v));
    bool ok = v != NULL;

    for (size_t i = 0; ok && i < l->n; i++) {
        v[i] = l->v[i];
        ok = copy_text(&v[i].alert_id, a) && copy_text(&v[i].value, a);
    }
    l->v = v;
    return ok;
}

static bool copy_strings(struct strings *l, struct arena *a)
{
    struct slice *v = arena_array(a, l->n + 1, sizeof(*v));
    bool ok = v != NULL;

    for (size_t i = 0; ok && i < l->n; i++) {
        v[i] = l->v[i];
        ok = copy_text(&v[i], a);
    }
    l->v = v;
    return ok;
}

enum status group_copy(const struct notify *g, struct arena *a, struct notify *out, struct err *err)
{
    *out = *g;
    if (copy_text(&out->receiver, a) && copy_text(&out->group, a) &&
        copy_text(&out->dedupe_key, a) && copy_text(&out->reason, a) && copy_list(&out->now, a) &&
        copy_list(&out->sending, a) && copy_strings(&out->alerts, a))
        return ST_OK;
    return err_set(err, ST_FATAL, "out of memory for a notification");
}
