/* SPDX-License-Identifier: MIT */
#include "score/reading.h"

#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "stats/xmath.h"
#include "text/utf8.h"

#define LN2 0.69314718055994530942

/* How often each of some strings occurs, in the order of first occurrence. */
struct bag {
    uint64_t *hash; /* open addressing: 0 is free                      */
    uint32_t *at;   /* position in counts                              */
    uint32_t *counts;
    size_t mask;
    size_t n;     /* different strings                               */
    size_t total; /* all of them                                     */
};

/* A bag for up to max strings. */
static bool bag_make(struct bag *b, size_t max, struct arena *a)
{
    size_t slots = 16;

    while (slots < 2 * max)
        slots *= 2;
    memset(b, 0, sizeof(*b));
    b->mask = slots - 1;
    b->hash = arena_array(a, slots, sizeof(*b->hash));
    b->at = arena_array(a, slots, sizeof(*b->at));
    b->counts = arena_array(a, max + 1, sizeof(*b->counts));
    return b->hash && b->at && b->counts;
}

static void bag_add(struct bag *b, struct slice s)
{
    uint64_t hash = hash64(s) | 1;
    size_t i = (size_t)(hash >> 1) & b->mask;

    while (b->hash[i] != 0 && b->hash[i] != hash)
        i = (i + 1) & b->mask;
    if (b->hash[i] == 0) {
        b->hash[i] = hash;
        b->at[i] = (uint32_t)b->n++;
    }
    b->counts[b->at[i]]++;
    b->total++;
}

/* Shannon entropy in bits: -sum p log2 p. */
static double bag_entropy(const struct bag *b)
{
    double h = 0.0;

    for (size_t i = 0; i < b->n; i++) {
        double p = (double)b->counts[i] / (double)b->total;

        h -= p * xlog(p) / LN2;
    }
    return h > 0.0 ? h : 0.0;
}

/* Walks the code points: counts, and the pieces between white space. */
static void read_chars(struct reading *r, struct bag *pieces, size_t max)
{
    struct slice text = r->facts.text;
    size_t start = 0;
    int32_t cp;

    for (size_t at = 0; at < text.n;) {
        size_t n = utf8_next(text, at, &cp);

        r->chars++;
        if (utf8_is_space(cp)) {
            r->spaces++;
            if (at > start && pieces->total < max)
                bag_add(pieces, (struct slice){ text.p + start, at - start });
            start = at + n;
        } else if (utf8_is_letter(cp)) {
            r->letters++;
            r->upper += utf8_is_upper(cp);
            r->latin += utf8_is_latin(cp);
        } else if (utf8_is_digit(cp)) {
            r->digits++;
        }
        r->exclamations += cp == '!' || cp == 0xFF01;
        r->questions += cp == '?' || cp == 0xFF1F;
        at += n;
    }
    if (start < text.n && pieces->total < max)
        bag_add(pieces, (struct slice){ text.p + start, text.n - start });
}

static size_t code_points(struct slice s)
{
    size_t n = 0;
    int32_t cp;

    for (size_t at = 0; at < s.n; n++)
        at += utf8_next(s, at, &cp);
    return n;
}

static void read_token(struct reading *r, const struct token *t, struct bag *types)
{
    switch (t->kind) {
    case TOKEN_WORD:
        r->words++;
        r->word_chars += code_points(t->text);
        r->shouted += t->shouted;
        r->elongated += t->elongated;
        bag_add(types, t->norm);
        break;
    case TOKEN_URL:
        r->urls++;
        break;
    case TOKEN_MENTION:
        r->mentions++;
        break;
    case TOKEN_HASHTAG:
        r->hashtags++;
        break;
    case TOKEN_EMOJI:
        r->emoji++;
        break;
    case TOKEN_EMOTICON:
        r->emoticons++;
        break;
    case TOKEN_PUNCT:
        r->punctuation += code_points(t->text);
        break;
    }
}

enum status reading_make(const struct facts *facts, const struct lexicon *lex, struct arena *a,
                         struct reading *out, struct err *err)
{
    struct tokens tokens;
    struct bag pieces;
    struct bag types;
    size_t max = facts->text.n / 2 + 1; /* pieces, and a space after each */

    if (max > TOKENS_MAX)
        max = TOKENS_MAX;
    memset(out, 0, sizeof(*out));
    out->facts = *facts;
    if (!tokens_make(facts->text, a, &tokens) || !valence_cues(lex, tokens, a, &out->cued) ||
        !bag_make(&types, tokens.n, a) || !bag_make(&pieces, max, a))
        return err_set(err, ST_FATAL, "out of memory for a comment of %zu bytes", facts->text.n);
    read_chars(out, &pieces, max);
    for (size_t i = 0; i < tokens.n; i++)
        read_token(out, &tokens.v[i], &types);
    out->types = types.n;
    out->entropy = bag_entropy(&pieces);
    out->valence = valence_of(&out->cued, 0, tokens.n);
    return ST_OK;
}

void reading_encode(struct reading *r, const struct vectors *vectors, const struct heads *heads)
{
    int32_t pieces[VECTORS_PIECES_MAX];
    size_t n = vectors_pieces(vectors, r->facts.text, pieces);

    heads_apply(heads, pieces, n, r->head);
}
