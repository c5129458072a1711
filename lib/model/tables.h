/* SPDX-License-Identifier: MIT */
/* tables.h -- the tables of a bundle, for scoring and for training. */
#ifndef MODEL_TABLES_H
#define MODEL_TABLES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"
#include "model/minilm.h"
#include "score/aspects.h"
#include "score/heads.h"
#include "score/kindred.h"
#include "score/lexicon.h"
#include "score/reading.h"
#include "score/vectors.h"

enum bundle_table {
    TABLE_LEXICON,    /* words and emoticons with a valence              */
    TABLE_EMOJI,      /* emoji with a valence                            */
    TABLE_WORDS,      /* more words; they override                       */
    TABLE_CUES,       /* words that boost, negate or contrast            */
    TABLE_TAXONOMY,   /* aspects: categories and their terms             */
    TABLE_VOCABULARY, /* pieces of words (text/wordpiece.h)             */
    TABLE_VECTORS,    /* a vector a piece (score/vectors.h)              */
    TABLE_HEADS,      /* what vectors say of each output (score/heads.h) */
    TABLE_GRAPH,      /* MiniLM as a graph (model/encoder.h)             */
    TABLE_WEIGHTS,    /* its weights                                     */
    TABLE_LINES,      /* what it says of each output (score/linear.h)    */
    TABLE_N,
};

/* As in the manifest: "lexicon", ... */
extern const char *const table_names[TABLE_N];

/* The files that they are written to: "lexicon.tsv", ... */
extern const char *const table_files[TABLE_N];

struct tables {
    struct lexicon *lexicon;
    struct taxonomy *taxonomy;
    struct wordpiece *vocabulary; /* until the vectors take it */
    struct vectors *vectors;      /* NULL: no encoder          */
    struct heads *heads;          /* NULL as well, or not yet learnt */
    enum precision precision;     /* of MiniLM, by the manifest  */
    struct buf graph;             /* until MiniLM is made of it  */
    struct minilm *minilm;        /* NULL: not a part of it      */
};

/* Empty tables. ST_FATAL: memory; release in any case. */
MUST_USE enum status tables_init(struct tables *t, struct err *err);
void tables_release(struct tables *t);

/* Takes one table in; in the order of the enum. ST_FATAL: a line that is not
 * understood, or memory. */
MUST_USE enum status tables_use(struct tables *t, enum bundle_table which, struct slice bytes,
                                struct err *err);

/* Takes a person's own taxonomy of a file in, instead of the one that is there, and gives its
 * SHA-256. ST_FATAL "config: taxonomy: FILE: line 3: ...", or that it has no term. */
MUST_USE enum status tables_taxonomy(struct tables *t, const char *path,
                                     char sha256[SHA256_HEX_LEN + 1], struct err *err);

/* Adds the words that are near to the taxonomy's terms (score/kindred.h); once, when the table
 * of aspects is taken in. ST_FATAL: no vectors, or as kindred_add(). */
MUST_USE enum status tables_kindred(struct tables *t, double apart, struct err *err);

/* Reads a comment by the tables; what MiniLM says of it is not known yet. As
 * reading_make(). */
MUST_USE enum status tables_read(const struct tables *t, const struct facts *facts, struct arena *a,
                                 struct reading *out, struct err *err);

#endif
