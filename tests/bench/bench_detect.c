/* SPDX-License-Identifier: MIT */
/* bench_detect.c -- false alarms and delays of the scan, beside sliding PSI and KS
 * over 1,000 comments: the figures of docs/DETECTION.md. The false alarms are those of
 * the bounds; for the delays all three are set to the same rate, on streams that are
 * not those which change. bench_detect [MILLIONS [REPEATS]], 10 and 40 unless told. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/distance.h"
#include "support/drift/trial.h"

/* 10 false alarms in a million comments, by boundaries of 100: bounds. */
#define LEVEL 1e-3

enum { STREAM = 50000, BEFORE = 10000, AFTER = 20000, SLIDE = 10, M = 100000 };

/* PSI and KS of the last ten panes, 0 before there are so many; beside them, what the scan
 * is held against. */
struct sliding {
    double psi;
    double ks;
    double p; /* NaN or 0 where it is not asked for */
};

static struct sliding slide(const struct trial *t)
{
    const struct baseline_feature *f = &t->base->features[0];
    uint64_t counts[CELLS_MAX] = { 0 };
    uint64_t *into[] = { counts };
    uint64_t below[CELLS_MAX + 1];
    uint64_t bins[PSI_BINS_MAX];
    int64_t n = 0;

    if (t->past.n < SLIDE)
        return (struct sliding){ 0 };
    for (size_t i = t->past.n - SLIDE; i < t->past.n; i++)
        (void)packed_add_counts(&t->past.v[i].packed, &n, into);
    cells_cumulate(counts, f->n_cells, below);
    cells_to_bins(below, f->psi_runs, f->n_psi_runs, f->n_bins, bins);
    return (struct sliding){ .psi = dist_psi(f->bin_counts, bins, f->n_bins),
                             .ks = dist_ks_cells(f->counts, counts, f->n_cells) };
}

static int cmp_double(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Thresholds that 50,000 comments pass as often as chance has it at 10 in a million: in
 * 1 - e^-0.5 of streams; of PSI, of KS, and of the scan's p. */
static struct sliding thresholds(int streams)
{
    double *psi = calloc((size_t)streams, sizeof(*psi));
    double *ks = calloc((size_t)streams, sizeof(*ks));
    double *p = calloc((size_t)streams, sizeof(*p));
    size_t at = (size_t)((double)streams * 0.6065);
    struct sliding out;

    if (!psi || !ks || !p)
        exit(70);
    for (int i = 0; i < streams; i++) {
        struct trial t;

        trial_begin(&t, (struct trial_kind){ 0 }, 1000 + (uint64_t)i, M);
        for (int k = 0; k < STREAM; k += TRIAL_PANE) {
            struct sliding s;

            trial_step(&t, -1, INT64_MIN);
            s = slide(&t);
            p[i] =
                fmin(k == 0 ? 1 : p[i], isnan(t.scan->features[0].p) ? 1 : t.scan->features[0].p);
            psi[i] = fmax(psi[i], s.psi);
            ks[i] = fmax(ks[i], s.ks);
        }
        trial_end(&t);
    }
    qsort(psi, (size_t)streams, sizeof(*psi), cmp_double);
    qsort(ks, (size_t)streams, sizeof(*ks), cmp_double);
    qsort(p, (size_t)streams, sizeof(*p), cmp_double);
    out = (struct sliding){ psi[at], ks[at], p[(size_t)streams - 1 - at] };
    free(p);
    free(ks);
    free(psi);
    return out;
}

enum method { EARLY, SIGNIFICANT, PSI, KS, METHODS };

/* First alarm of each method behind the change; one before it is no delay. */
struct delays {
    int64_t at[METHODS]; /* 0: none yet, -1: too early */
    int streak;
};

static void note(struct delays *d, const struct trial *t, const struct sliding *limit,
                 int64_t behind)
{
    const struct scan_feature *f = &t->scan->features[0];
    struct sliding s = slide(t);
    bool evidence = f->p <= limit->p;
    bool alarm[METHODS];

    d->streak = evidence && f->outcome.effect > 0.005 ? d->streak + 1 : 0;
    alarm[EARLY] = evidence;
    alarm[SIGNIFICANT] = evidence && (f->psi > 0.2 || d->streak >= 3);
    alarm[PSI] = s.psi > limit->psi;
    alarm[KS] = s.ks > limit->ks;
    for (int m = 0; m < METHODS; m++)
        if (alarm[m] && d->at[m] == 0)
            d->at[m] = behind > 0 ? behind : -1;
}

/* Mean delays over one change; adds their logarithms. */
static void measure(int change, int repeats, const struct sliding *limit, double *logs)
{
    double sum[METHODS] = { 0 };
    int runs[METHODS] = { 0 };
    int missed[METHODS] = { 0 };
    int late[METHODS] = { 0 };

    for (int i = 0; i < repeats; i++) {
        struct delays d = { 0 };
        struct trial t;

        trial_begin(&t, (struct trial_kind){ .change = change }, 9000 + (uint64_t)i, M);
        for (int64_t k = -BEFORE; k < AFTER; k += TRIAL_PANE) {
            trial_step(&t, k < 0 ? -1 : k, INT64_MIN);
            note(&d, &t, limit, k + TRIAL_PANE);
        }
        trial_end(&t);
        for (int m = 0; m < METHODS; m++) {
            if (d.at[m] < 0)
                continue;
            runs[m]++;
            missed[m] += d.at[m] == 0;
            late[m] += d.at[m] == 0 || d.at[m] > 5000;
            sum[m] += d.at[m] == 0 ? AFTER : (double)d.at[m];
        }
    }
    printf("%-24s", trial_changes[change]);
    for (int m = 0; m < METHODS; m++) {
        printf("  %7.0f %2d %2d", sum[m] / runs[m], late[m], missed[m]);
        logs[m] += log(sum[m] / runs[m]);
    }
    printf("\n");
}

static void nulls(const char *what, struct trial_kind kind, size_t m, int millions)
{
    int64_t alarms = 0;

    for (int i = 0; i < millions * 20; i++) {
        struct trial t;

        trial_begin(&t, kind, 77 + (uint64_t)i, m);
        alarms += trial_false_alarms(&t, STREAM, LEVEL);
        trial_end(&t);
    }
    printf("%-52s %6.1f in a million (nominal 10)\n", what, (double)alarms / millions);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    int millions = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10;
    int repeats = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 40;
    double logs[METHODS] = { 0 };
    struct sliding limit;

    if (millions < 1 || repeats < 1)
        return 64;
    nulls("independent, baseline of 100,000", (struct trial_kind){ 0 }, M, millions);
    nulls("independent, baseline of 1,000", (struct trial_kind){ 0 }, 1000, millions);
    nulls("AR(1) of 0.3, baseline of 50,000", (struct trial_kind){ .phi = 0.3 }, 50000, millions);
    nulls("AR(1) of 0.6, baseline of 50,000", (struct trial_kind){ .phi = 0.6 }, 50000, millions);
    nulls("20 videos, correlation 0.1, baseline of 40,000",
          (struct trial_kind){ .rho = 0.1, .videos = 20 }, 40000, millions);
    nulls("95 % zeros, baseline of 1,000", (struct trial_kind){ .zeros = 0.95 }, 1000, millions);
    nulls("95 % zeros, baseline of 20,000", (struct trial_kind){ .zeros = 0.95 }, 20000, millions);
    nulls("99 % zeros, baseline of 20,000", (struct trial_kind){ .zeros = 0.99 }, 20000, millions);
    nulls("the same, 20 videos, correlation 0.3",
          (struct trial_kind){ .zeros = 0.99, .rho = 0.3, .videos = 20 }, 20000, millions);
    nulls("99.8 % zeros, baseline of 20,000", (struct trial_kind){ .zeros = 0.998 }, 20000,
          millions);
    limit = thresholds(millions * 20);
    printf(
        "10 in a million: scan p up to %.5f; sliding over 1,000: PSI above %.4f, KS above %.4f\n",
        limit.p, limit.psi, limit.ks);
    printf("mean delay in comments, of %d; not within 5,000; not within %d\n%-24s  %-13s  %-13s  "
           "%-13s  %-13s\n",
           repeats, AFTER, "", "early", "significant", "sliding PSI", "sliding KS");
    for (int c = 0; c < TRIAL_CHANGES; c++)
        measure(c, repeats, &limit, logs);
    printf("%-24s", "geometric mean");
    for (int m = 0; m < METHODS; m++)
        printf("  %7.0f      ", exp(logs[m] / TRIAL_CHANGES));
    printf("\n");
    return 0;
}
