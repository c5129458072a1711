/* SPDX-License-Identifier: MIT */
/* bench_cells.c -- the drift kernel alone: records a second, on one core, for 25
 * features of 256 cells, a column at a time as a pane does. CPU time, the best of
 * a few passes, since a busy machine takes from both. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "stats/cells.h"
#include "support/prop.h"

enum { FEATURES = 25, RECORDS = 4096, BASELINE = 20000, ROUNDS = 50, PASSES = 9 };

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct cells *normal_cells(struct prop *p, double *x)
{
    static double v[BASELINE];
    struct err err = { 0 };
    struct cells *c;

    for (size_t i = 0; i < BASELINE + RECORDS; i++) {
        double sum = 0;

        for (int j = 0; j < 12; j++)
            sum += prop_double(p, -0.5, 0.5);
        if (i < BASELINE)
            v[i] = sum;
        else
            x[i - BASELINE] = sum;
    }
    if (cells_build(v, BASELINE, &c, &err) != ST_OK) {
        fprintf(stderr, "bench: %s\n", err.msg);
        exit(70);
    }
    return c;
}

struct data {
    struct cells *cells[FEATURES];
    double x[FEATURES][RECORDS];
    uint32_t counts[FEATURES][CELLS_MAX];
};

/* Seconds of a pass: of the search alone, and of the counting behind it. */
static void pass(struct data *d, double *find, double *count)
{
    static int32_t cell[RECORDS];

    *find = 0;
    *count = 0;
    for (int i = 0; i < ROUNDS * FEATURES; i++) {
        size_t f = (size_t)i % FEATURES;
        double t0 = cpu_s();

        cells_find_many(d->cells[f], d->x[f], RECORDS, cell);
        double t1 = cpu_s();
        for (size_t j = 0; j < RECORDS; j++)
            d->counts[f][cell[j]]++;
        *find += t1 - t0;
        *count += cpu_s() - t1;
    }
}

int main(void)
{
    static struct data d;
    const double records = (double)ROUNDS * RECORDS;
    struct prop p = { .state = 1 };
    double best = 1e9;
    double both = 1e9;

    for (size_t f = 0; f < FEATURES; f++)
        d.cells[f] = normal_cells(&p, d.x[f]);
    for (int i = 0; i < PASSES; i++) {
        double find;
        double count;

        pass(&d, &find, &count);
        best = fmin(best, find);
        both = fmin(both, find + count);
    }
    printf("%zu cells, %d features: %.2f M records/s a core (%.2f ns a value)\n",
           cells_n(d.cells[0]), FEATURES, records / best / 1e6, best / records / FEATURES * 1e9);
    printf("with counting: %.2f M records/s a core\n", records / both / 1e6);
    for (size_t f = 0; f < FEATURES; f++)
        cells_free(d.cells[f]);
    return d.counts[0][1] > 0 ? 0 : 1;
}
