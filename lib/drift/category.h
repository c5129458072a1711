/* SPDX-License-Identifier: MIT */
/* category.h -- a text of few values as cells: counted one by one.
 *
 * A categorical feature is a facet of the score (drift/facet.h): lang, aspect,
 * is_reply, ... Its cells are the values that the baseline knows, the commonest
 * first, and two more:
 *
 *     cell       0    1    2    ...  n - 1   n            n + 1
 *     category   en   es   de   ...  fi      __other__    __unseen__
 *
 * As a number a comment is in cell c with c, and edges 1, 2, ... cut the cells, so
 * that whatever counts, adds and tests cells does it for categories too, but for
 * what goes by order (ks, wasserstein, moments). Each cell is a bin of PSI.
 *
 * __other__ is what cannot be a category: a text that is no name (over 128 bytes,
 * or with a character that a terminal might obey), and, where the baseline has
 * more than CATEGORIES_MAX values, the rarer of them. __unseen__ is a name that
 * the baseline does not have; then it cannot tell, and the name is another one.
 * An empty text is missing. No text of the stream is kept. */
#ifndef DRIFT_CATEGORY_H
#define DRIFT_CATEGORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
    CATEGORIES_MAX = 62,
    CATEGORY_CELLS_MAX = CATEGORIES_MAX + 2,
    CATEGORY_WORDS_MAX = 4096, /* of a dictionary */
};

#define CATEGORY_OTHER  "__other__"
#define CATEGORY_UNSEEN "__unseen__"

struct categories {
    struct slice name[CATEGORY_CELLS_MAX]; /* of each cell; the last two are the other and the
                                              unseen */
    size_t n;                              /* without these two */
    bool complete;                         /* all names that the baseline has are here */
    uint8_t by_name[CATEGORIES_MAX];       /* cells sorted by name */
};

/* n different names that may be categories, n <= CATEGORIES_MAX, copied. NULL: out of memory.
 * One block for free(). */
struct categories *categories_new(const struct slice *name, size_t n, bool complete);

/* The cell of a text, or -1 for the empty one. O(log n). */
int32_t categories_find(const struct categories *c, struct slice text);

/* Whether a text may be a category: one that baseline_name_fault() accepts, and that is not one
 * of the two above. */
bool category_is_name(struct slice text);

/* Words in the order in which they came. */
struct dictionary {
    char **word;
    size_t n;
    uint16_t *order; /* words sorted */
};

/* NULL words: out of memory. */
MUST_USE enum status dictionary_init(struct dictionary *d, struct err *err);
void dictionary_release(struct dictionary *d);

/* The number of a text: NaN for the empty one; CATEGORY_WORDS_MAX for what may be no category
 * and for words beyond as many. ST_FATAL: memory. O(log n), a new word O(n). */
MUST_USE enum status dictionary_add(struct dictionary *d, struct slice text, double *number,
                                    struct err *err);

/* Turns numbers into the cells that they have among the commonest words (missing stays NaN), and
 * returns these; equally common ones by name. NULL: out of memory. */
struct categories *dictionary_choose(const struct dictionary *d, double *number, size_t rows);

#endif
