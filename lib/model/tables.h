/* SPDX-License-Identifier: MIT */
/* tables.h -- the word tables of a bundle, for scoring and for training. */
#ifndef MODEL_TABLES_H
#define MODEL_TABLES_H

#include "base/err.h"
#include "base/slice.h"
#include "score/aspects.h"
#include "score/lexicon.h"

enum bundle_table {
    TABLE_LEXICON,  /* words and emoticons with a valence              */
    TABLE_EMOJI,    /* emoji with a valence                            */
    TABLE_WORDS,    /* more words; they override                       */
    TABLE_CUES,     /* words that boost, negate or contrast            */
    TABLE_TAXONOMY, /* aspects: categories and their terms             */
    TABLE_N,
};

/* As in the manifest: "lexicon", ... */
extern const char *const table_names[TABLE_N];

struct tables {
    struct lexicon *lexicon;
    struct taxonomy *taxonomy;
};

/* Empty tables. ST_FATAL: memory; release in any case. */
MUST_USE enum status tables_init(struct tables *t, struct err *err);
void tables_release(struct tables *t);

/* Takes one table in; in the order of the enum. ST_FATAL: a line that is not
 * understood, or memory. */
MUST_USE enum status tables_use(struct tables *t, enum bundle_table which, struct slice tsv,
                                struct err *err);

#endif
