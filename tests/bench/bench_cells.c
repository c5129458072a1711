/* SPDX-License-Identifier: MIT */
/* bench_cells.c -- the drift kernel alone: records a second, on one core, for 25
 * features of 256 cells, a column at a time as a pane does. Prints two lines. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "stats/cells.h"
#include "support/prop.h"

enum { FEATURES = 25, RECORDS = 4096, BASELINE = 20000, ROUNDS = 200 };

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
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

int main(void)
{
    static double x[FEATURES][RECORDS];
    static int32_t cell[RECORDS];
    static uint32_t counts[FEATURES][CELLS_MAX];
    struct cells *c[FEATURES];
    struct prop p = { .state = 1 };
    double find = 0;
    double count = 0;

    for (size_t f = 0; f < FEATURES; f++)
        c[f] = normal_cells(&p, x[f]);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t f = 0; f < FEATURES; f++) {
            double t0 = now_s();

            cells_find_many(c[f], x[f], RECORDS, cell);
            double t1 = now_s();
            for (size_t i = 0; i < RECORDS; i++)
                counts[f][cell[i]]++;
            find += t1 - t0;
            count += now_s() - t1;
        }
    }
    const double records = (double)ROUNDS * RECORDS;
    printf("%zu cells, %d features: %.2f M records/s a core (%.2f ns a value)\n", cells_n(c[0]),
           FEATURES, records / find / 1e6, find / records / FEATURES * 1e9);
    printf("with counting: %.2f M records/s a core\n", records / (find + count) / 1e6);
    for (size_t f = 0; f < FEATURES; f++)
        cells_free(c[f]);
    return counts[0][1] > 0 ? 0 : 1;
}
