/* SPDX-License-Identifier: MIT */
/* fold.h -- the normal form of "uncased" BERT models, one code point at a time.
 *
 * Control characters go, white space becomes a space, letters lose their accents
 * (canonical decomposition without non-spacing marks) and become small, and
 * punctuation and ideographs stand alone:
 *
 *     "Caf\u00E9, \u6771"  ->  c a f e | , | space | \u6771
 *
 * Equal to the BertNormalizer and BertPreTokenizer of Hugging Face's tokenizers
 * 0.23.3 on every code point, as far as a vocabulary can tell: its tables are
 * those of Unicode 8, so what was assigned later is an ordinary sign there. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A code point becomes at most so many. */
enum { FOLD_MAX = 8 };

struct folded {
    int32_t cp; /* ' ' is white space: it ends a word and is nothing itself */
    bool alone; /* a word of its own                                        */
};

/* What cp becomes, in order; 0: nothing. */
size_t fold(int32_t cp, struct folded out[FOLD_MAX]);

#endif
