/* SPDX-License-Identifier: MIT */
#include "score/lexicon.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "score/tsv.h"

#define ARENA_MAX ((size_t)64 << 20)

struct entry {
    struct slice key; /* p == NULL: free */
    uint64_t hash;
    struct cue cue;
};

/* An open-addressing table, at most half full; the arena holds the keys. */
struct lexicon {
    struct entry *slots;
    size_t mask;
    size_t n;
    struct arena *keys;
};

enum { FIRST_SLOTS = 1024 };

struct lexicon *lexicon_new(void)
{
    struct lexicon *lex = calloc(1, sizeof(*lex));

    if (!lex)
        return NULL;
    lex->slots = calloc(FIRST_SLOTS, sizeof(*lex->slots));
    lex->mask = FIRST_SLOTS - 1;
    lex->keys = arena_new(ARENA_MAX);
    if (!lex->slots || !lex->keys) {
        lexicon_free(lex);
        return NULL;
    }
    return lex;
}

void lexicon_free(struct lexicon *lex)
{
    if (!lex)
        return;
    arena_free(lex->keys);
    free(lex->slots);
    free(lex);
}

/* The slot of a key: its own, or the free one where it would go. */
static struct entry *slot_of(struct entry *slots, size_t mask, uint64_t hash, struct slice key)
{
    size_t i = (size_t)hash & mask;

    while (slots[i].key.p && !(slots[i].hash == hash && slice_eq(slots[i].key, key)))
        i = (i + 1) & mask;
    return &slots[i];
}

static bool grow(struct lexicon *lex)
{
    size_t mask = 2 * lex->mask + 1;
    struct entry *slots = calloc(mask + 1, sizeof(*slots));

    if (!slots)
        return false;
    for (size_t i = 0; i <= lex->mask; i++) {
        const struct entry *e = &lex->slots[i];

        if (e->key.p)
            *slot_of(slots, mask, e->hash, e->key) = *e;
    }
    free(lex->slots);
    lex->slots = slots;
    lex->mask = mask;
    return true;
}

/* The cue of a key, made when there is none. */
static enum status entry_for(struct lexicon *lex, struct slice raw, struct cue **cue,
                             struct err *err)
{
    struct slice key = token_norm(raw, lex->keys);
    struct entry *e;
    uint64_t hash;

    if (!key.p)
        return err_set(err, ST_FATAL, "lexicon: out of memory");
    hash = hash64(key);
    e = slot_of(lex->slots, lex->mask, hash, key);
    if (!e->key.p) {
        if (lex->n >= LEXICON_ENTRIES_MAX)
            return err_set(err, ST_FATAL, "lexicon: more than %d entries", LEXICON_ENTRIES_MAX);
        if (2 * (lex->n + 1) > lex->mask && !grow(lex))
            return err_set(err, ST_FATAL, "lexicon: out of memory");
        e = slot_of(lex->slots, lex->mask, hash, key);
        e->key = key;
        e->hash = hash;
        lex->n++;
    }
    *cue = &e->cue;
    return ST_OK;
}

enum status lexicon_add_valences(struct lexicon *lex, struct slice tsv, struct err *err)
{
    struct tsv t = tsv_over(tsv);
    enum status st;
    struct cue *cue;
    double v;

    while (tsv_next(&t)) {
        if (t.n != 2 || t.field[0].n == 0 || !tsv_number(t.field[1], &v) || fabs(v) > VALENCE_MAX)
            return err_set(err, ST_FATAL, "line %zu: not a word, a TAB and a valence in -4..4",
                           t.line);
        st = entry_for(lex, t.field[0], &cue, err);
        if (st != ST_OK)
            return st;
        cue->valence = v;
    }
    return ST_OK;
}

enum status lexicon_add_cues(struct lexicon *lex, struct slice tsv, struct err *err)
{
    struct tsv t = tsv_over(tsv);
    enum status st;
    struct cue *cue;
    double w = 0.0;

    while (tsv_next(&t)) {
        bool boost = t.n == 3 && slice_is(t.field[1], "boost") && tsv_number(t.field[2], &w) &&
                     fabs(w) <= 1.0;
        bool negate = t.n == 2 && slice_is(t.field[1], "negate");
        bool contrast = t.n == 2 && slice_is(t.field[1], "contrast");

        if (t.field[0].n == 0 || !(boost || negate || contrast)) {
            return err_set(err, ST_FATAL,
                           "line %zu: not a word and boost (with -1..1), negate or contrast",
                           t.line);
        }
        st = entry_for(lex, t.field[0], &cue, err);
        if (st != ST_OK)
            return st;
        if (boost)
            cue->boost = w;
        cue->negates |= negate;
        cue->contrasts |= contrast;
    }
    return ST_OK;
}

/* What is known of a normal form; NULL: nothing. */
static const struct cue *find(const struct lexicon *lex, struct slice norm)
{
    const struct entry *e = slot_of(lex->slots, lex->mask, hash64(norm), norm);

    return e->key.p ? &e->cue : NULL;
}

struct cue lexicon_cue(const struct lexicon *lex, const struct token *t, struct arena *a)
{
    const struct cue *found = find(lex, t->norm);
    struct cue none = { 0 };

    for (size_t keep = 2; !found && t->elongated && keep > 0; keep--) {
        struct slice s = token_squeeze(t->norm, keep, a);

        found = s.p ? find(lex, s) : NULL;
    }
    if (found)
        return *found;
    none.negates =
        t->kind == TOKEN_WORD && t->norm.n > 3 && memcmp(t->norm.p + t->norm.n - 3, "n't", 3) == 0;
    return none;
}
