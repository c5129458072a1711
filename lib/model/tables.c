/* SPDX-License-Identifier: MIT */
#include "model/tables.h"

const char *const table_names[TABLE_N] = { "lexicon", "emoji", "words", "cues", "taxonomy" };

enum status tables_init(struct tables *t, struct err *err)
{
    t->taxonomy = NULL;
    t->lexicon = lexicon_new();
    if (!t->lexicon)
        return err_set(err, ST_FATAL, "out of memory for a lexicon");
    return taxonomy_new((struct slice){ NULL, 0 }, &t->taxonomy, err);
}

void tables_release(struct tables *t)
{
    lexicon_free(t->lexicon);
    taxonomy_free(t->taxonomy);
    t->lexicon = NULL;
    t->taxonomy = NULL;
}

enum status tables_use(struct tables *t, enum bundle_table which, struct slice tsv, struct err *err)
{
    enum status st = ST_OK;

    switch (which) {
    case TABLE_LEXICON:
    case TABLE_EMOJI:
    case TABLE_WORDS:
        st = lexicon_add_valences(t->lexicon, tsv, err);
        break;
    case TABLE_CUES:
        st = lexicon_add_cues(t->lexicon, tsv, err);
        break;
    case TABLE_TAXONOMY:
        taxonomy_free(t->taxonomy);
        st = taxonomy_new(tsv, &t->taxonomy, err);
        break;
    case TABLE_N:
        break;
    }
    if (st != ST_OK)
        err_prefix(err, "table %s", table_names[which]);
    return st;
}
