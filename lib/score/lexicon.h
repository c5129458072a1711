/* SPDX-License-Identifier: MIT */
/* lexicon.h -- what words, emoticons and emoji say by themselves.
 *
 * A lexicon is filled from the tables of a bundle, TAB-separated lines:
 *
 *     lexicon.tsv, emoji.tsv, words.tsv    amazing  2.8        valence, -4..4
 *     cues.tsv                             very     boost  0.3
 *                                          not      negate
 *                                          but      contrast
 *
 * A later table overrides an earlier one. Keys are compared in the normal form
 * of text/token.h. */
#ifndef SCORE_LEXICON_H
#define SCORE_LEXICON_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "text/token.h"

enum { LEXICON_ENTRIES_MAX = 200000, VALENCE_MAX = 4 };

/* What is known of a word; zeroed: nothing. */
struct cue {
    double valence; /* -4..4; 0: none                               */
    double boost;   /* how much stronger it makes what follows      */
    bool negates;   /* turns what follows around                    */
    bool contrasts; /* what follows weighs more than what came before */
};

struct lexicon;

/* An empty lexicon. NULL: out of memory. */
struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *lex);

/* Adds a table of "key TAB valence" lines. ST_FATAL: a line that is not so
 * ("line 3: ..."), or memory. */
MUST_USE enum status lexicon_add_valences(struct lexicon *lex, struct slice tsv, struct err *err);

/* Adds a table of "key TAB boost|negate|contrast [TAB weight]" lines. */
MUST_USE enum status lexicon_add_cues(struct lexicon *lex, struct slice tsv, struct err *err);

/* What is known of a token, by its normal form: an elongated word is tried with its letters
 * once and twice too; a word in n't negates. Never NULL. Scratch memory comes
 * from a; without any an elongated word is simply not found. */
struct cue lexicon_cue(const struct lexicon *lex, const struct token *t, struct arena *a);

#endif
