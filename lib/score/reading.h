/* SPDX-License-Identifier: MIT */
/* reading.h -- what one pass over a comment finds; the features are made of it. */
#ifndef SCORE_READING_H
#define SCORE_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "score/heads.h"
#include "score/lexicon.h"
#include "score/valence.h"
#include "score/vectors.h"

/* What is known of a comment when it arrives. Counts of likes and replies are
 * not: they grow later, and a model must not see them. */
struct facts {
    struct slice text; /* any bytes */
    bool is_reply;
};

struct reading {
    struct facts facts;
    struct cued cued; /* tokens and their cues, in the arena */

    size_t chars; /* code points, marks included                   */
    size_t letters, upper, latin, digits, spaces;
    size_t punctuation; /* signs that are neither space, word nor emoji  */
    size_t exclamations, questions;

    size_t words, word_chars, shouted, elongated;
    size_t urls, mentions, hashtags, emoji, emoticons;
    size_t types; /* different words, in lower case                */

    double entropy; /* of the pieces between white space, in bits    */
    struct valence valence;

    double head[HEAD_N];   /* what the vector of the text says; 0 without an encoder */
    double minilm[HEAD_N]; /* what MiniLM says; the same, and NaN where it was not asked */
};

/* Reads a comment. The reading borrows text and arena. ST_FATAL: memory.
 * O(bytes). */
MUST_USE enum status reading_make(const struct facts *facts, const struct lexicon *lex,
                                  struct arena *a, struct reading *out, struct err *err);

/* Adds what the vector of the text says. */
void reading_encode(struct reading *r, const struct vectors *vectors, const struct heads *heads);

#endif
