/* SPDX-License-Identifier: MIT */
#include "score/aspects.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define HALF_SATURATE 4.0 /* a clause is short: s / sqrt(s^2 + 4) */

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
        found = taxonomy_find(t, words, k + 1);
        if (found) {
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
