/* SPDX-License-Identifier: MIT */
#include "producers/train/shares.h"

enum status shares_init(struct shares *s, const char *list, struct err *err)
{
    *s = (struct shares){ .n = 0 };
    enum status st = facets_parse_categories(list, s->facet, &s->n, err);

    for (size_t i = 0; st == ST_OK && i < s->n; i++)
        st = dictionary_init(&s->words[i], err);
    return st;
}

void shares_release(struct shares *s)
{
    for (size_t i = 0; i < s->n; i++)
        dictionary_release(&s->words[i]);
    *s = (struct shares){ .n = 0 };
}

enum status shares_room(struct shares *s, size_t rows, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < s->n; i++) {
        s->value[i] = arena_array(a, rows, sizeof(*s->value[i]));
        if (!s->value[i])
            return err_set(err, ST_FATAL, "out of memory for the baseline");
    }
    return ST_OK;
}

enum status shares_add(struct shares *s, const struct score *row, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < s->n; i++)
        st = dictionary_add(&s->words[i], facet_value(s->facet[i], row, 0), &s->value[i][s->rows],
                            err);
    s->rows++;
    return st;
}

size_t shares_words(struct shares *s, struct baseline_words out[FACETS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (s->words[i].n > 0)
            out[n++] =
                (struct baseline_words){ facet_name(s->facet[i]), &s->words[i], s->value[i] };
    }
    return n;
}
