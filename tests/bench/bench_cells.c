/* SPDX-License-Identifier: MIT */
/* bench_cells.c -- the drift kernel alone: records a second, on one core, for 25
 * features of 256 cells: a column at a time and a row at a time, portable and by
 * AVX2, and the counting behind it. CPU time of the best of many short passes,
 * since a busy machine takes from both; the two take turns. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/cells_inner.h"
#include "support/cpu.h"
#include "support/prop.h"

enum { FEATURES = 25, RECORDS = 4096, BASELINE = 20000, PASSES = 60 };

struct data {
    struct cells *cells[FEATURES];
    double column[FEATURES][RECORDS];
    double row[RECORDS][FEATURES];
    uint32_t counts[FEATURES][CELLS_MAX];
    int32_t cell[FEATURES * RECORDS];
};

static struct cells *normal_cells(struct prop *p, struct data *d, size_t f)
{
    static double v[BASELINE];
    struct err err = { 0 };
    struct cells *c;

    for (size_t i = 0; i < BASELINE + RECORDS; i++) {
        double sum = 0;

        for (int j = 0; j < 12; j++)
            sum += prop_double(p, -0.5, 0.5);
        if (i < BASELINE) {
            v[i] = sum;
        } else {
            d->column[f][i - BASELINE] = sum;
            d->row[i - BASELINE][f] = sum;
        }
    }
    if (cells_build(v, BASELINE, &c, &err) != ST_OK) {
        fprintf(stderr, "bench: %s\n", err.msg);
        exit(70);
    }
    return c;
}

static const struct cells *const *as_const(struct data *d)
{
    static const struct cells *c[FEATURES];

    for (size_t f = 0; f < FEATURES; f++)
        c[f] = d->cells[f];
    return c;
}

static void portable_columns(struct data *d)
{
    for (size_t f = 0; f < FEATURES; f++)
        cells_portable_many(d->cells[f], d->column[f], RECORDS, d->cell + f * RECORDS);
}

static void avx2_columns(struct data *d)
{
    for (size_t f = 0; f < FEATURES; f++)
        cells_avx2_many(d->cells[f], d->column[f], RECORDS, d->cell + f * RECORDS);
}

static void portable_rows(struct data *d)
{
    const struct cells *const *c = as_const(d);

    for (size_t i = 0; i < RECORDS; i++)
        cells_portable_row(c, d->row[i], FEATURES, d->cell + i * FEATURES);
}

static void avx2_rows(struct data *d)
{
    const struct cells *const *c = as_const(d);

    for (size_t i = 0; i < RECORDS; i++)
        cells_avx2_row(c, d->row[i], FEATURES, d->cell + i * FEATURES);
}

static void counting(struct data *d)
{
    for (size_t f = 0; f < FEATURES; f++)
        for (size_t j = 0; j < RECORDS; j++)
            d->counts[f][d->cell[f * RECORDS + j]]++;
}

/* Columns with their counting come last: it needs their cells. */
static struct {
    const char *name;
    void (*run)(struct data *d);
    bool avx2;
    double best;
} kernels[] = {
    { "rows, portable", portable_rows, false, (double)INFINITY },
    { "rows, AVX2", avx2_rows, true, (double)INFINITY },
    { "columns, portable", portable_columns, false, (double)INFINITY },
    { "columns, AVX2", avx2_columns, true, (double)INFINITY },
    { "counting", counting, false, (double)INFINITY },
};

enum { KERNELS = sizeof(kernels) / sizeof(kernels[0]) };

int main(void)
{
    static struct data d;
    struct prop p = { .state = 1 };

    for (size_t f = 0; f < FEATURES; f++)
        d.cells[f] = normal_cells(&p, &d, f);
    portable_columns(&d);
    for (int i = 0; i < PASSES; i++) {
        for (size_t k = 0; k < KERNELS; k++) {
            if (kernels[k].avx2 && !cells_have_avx2())
                continue;
            double t = cpu_s();
            kernels[k].run(&d);
            kernels[k].best = fmin(kernels[k].best, cpu_s() - t);
        }
    }
    printf("%zu cells, %d features, %zu bytes of cells a feature; best of %d passes\n",
           cells_n(d.cells[0]), FEATURES, sizeof(struct cells), PASSES);
    for (size_t k = 0; k < KERNELS; k++)
        printf("%-18s %6.2f M records/s a core, %5.2f ns a value\n", kernels[k].name,
               RECORDS / kernels[k].best / 1e6, kernels[k].best / RECORDS / FEATURES * 1e9);
    printf("AVX2 over portable: columns %.2f, rows %.2f\n", kernels[2].best / kernels[3].best,
           kernels[0].best / kernels[1].best);
    for (size_t f = 0; f < FEATURES; f++)
        cells_free(d.cells[f]);
    return d.counts[0][1] > 0 ? 0 : 1;
}
