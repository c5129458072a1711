/* SPDX-License-Identifier: MIT */
#include "score/aspects.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "score/tsv.h"

#define ARENA_MAX     ((size_t)16 << 20)
#define HALF_SATURATE 4.0 /* a clause is short: s / sqrt(s^2 + 4) */

struct term {
    uint64_t key; /* hash of its stems; 0: free */
    struct slice category;
    struct slice term;
};

/* An open-addressing table of terms, at most half full. */
struct taxonomy {
    struct term *slots;
    size_t mask;
    struct arena *text;
};

/* Without a plural or possessive s: "prices", "price's" -> "price". */
static struct slice stem(struct slice w)
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
        h[i] = hash64(stem(words[i]));
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
        const char *sp = memchr(term.p, ' ', term.n);
        size_t len = sp ? (size_t)(sp - term.p) : term.n;

        if (n == TERM_WORDS_MAX || len == 0)
            return 0;
        words[n++] = (struct slice){ term.p, len };
        term.p += sp ? len + 1 : len;
        term.n -= sp ? len + 1 : len;
    }
    return n;
}

static enum status add_term(struct taxonomy *t, const struct tsv *line, struct err *err)
{
    struct slice words[TERM_WORDS_MAX];
    struct slice term;
    struct term *slot;
    size_t n;

    if (line->n != 2 || line->field[0].n == 0)
        return err_set(err, ST_FATAL, "line %zu: not a category, a TAB and a term", line->line);
    term = token_norm(line->field[1], t->text);
    if (!term.p)
        return err_set(err, ST_FATAL, "taxonomy: out of memory");
    n = words_of(term, words);
    if (n == 0)
        return err_set(err, ST_FATAL, "line %zu: a term has one to %d words", line->line,
                       TERM_WORDS_MAX);
    slot = slot_of(t, key_of(words, n));
    if (slot->key != 0)
        return err_set(err, ST_FATAL, "line %zu: the term %.*s stands there twice", line->line,
                       SLICE_ARG(term));
    slot->category = arena_copy(t->text, line->field[0]);
    if (!slot->category.p)
        return err_set(err, ST_FATAL, "taxonomy: out of memory");
    slot->key = key_of(words, n);
    slot->term = term;
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

/* The longest term that starts at token i; *n its tokens. NULL: none. */
static const struct term *match(const struct taxonomy *t, const struct tokens *tokens, size_t i,
                                size_t *n)
{
    struct slice words[TERM_WORDS_MAX];
    const struct term *best = NULL;

    for (size_t k = 0; k < TERM_WORDS_MAX && i + k < tokens->n; k++) {
        const struct token *tok = &tokens->v[i + k];
        const struct term *found;

        if (tok->kind != TOKEN_WORD && tok->kind != TOKEN_HASHTAG)
            break;
        words[k] = tok->norm;
        found = slot_of(t, key_of(words, k + 1));
        if (found->key != 0) {
            best = found;
            *n = k + 1;
        }
    }
    return best;
}

/* Whether a clause ends at token i. */
static bool ends_clause(const struct cued *c, size_t i)
{
    const struct token *t = &c->tokens.v[i];

    if (c->cues[i].contrasts)
        return true;
    if (t->kind != TOKEN_PUNCT)
        return false;
    for (size_t k = 0; k < t->text.n; k++) {
        if (t->text.p[k] != '\0' && strchr(".,;:!?", t->text.p[k]))
            return true;
    }
    return false;
}

/* Sentiment of the clause around the term at tokens first..end, the term itself
 * left out ("support" is a good word, and no praise of it); exclamation marks
 * right behind the clause belong to it. false: out of memory. */
static bool clause_sentiment(const struct cued *c, size_t first, size_t end, struct arena *a,
                             double *out)
{
    struct cued clause;
    size_t lo = first;
    size_t hi = end;
    double s;

    while (lo > 0 && !ends_clause(c, lo - 1))
        lo--;
    while (hi < c->tokens.n && !ends_clause(c, hi))
        hi++;
    while (hi < c->tokens.n && c->tokens.v[hi].kind == TOKEN_PUNCT &&
           c->tokens.v[hi].text.p[0] == '!')
        hi++;
    clause.tokens = (struct tokens){ c->tokens.v + lo, hi - lo };
    clause.cues = arena_array(a, hi - lo, sizeof(*clause.cues));
    if (!clause.cues)
        return false;
    memcpy(clause.cues, c->cues + lo, (hi - lo) * sizeof(*clause.cues));
    for (size_t i = first; i < end; i++)
        clause.cues[i - lo].valence = 0.0;
    s = valence_of(&clause, 0, hi - lo).strength;
    *out = s / sqrt(s * s + HALF_SATURATE);
    return true;
}

static bool seen(const struct aspect_list *list, const struct term *t)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i].term.p == t->term.p)
            return true;
    }
    return false;
}

enum status aspects_find(const struct taxonomy *t, const struct reading *r, struct arena *a,
                         struct aspect_list *out, struct err *err)
{
    const struct tokens *tokens = &r->cued.tokens;
    size_t n = 1;

    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < tokens->n && out->n < ASPECTS_MAX; i += n) {
        const struct term *found = match(t, tokens, i, &n);
        const struct token *last;
        double sentiment;

        if (!found)
            n = 1;
        if (!found || seen(out, found))
            continue;
        if (!out->v)
            out->v = arena_array(a, ASPECTS_MAX, sizeof(*out->v));
        if (!out->v)
            return err_set(err, ST_FATAL, "aspects: out of memory");
        if (!clause_sentiment(&r->cued, i, i + n, a, &sentiment))
            return err_set(err, ST_FATAL, "aspects: out of memory");
        last = &tokens->v[i + n - 1];
        out->v[out->n++] = (struct aspect){
            .category = found->category,
            .term = found->term,
            .start = (int32_t)(tokens->v[i].text.p - r->facts.text.p),
            .end = (int32_t)(last->text.p + last->text.n - r->facts.text.p),
            .sentiment = sentiment,
        };
    }
    return ST_OK;
}
