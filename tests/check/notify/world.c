/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "support/check.h"

static uint64_t rnd(struct world *w, uint64_t n)
{
    w->rng = w->rng * 6364136223846793005u + 1442695040888963407u;
    return (w->rng >> 33) % n;
}

void world_init(struct world *w, uint64_t seed)
{
    *w = (struct world){ .rng = seed, .refuses = -1 };
    w->v = calloc(LETTERS_MAX, sizeof(*w->v));
    assert_non_null(w->v);
}

void world_release(struct world *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->v[i].text);
    free(w->v);
}

static void receive(struct world *w, const struct message *m)
{
    struct letter *l = &w->v[w->n++];

    assert_true(w->n < LETTERS_MAX);
    l->receiver = m->receiver;
    snprintf(l->key, sizeof(l->key), "%.*s", SLICE_ARG(m->key));
    l->hash = hash64(m->subject) * 31 + hash64(m->text) * 7 + hash64(m->html);
    l->text = calloc(1, m->text.n + 1);
    assert_non_null(l->text);
    memcpy(l->text, m->text.p, m->text.n);
}

void world_perform(void *ctx, const struct effect *e, struct effect_result *res)
{
    struct world *w = ctx;
    const struct message *m = e->what;
    uint64_t luck = w->fails ? rnd(w, 10) : 9;

    assert_true(slice_eq(e->key, m->key));
    res->how = EFFECT_SENT;
    if ((int)m->receiver == w->refuses)
        res->how = EFFECT_REFUSED;
    else if (luck < 4)
        res->how = EFFECT_RETRY;
    else if (luck == 4)
        res->how = EFFECT_HOLD;
    if (res->how == EFFECT_SENT || (res->how == EFFECT_RETRY && luck == 0))
        receive(w, m); /* told, and at luck 0 the answer was lost */
    if (res->how != EFFECT_SENT)
        snprintf(res->why, sizeof(res->why), "550 no such user");
    w->tries[res->how]++;
}

bool world_knows(const struct world *w, size_t receiver, const char *alert_id, int seq)
{
    char want[120];

    snprintf(want, sizeof(want), "alert_id   %s, seq %d\n", alert_id, seq);
    for (size_t i = 0; i < w->n; i++) {
        if (w->v[i].receiver == receiver && strstr(w->v[i].text, want))
            return true;
    }
    return false;
}

size_t world_duplicates(const struct world *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        bool seen = false;

        for (size_t k = 0; k < i; k++) {
            const struct letter *a = &w->v[i];
            const struct letter *b = &w->v[k];
            bool same_key = strcmp(a->key, b->key) == 0;

            if (a->receiver == b->receiver)
                assert_int_equal(same_key, a->hash == b->hash);
            else
                assert_false(same_key);
            seen |= same_key;
        }
        n += seen;
    }
    return n;
}
