/* SPDX-License-Identifier: MIT */
/* valence.h -- the sentiment that the words themselves carry.
 *
 * After the idea of VADER (Hutto and Gilbert, ICWSM 2014): a word's valence is
 * raised by boosters and capitals and turned by a negation within the three
 * words before it; after a contrast ("but") words weigh more, before it less;
 * exclamation marks add strength. */
#ifndef SCORE_VALENCE_H
#define SCORE_VALENCE_H

#include <stddef.h>

#include "score/lexicon.h"
#include "text/token.h"

struct valence {
    double sum;      /* over the hits, in the lexicon's unit (-4..4 a word) */
    double max, min; /* of one hit; 0 without any                           */
    double last;     /* the last hit                                        */
    double emoji;    /* sum over emoji and emoticons                        */
    double strength; /* sum with contrast and exclamation                   */
    double compound; /* strength squeezed into -1..1                        */
    size_t hits, positive, negative;
    size_t negations, boosters, contrasts;
};

/* Tokens with what the lexicon knows of each, looked up once. */
struct cued {
    struct tokens tokens;
    struct cue *cues; /* one a token */
};

/* Looks each token up. false: out of memory. */
bool valence_cues(const struct lexicon *lex, struct tokens tokens, struct arena *a,
                  struct cued *out);

/* The valence of the tokens lo <= i < hi. */
struct valence valence_of(const struct cued *c, size_t lo, size_t hi);

#endif
