/* SPDX-License-Identifier: MIT */
/* taxonomy.c -- terms by their stems, in a table. */
#include "score/taxonomy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "score/tsv.h"
#include "text/token.h"

#define ARENA_MAX ((size_t)16 << 20)

/* An open-addressing table of terms, at most half full. */
struct taxonomy {
    struct term *slots; /* of a key of 0: free */
    size_t mask;
    size_t n;
    struct arena *text;
};

struct slice taxonomy_stem(struct slice w)
{
    if (w.n > 3 && memcmp(w.p + w.n - 2, "'s", 2) == 0)
        return (struct slice){ w.p, w.n - 2 };
    if (w.n > 3 && w.p[w.n - 1] == 's' && w.p[w.n - 2] != 's' && w.p[w.n - 2] != 'u')
        return (struct slice){ w.p, w.n - 1 };
    return w;
}

/* Hash of the stems of n words; never 0. */
static uint64_t key_of(const struct slice *words, size_t n)
{
    uint64_t h[TERM_WORDS_MAX];

    for (size_t i = 0; i < n; i++)
        h[i] = hash64(taxonomy_stem(words[i]));
    return hash64((struct slice){ (const char *)h, n * sizeof(h[0]) }) | 1;
}

static struct term *slot_of(const struct taxonomy *t, uint64_t key)
{
    size_t i = (size_t)(key >> 1) & t->mask;

    while (t->slots[i].key != 0 && t->slots[i].key != key)
        i = (i + 1) & t->mask;
    return &t->slots[i];
}

/* Cuts a term at its spaces; 0: too many words, or none. */
static size_t words_of(struct slice term, struct slice words[TERM_WORDS_MAX])
{
    size_t n = 0;

    while (term.n > 0) {
        const struct slice word = slice_cut(&term, ' ');

        if (n == TERM_WORDS_MAX || word.n == 0)
            return 0;
        words[n++] = word;
    }
    return n;
}

/* A name that records, segments and metrics can carry. */
static enum status check_category(const struct tsv *line, struct err *err)
{
    struct slice name = line->field[0];
    bool plain = name.n <= CATEGORY_BYTES_MAX && utf8_valid(name);

    for (size_t i = 0; plain && i < name.n; i++)
        plain = (unsigned char)name.p[i] >= ' ' && name.p[i] != '\x7F';
    return plain ? ST_OK
                 : err_set(err, ST_FATAL,
                           "line %zu: a category is UTF-8 of at most %d bytes, without control "
                           "characters",
                           line->line, CATEGORY_BYTES_MAX);
}

static void put(struct taxonomy *t, const struct term *term)
{
    *slot_of(t, term->key) = *term;
    t->n++;
}

static enum status add_term(struct taxonomy *t, const struct tsv *line, struct err *err)
{
    struct slice words[TERM_WORDS_MAX];
    struct term term;
    size_t n;

    if (line->n != 2 || line->field[0].n == 0)
        return err_set(err, ST_FATAL, "line %zu: not a category, a TAB and a term", line->line);
    if (check_category(line, err) != ST_OK)
        return ST_FATAL;
    term.term = token_norm(line->field[1], t->text);
    term.category = arena_copy(t->text, line->field[0]);
    if (!term.term.p || !term.category.p)
        return err_set(err, ST_FATAL, "taxonomy: out of memory");
    n = utf8_valid(line->field[1]) ? words_of(term.term, words) : 0;
    if (n == 0)
        return err_set(err, ST_FATAL, "line %zu: a term has one to %d words", line->line,
                       TERM_WORDS_MAX);
    term.key = key_of(words, n);
    if (slot_of(t, term.key)->key != 0)
        return err_set(err, ST_FATAL, "line %zu: the term %.*s stands there twice", line->line,
                       SLICE_ARG(term.term));
    put(t, &term);
    return ST_OK;
}

static size_t count_lines(struct slice tsv)
{
    struct tsv t = tsv_over(tsv);
    size_t n = 0;

    while (tsv_next(&t))
        n++;
    return n;
}

enum status taxonomy_new(struct slice tsv, struct taxonomy **out, struct err *err)
{
    size_t n = count_lines(tsv);
    struct tsv lines = tsv_over(tsv);
    struct taxonomy *t;
    enum status st = ST_OK;
    size_t slots = 16;

    *out = NULL;
    if (n > TAXONOMY_TERMS_MAX)
        return err_set(err, ST_FATAL, "taxonomy: more than %d terms", TAXONOMY_TERMS_MAX);
    while (slots < 2 * n)
        slots *= 2;
    t = calloc(1, sizeof(*t));
    if (!t)
        return err_set(err, ST_FATAL, "taxonomy: out of memory");
    t->mask = slots - 1;
    t->slots = calloc(slots, sizeof(*t->slots));
    t->text = arena_new(ARENA_MAX);
    if (!t->slots || !t->text)
        st = err_set(err, ST_FATAL, "taxonomy: out of memory");
    while (st == ST_OK && tsv_next(&lines))
        st = add_term(t, &lines, err);
    if (st != ST_OK) {
        taxonomy_free(t);
        return st;
    }
    *out = t;
    return ST_OK;
}

void taxonomy_free(struct taxonomy *t)
{
    if (!t)
        return;
    arena_free(t->text);
    free(t->slots);
    free(t);
}

size_t taxonomy_n(const struct taxonomy *t)
{
    return t->n;
}

const struct term *taxonomy_next(const struct taxonomy *t, const struct term *after)
{
    size_t i = after ? (size_t)(after - t->slots) + 1 : 0;

    while (i <= t->mask && t->slots[i].key == 0)
        i++;
    return i <= t->mask ? &t->slots[i] : NULL;
}

const struct term *taxonomy_find(const struct taxonomy *t, const struct slice *words, size_t n)
{
    const struct term *found = slot_of(t, key_of(words, n));

    return found->key != 0 ? found : NULL;
}

/* Twice the slots. */
static enum status widen(struct taxonomy *t, struct err *err)
{
    struct taxonomy wide = { .mask = 2 * t->mask + 1, .text = t->text };

    wide.slots = calloc(wide.mask + 1, sizeof(*wide.slots));
    if (!wide.slots)
        return err_set(err, ST_FATAL, "taxonomy: out of memory");
    for (const struct term *k = taxonomy_next(t, NULL); k; k = taxonomy_next(t, k))
        put(&wide, k);
    free(t->slots);
    *t = wide;
    return ST_OK;
}

enum status taxonomy_add(struct taxonomy *t, struct slice category, struct slice word,
                         struct err *err)
{
    struct term term = { key_of(&word, 1), category, arena_copy(t->text, word) };
    enum status st = ST_OK;

    if (!term.term.p)
        return err_set(err, ST_FATAL, "taxonomy: out of memory");
    if (t->n == TAXONOMY_TERMS_MAX)
        return err_set(err, ST_FATAL, "taxonomy: more than %d terms", TAXONOMY_TERMS_MAX);
    if (2 * (t->n + 1) > t->mask)
        st = widen(t, err);
    if (st == ST_OK)
        put(t, &term);
    return st;
}
