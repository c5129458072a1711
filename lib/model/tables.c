/* SPDX-License-Identifier: MIT */
#include "model/tables.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "file/file.h"
#include "model/bundle.h"

#define GRAPH_MAX ((size_t)4 << 20)

const char *const table_names[TABLE_N] = { "lexicon",      "emoji",          "words",       "cues",
                                           "taxonomy",     "vocabulary",     "vectors",     "heads",
                                           "minilm_graph", "minilm_weights", "minilm_lines" };

const char *const table_files[TABLE_N] = { "lexicon.tsv",  "emoji.tsv",  "words.tsv",  "cues.tsv",
                                           "taxonomy.tsv", "vocab.txt",  "static.bin", "heads.tsv",
                                           "minilm.xml",   "minilm.bin", "minilm.tsv" };

enum status tables_init(struct tables *t, struct err *err)
{
    memset(t, 0, sizeof(*t));
    buf_init(&t->graph, GRAPH_MAX);
    t->lexicon = lexicon_new();
    if (!t->lexicon)
        return err_set(err, ST_FATAL, "out of memory for a lexicon");
    return taxonomy_new((struct slice){ NULL, 0 }, &t->taxonomy, err);
}

void tables_release(struct tables *t)
{
    lexicon_free(t->lexicon);
    taxonomy_free(t->taxonomy);
    minilm_free(t->minilm);
    buf_release(&t->graph);
    wordpiece_free(t->vocabulary);
    vectors_free(t->vectors);
    heads_free(t->heads);
    memset(t, 0, sizeof(*t));
}

static enum status use_vectors(struct tables *t, struct slice bytes, struct err *err)
{
    struct wordpiece *vocabulary = t->vocabulary;

    minilm_free(t->minilm); /* it asks the old ones */
    t->minilm = NULL;
    vectors_free(t->vectors);
    heads_free(t->heads); /* they know the pieces by number */
    t->heads = NULL;
    t->vocabulary = NULL;
    return vectors_new(bytes, vocabulary, &t->vectors, err);
}

static enum status use_heads(struct tables *t, struct slice bytes, struct err *err)
{
    if (!t->vectors)
        return err_set(err, ST_FATAL, "heads without vectors");
    heads_free(t->heads);
    return heads_new(bytes, t->vectors, &t->heads, err);
}

static enum status use_weights(struct tables *t, struct slice bytes, struct err *err)
{
    enum status st;

    if (!t->vectors)
        return err_set(err, ST_FATAL, "MiniLM without vectors, and the vocabulary that they have");
    minilm_free(t->minilm);
    st = minilm_new(buf_slice(&t->graph), bytes, t->precision, t->vectors, &t->minilm, err);
    buf_clear(&t->graph);
    return st;
}

/* The tables of MiniLM. */
static enum status use_minilm(struct tables *t, enum bundle_table which, struct slice bytes,
                              struct err *err)
{
    if (which == TABLE_WEIGHTS)
        return use_weights(t, bytes, err);
    if (which == TABLE_LINES && !t->minilm)
        return err_set(err, ST_FATAL, "lines without MiniLM");
    if (which == TABLE_LINES)
        return minilm_learn(t->minilm, bytes, err);
    buf_clear(&t->graph);
    buf_slice_add(&t->graph, bytes);
    return buf_failed(&t->graph) ? err_set(err, ST_FATAL, "%zu bytes, or out of memory", bytes.n)
                                 : ST_OK;
}

enum status tables_use(struct tables *t, enum bundle_table which, struct slice bytes,
                       struct err *err)
{
    enum status st = ST_OK;

    switch (which) {
    case TABLE_LEXICON:
    case TABLE_EMOJI:
    case TABLE_WORDS:
        st = lexicon_add_valences(t->lexicon, bytes, err);
        break;
    case TABLE_CUES:
        st = lexicon_add_cues(t->lexicon, bytes, err);
        break;
    case TABLE_TAXONOMY:
        taxonomy_free(t->taxonomy);
        st = taxonomy_new(bytes, &t->taxonomy, err);
        break;
    case TABLE_VOCABULARY:
        wordpiece_free(t->vocabulary);
        st = wordpiece_new(bytes, &t->vocabulary, err);
        break;
    case TABLE_VECTORS:
        st = use_vectors(t, bytes, err);
        break;
    case TABLE_HEADS:
        st = use_heads(t, bytes, err);
        break;
    case TABLE_GRAPH:
    case TABLE_WEIGHTS:
    case TABLE_LINES:
        st = use_minilm(t, which, bytes, err);
        break;
    case TABLE_N:
        break;
    }
    if (st != ST_OK)
        err_prefix(err, "table %s", table_names[which]);
    return st;
}

enum status tables_taxonomy(struct tables *t, const char *path, char sha256[SHA256_HEX_LEN + 1],
                            struct err *err)
{
    struct buf bytes;
    enum status st;

    buf_init(&bytes, BUNDLE_FILE_MAX);
    st = file_read(path, &bytes, err);
    if (st == ST_OK) {
        taxonomy_free(t->taxonomy);
        st = taxonomy_new(buf_slice(&bytes), &t->taxonomy, err);
        if (st == ST_OK && taxonomy_n(t->taxonomy) == 0)
            st = err_set(err, ST_FATAL, "there is no term in it");
        if (st != ST_OK)
            err_prefix(err, "%s", path);
    }
    hash_sha256_hex(buf_slice(&bytes), sha256);
    buf_release(&bytes);
    if (st == ST_OK)
        return ST_OK;
    err_prefix(err, "config: taxonomy");
    return ST_FATAL;
}

enum status tables_kindred(struct tables *t, double apart, struct err *err)
{
    if (!t->vectors)
        return err_set(err, ST_FATAL, "kindred words without vectors");
    return kindred_add(t->taxonomy, t->vectors, t->lexicon, apart, err);
}

enum status tables_read(const struct tables *t, const struct facts *facts, struct arena *a,
                        struct reading *out, struct err *err)
{
    enum status st = reading_make(facts, t->lexicon, a, out, err);

    if (st == ST_OK && t->heads)
        reading_encode(out, t->vectors, t->heads);
    for (enum head h = 0; t->minilm && h < HEAD_N; h++)
        out->minilm[h] = (double)NAN;
    return st;
}
