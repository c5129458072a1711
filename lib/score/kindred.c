/* SPDX-License-Identifier: MIT */
#include "score/kindred.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

/* A category. */
struct centre {
    struct slice name;
    size_t terms, home; /* how many there are, and how many come home   */
    double length2;     /* of the sum of their directions, squared      */
};

struct kindred {
    const struct taxonomy *taxonomy;
    const struct vectors *v;
    const struct lexicon *lex;
    size_t n;
    struct centre *centre;
    double *sum; /* of directions: dimension by centre, so that one pass asks all centres */
    double threshold;
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The direction of some pieces, of length 1; false: they have none. */
static bool direction(const struct vectors *v, const int32_t *pieces, size_t n, double *out)
{
    size_t dim = vectors_dim(v);
    double length;

    vectors_mean(v, pieces, n, out);
    length = sqrt(dot(out, out, dim));
    if (!(length > 0.0))
        return false;
    for (size_t i = 0; i < dim; i++)
        out[i] /= length;
    return true;
}

static bool direction_of(const struct vectors *v, struct slice term, double *out)
{
    int32_t pieces[VECTORS_PIECES_MAX];

    return direction(v, pieces, vectors_pieces(v, term, pieces), out);
}

/* The centre of a category; made when it is new. NULL: there are too many. */
static struct centre *centre_of(struct kindred *k, struct slice name)
{
    for (size_t i = 0; i < k->n; i++) {
        if (slice_eq(k->centre[i].name, name))
            return &k->centre[i];
    }
    if (k->n == KINDRED_CATEGORIES_MAX)
        return NULL;
    k->centre[k->n].name = name;
    return &k->centre[k->n++];
}

static enum status count_terms(struct kindred *k, struct err *err)
{
    for (const struct term *t = taxonomy_next(k->taxonomy, NULL); t;
         t = taxonomy_next(k->taxonomy, t)) {
        struct centre *c = centre_of(k, t->category);

        if (!c)
            return err_set(err, ST_FATAL, "taxonomy: more than %d categories",
                           KINDRED_CATEGORIES_MAX);
        c->terms++;
    }
    return ST_OK;
}

static enum status add_up(struct kindred *k, struct err *err)
{
    size_t dim = vectors_dim(k->v);
    double x[VECTORS_DIM_MAX];

    k->sum = calloc(dim * k->n + 1, sizeof(*k->sum));
    if (!k->sum)
        return err_set(err, ST_FATAL, "out of memory for kindred words");
    for (const struct term *t = taxonomy_next(k->taxonomy, NULL); t;
         t = taxonomy_next(k->taxonomy, t)) {
        size_t c = (size_t)(centre_of(k, t->category) - k->centre);

        if (!direction_of(k->v, t->term, x))
            continue;
        for (size_t i = 0; i < dim; i++)
            k->sum[i * k->n + c] += x[i];
    }
    for (size_t i = 0; i < dim * k->n; i++)
        k->centre[i % k->n].length2 += k->sum[i] * k->sum[i];
    return ST_OK;
}

/* What each centre's sum and x have in common. */
static void ask_all(const struct kindred *k, const double *x, double *along)
{
    size_t dim = vectors_dim(k->v);
    const double *row = k->sum;

    memset(along, 0, k->n * sizeof(*along));
    for (size_t i = 0; i < dim; i++, row += k->n) {
        const double xi = x[i];

        for (size_t c = 0; c < k->n; c++)
            along[c] += row[c] * xi;
    }
}

/* The nearest centre and its cosine; own (NULL: none) is looked at as if x, which is a part of
 * it, were not. */
static const struct centre *nearest(const struct kindred *k, const double *x,
                                    const struct centre *own, double *cosine)
{
    double all[KINDRED_CATEGORIES_MAX];
    const struct centre *best = NULL;

    *cosine = -1.0;
    ask_all(k, x, all);
    for (size_t i = 0; i < k->n; i++) {
        const struct centre *c = &k->centre[i];
        double along = all[i];
        double length2 = c->length2;

        if (c == own) {
            length2 += 1.0 - 2.0 * along; /* |s - x|^2 */
            along -= 1.0;                 /* (s - x) x */
        }
        if (length2 > 1e-12 && along / sqrt(length2) > *cosine) {
            *cosine = along / sqrt(length2);
            best = c;
        }
    }
    return best;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

/* Takes each term out and places it again: who comes home, and how near is near enough. */
static enum status learn(struct kindred *k, double apart, struct err *err)
{
    double *cosines = calloc(taxonomy_n(k->taxonomy) + 1, sizeof(*cosines));
    double x[VECTORS_DIM_MAX];
    size_t n = 0;

    if (!cosines)
        return err_set(err, ST_FATAL, "out of memory for kindred words");
    for (const struct term *t = taxonomy_next(k->taxonomy, NULL); t;
         t = taxonomy_next(k->taxonomy, t)) {
        struct centre *own = centre_of(k, t->category);

        if (own && direction_of(k->v, t->term, x) && nearest(k, x, own, &cosines[n]) == own) {
            own->home++;
            n++;
        }
    }
    qsort(cosines, n, sizeof(*cosines), by_value);
    k->threshold = n > 0 ? cosines[(size_t)(apart * (double)(n - 1))] : 2.0;
    free(cosines);
    return ST_OK;
}

static bool is_opinion(const struct lexicon *lex, struct slice word)
{
    const struct token token = { .kind = TOKEN_WORD, .text = word, .norm = word };
    const struct cue cue = lexicon_cue(lex, &token, NULL);

    return cue.valence != 0.0 || cue.boost != 0.0 || cue.negates || cue.contrasts;
}

/* A whole word of letters that says what is spoken of, not how. */
static bool may_be_term(const struct kindred *k, struct slice word)
{
    size_t chars = 0;
    int32_t cp;

    for (size_t at = 0; at < word.n; chars++) {
        at += utf8_next(word, at, &cp);
        if (!utf8_is_letter(cp))
            return false;
    }
    return chars >= KINDRED_CHARS_MIN && !taxonomy_find(k->taxonomy, &word, 1) &&
           !is_opinion(k->lex, word) && !is_opinion(k->lex, taxonomy_stem(word));
}

/* The category that a piece belongs to; NULL: none. */
static const struct centre *place(const struct kindred *k, int32_t piece)
{
    double x[VECTORS_DIM_MAX];
    const struct centre *c;
    double cosine;

    if (!may_be_term(k, vectors_text(k->v, piece)) || !direction(k->v, &piece, 1, x))
        return NULL;
    c = nearest(k, x, NULL, &cosine);
    return c && cosine >= k->threshold && c->terms >= KINDRED_TERMS_MIN && 2 * c->home >= c->terms
               ? c
               : NULL;
}

/* In the order of the vocabulary, the frequent words first; a plural of one that came before is
 * found already. */
static enum status add_words(struct kindred *k, struct taxonomy *t, struct err *err)
{
    enum status st = ST_OK;
    size_t n = vectors_n(k->v);

    for (size_t i = 0; st == ST_OK && i < n && taxonomy_n(t) < TAXONOMY_TERMS_MAX; i++) {
        const struct centre *c = place(k, (int32_t)i);

        if (c)
            st = taxonomy_add(t, c->name, vectors_text(k->v, (int32_t)i), err);
    }
    return st;
}

enum status kindred_add(struct taxonomy *t, const struct vectors *v, const struct lexicon *lex,
                        double apart, struct err *err)
{
    struct kindred k = { .taxonomy = t, .v = v, .lex = lex };
    enum status st;

    k.centre = calloc(KINDRED_CATEGORIES_MAX, sizeof(*k.centre));
    if (!k.centre)
        return err_set(err, ST_FATAL, "out of memory for kindred words");
    st = count_terms(&k, err);
    if (st == ST_OK)
        st = add_up(&k, err);
    if (st == ST_OK)
        st = learn(&k, apart, err);
    if (st == ST_OK)
        st = add_words(&k, t, err);
    free(k.sum);
    free(k.centre);
    return st;
}
