/* SPDX-License-Identifier: MIT */
#include "score/vectors.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "ABSAVEC1";

enum { HEAD = 16, STEP_BYTES = 4 };

/* VECTORS_PIECES_MAX rows of -128 fit into an int16_t. */
_Static_assert(VECTORS_PIECES_MAX * 128 <= 32768, "a sum of bytes overflows");
_Static_assert(VECTORS_DIM_MAX % VECTORS_BLOCK == 0, "blocks do not fill the dimensions");

struct vectors {
    struct wordpiece *vocabulary;
    size_t n, dim;
    double step[VECTORS_DIM_MAX];
    int8_t *rows; /* n of dim */
};

static uint32_t read_u32(const char *p)
{
    uint32_t v = 0;

    for (size_t i = 0; i < 4; i++)
        v |= (uint32_t)(unsigned char)p[i] << (8 * i);
    return v;
}

static bool read_steps(struct vectors *v, const char *p)
{
    for (size_t i = 0; i < v->dim; i++) {
        uint32_t bits = read_u32(p + i * STEP_BYTES);
        float step;

        memcpy(&step, &bits, sizeof(step));
        if (!isfinite(step) || step < 0.0F)
            return false;
        v->step[i] = (double)step;
    }
    return true;
}

static enum status read_table(struct vectors *v, struct slice table, struct err *err)
{
    size_t steps;

    if (table.n < HEAD || memcmp(table.p, magic, sizeof(magic) - 1) != 0)
        return err_set(err, ST_FATAL, "not a table of vectors");
    v->n = read_u32(table.p + 8);
    v->dim = read_u32(table.p + 12);
    if (v->dim == 0 || v->dim > VECTORS_DIM_MAX || v->dim % VECTORS_BLOCK != 0)
        return err_set(err, ST_FATAL, "%zu dimensions: want a multiple of %d up to %d", v->dim,
                       VECTORS_BLOCK, VECTORS_DIM_MAX);
    if (v->n != wordpiece_n(v->vocabulary))
        return err_set(err, ST_FATAL, "%zu vectors for a vocabulary of %zu pieces", v->n,
                       wordpiece_n(v->vocabulary));
    steps = v->dim * STEP_BYTES;
    if (table.n != HEAD + steps + v->n * v->dim)
        return err_set(err, ST_FATAL, "%zu bytes: want %zu", table.n, HEAD + steps + v->n * v->dim);
    if (!read_steps(v, table.p + HEAD))
        return err_set(err, ST_FATAL, "a step is not a number of at least 0");
    v->rows = malloc(v->n * v->dim);
    if (!v->rows)
        return err_set(err, ST_FATAL, "out of memory for %zu vectors", v->n);
    memcpy(v->rows, table.p + HEAD + steps, v->n * v->dim);
    return ST_OK;
}

enum status vectors_new(struct slice table, struct wordpiece *vocabulary, struct vectors **out,
                        struct err *err)
{
    struct vectors *v = calloc(1, sizeof(*v));
    enum status st;

    *out = NULL;
    if (!v) {
        wordpiece_free(vocabulary);
        return err_set(err, ST_FATAL, "out of memory for vectors");
    }
    v->vocabulary = vocabulary;
    st = vocabulary ? read_table(v, table, err)
                    : err_set(err, ST_FATAL, "vectors without a vocabulary");
    if (st != ST_OK) {
        vectors_free(v);
        return st;
    }
    *out = v;
    return ST_OK;
}

void vectors_free(struct vectors *v)
{
    if (!v)
        return;
    wordpiece_free(v->vocabulary);
    free(v->rows);
    free(v);
}

size_t vectors_dim(const struct vectors *v)
{
    return v->dim;
}

size_t vectors_n(const struct vectors *v)
{
    return v->n;
}

struct slice vectors_text(const struct vectors *v, int32_t piece)
{
    return wordpiece_text(v->vocabulary, piece);
}

size_t vectors_pieces(const struct vectors *v, struct slice text, int32_t *pieces)
{
    return wordpiece_encode(v->vocabulary, text, pieces, VECTORS_PIECES_MAX);
}

/* Adds a row in blocks of a fixed length, which compilers turn into vector code. */
static void add_row(int16_t *sum, const int8_t *row, size_t dim)
{
    for (size_t at = 0; at < dim; at += VECTORS_BLOCK) {
        for (size_t k = 0; k < VECTORS_BLOCK; k++)
            sum[at + k] = (int16_t)(sum[at + k] + row[at + k]);
    }
}

void vectors_mean(const struct vectors *v, const int32_t *pieces, size_t n, double *out)
{
    int16_t sum[VECTORS_DIM_MAX] = { 0 };

    for (size_t i = 0; i < n; i++)
        add_row(sum, v->rows + (size_t)pieces[i] * v->dim, v->dim);
    for (size_t k = 0; k < v->dim; k++)
        out[k] = n > 0 ? v->step[k] * (double)sum[k] / (double)n : 0.0;
}
