/* SPDX-License-Identifier: MIT */
/* token.h -- the tokens of social text.
 *
 *     "OMG this product is amaaazing!! :) <3 @shop https://x.y"
 *      OMG  this  product  is  amaaazing  !!  :)  <3  @shop  https://x.y
 *
 * Words are runs of letters, digits and combining marks with single
 * apostrophes and hyphens inside; an emoji is one token with all of its
 * modifiers; other signs make runs of punctuation. Any bytes give tokens. */
#ifndef TEXT_TOKEN_H
#define TEXT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

/* Text behind this many tokens is not looked at. */
enum { TOKENS_MAX = 4096 };

enum token_kind {
    TOKEN_WORD,
    TOKEN_EMOTICON,
    TOKEN_EMOJI,
    TOKEN_URL,
    TOKEN_MENTION,
    TOKEN_HASHTAG,
    TOKEN_PUNCT,
};

struct token {
    enum token_kind kind;
    bool shouted;      /* a word of two capitals or more, and no small letter    */
    bool elongated;    /* a letter three times or more in a row                  */
    bool spaced;       /* white space or the start of the text comes before it   */
    struct slice text; /* the bytes as written, borrowed from the text           */
    struct slice norm; /* lower case, typographic apostrophes and emoji
                          modifiers made plain; a hashtag without its sign       */
};

struct tokens {
    struct token *v;
    size_t n;
};

/* Cuts text, borrowed by the tokens. false: out of memory. O(bytes). */
bool tokens_make(struct slice text, struct arena *a, struct tokens *out);

/* The normal form of a token's text as tokens_make() gives it: for keys of
 * tables. p == NULL: out of memory. */
struct slice token_norm(struct slice text, struct arena *a);

/* norm with every run of one byte cut to at most keep: "coool" -> "cool", "col". */
struct slice token_squeeze(struct slice norm, size_t keep, struct arena *a);

#endif
