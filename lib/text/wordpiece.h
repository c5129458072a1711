/* SPDX-License-Identifier: MIT */
/* wordpiece.h -- text as the pieces of a vocabulary that a BERT model was trained on.
 *
 *     "unaffordable"  ->  una ##fford ##able
 *
 * A word (of text/fold.h) is cut greedily: the longest piece that starts it, then
 * the longest "##piece" that goes on, to its end. A word that cannot be cut to its
 * end, or has more than WORDPIECE_CHARS_MAX code points, is one [UNK]. Special
 * tokens ([CLS], [MASK], ...) that stand in the text as they are written are taken
 * for what they are, as the reference does.
 *
 * The ids are exactly those of the reference (text/fold.h) without its [CLS] and
 * [SEP] around. Any bytes give ids; what is not UTF-8 is left out. */
#ifndef TEXT_WORDPIECE_H
#define TEXT_WORDPIECE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
    WORDPIECE_VOCABULARY_MAX = 65536,
    WORDPIECE_PIECE_MAX = 128, /* bytes */
    WORDPIECE_CHARS_MAX = 100, /* of a word */
};

struct wordpiece;

/* Reads a vocabulary, one piece a line; the number of the line, from 0, is the id.
 * The text is copied. ST_FATAL: no [UNK], a line that is empty, too long or there
 * twice, too many, or memory. */
MUST_USE enum status wordpiece_new(struct slice vocabulary, struct wordpiece **out,
                                   struct err *err);
void wordpiece_free(struct wordpiece *wp);

/* Pieces in the vocabulary. */
size_t wordpiece_n(const struct wordpiece *wp);

/* The text of one, "film" or "##ing"; borrowed. */
struct slice wordpiece_text(const struct wordpiece *wp, int32_t id);

/* The ids of the first max pieces of a text, and how many there are of these.
 * Allocates nothing. O(bytes x length of the longest piece), at worst. */
size_t wordpiece_encode(const struct wordpiece *wp, struct slice text, int32_t *ids, size_t max);

#endif
