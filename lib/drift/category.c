/* SPDX-License-Identifier: MIT */
#include "drift/category.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/baseline.h"

bool category_is_name(struct slice text)
{
    return !baseline_name_fault(text) && !slice_is(text, CATEGORY_OTHER) &&
           !slice_is(text, CATEGORY_UNSEEN);
}

/* Index of the first of n cells, sorted by name, at or behind text. */
static size_t seek(const struct categories *c, size_t n, struct slice text)
{
    size_t lo = 0;
    size_t hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (slice_cmp(c->name[c->by_name[mid]], text) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct categories *categories_new(const struct slice *name, size_t n, bool complete)
{
    struct categories *c = NULL;
    size_t bytes = 0;
    char *text = NULL;

    assert(n <= CATEGORIES_MAX);
    for (size_t i = 0; i < n; i++)
        bytes += name[i].n;
    c = calloc(1, sizeof(*c) + bytes);
    if (!c)
        return NULL;
    text = (char *)(c + 1);
    c->complete = complete;
    for (; c->n < n; c->n++) {
        size_t at = seek(c, c->n, name[c->n]);

        memcpy(text, name[c->n].p, name[c->n].n);
        c->name[c->n] = (struct slice){ text, name[c->n].n };
        text += name[c->n].n;
        memmove(c->by_name + at + 1, c->by_name + at, c->n - at);
        c->by_name[at] = (uint8_t)c->n;
    }
    c->name[n] = slice_str(CATEGORY_OTHER);
    c->name[n + 1] = slice_str(CATEGORY_UNSEEN);
    return c;
}

int32_t categories_find(const struct categories *c, struct slice text)
{
    size_t at;

    if (text.n == 0)
        return -1;
    if (!category_is_name(text))
        return (int32_t)c->n;
    at = seek(c, c->n, text);
    if (at < c->n && slice_eq(c->name[c->by_name[at]], text))
        return c->by_name[at];
    return (int32_t)(c->complete ? c->n + 1 : c->n);
}

enum status dictionary_init(struct dictionary *d, struct err *err)
{
    *d = (struct dictionary){ .word = calloc(CATEGORY_WORDS_MAX, sizeof(*d->word)),
                              .order = calloc(CATEGORY_WORDS_MAX, sizeof(*d->order)) };
    return d->word && d->order ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

void dictionary_release(struct dictionary *d)
{
    for (size_t i = 0; d->word && i < d->n; i++)
        free(d->word[i]);
    free(d->word);
    free(d->order);
    *d = (struct dictionary){ 0 };
}

enum status dictionary_add(struct dictionary *d, struct slice text, double *number, struct err *err)
{
    size_t lo = 0;
    size_t hi = d->n;
    char *word;

    *number = text.n == 0 ? (double)NAN : CATEGORY_WORDS_MAX;
    if (!category_is_name(text))
        return ST_OK;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (slice_cmp(slice_str(d->word[d->order[mid]]), text) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < d->n && slice_is(text, d->word[d->order[lo]])) {
        *number = d->order[lo];
        return ST_OK;
    }
    if (d->n == CATEGORY_WORDS_MAX)
        return ST_OK;
    word = calloc(1, text.n + 1);
    if (!word)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(word, text.p, text.n);
    memmove(d->order + lo + 1, d->order + lo, (d->n - lo) * sizeof(*d->order));
    d->order[lo] = (uint16_t)d->n;
    *number = (double)d->n;
    d->word[d->n++] = word;
    return ST_OK;
}

/* A word and how often it is there. */
struct word_count {
    const char *word;
    size_t number;
    size_t n;
};

static int cmp_common(const void *a, const void *b)
{
    const struct word_count *x = a;
    const struct word_count *y = b;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->word, y->word);
}

/* Numbers to cells. */
static void renumber(const struct word_count *count, size_t words, size_t chosen, double *cell_of,
                     double *number, size_t rows)
{
    for (size_t i = 0; i < words; i++)
        cell_of[count[i].number] = (double)(i < chosen ? i : chosen);
    for (size_t i = 0; i < rows; i++) {
        if (isnan(number[i]))
            continue;
        number[i] = number[i] < (double)words ? cell_of[(size_t)number[i]] : (double)chosen;
    }
}

struct categories *dictionary_choose(const struct dictionary *d, double *number, size_t rows)
{
    struct word_count *count = calloc(d->n + 1, sizeof(*count));
    double *cell_of = calloc(d->n + 1, sizeof(*cell_of));
    struct slice name[CATEGORIES_MAX];
    size_t chosen = d->n < CATEGORIES_MAX ? d->n : CATEGORIES_MAX;
    struct categories *c = NULL;

    if (!count || !cell_of)
        goto out;
    for (size_t i = 0; i < d->n; i++)
        count[i] = (struct word_count){ d->word[i], i, 0 };
    for (size_t i = 0; i < rows; i++)
        if (number[i] < (double)d->n)
            count[(size_t)number[i]].n++;
    if (d->n > 0)
        qsort(count, d->n, sizeof(*count), cmp_common);
    for (size_t i = 0; i < chosen; i++)
        name[i] = slice_str(count[i].word);
    c = categories_new(name, chosen, chosen == d->n);
    if (c)
        renumber(count, d->n, chosen, cell_of, number, rows);
out:
    free(cell_of);
    free(count);
    return c;
}
