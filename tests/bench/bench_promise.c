/* SPDX-License-Identifier: MIT */
/* bench_promise.c -- a budget of one false alarm a month: how many there are, in months drawn
 * from where the baseline came from; by calibration and by bounds. bench_promise [BASELINES
 * [MONTHS [STREAM]]], 10 baselines of 28 days, 20 months on each and all streams unless
 * told. */
#include <stdio.h>
#include <stdlib.h>

#include "stats/family.h"
#include "support/drift/months.h"

enum { STRETCHES = 200, DAYS = 28, MONTH = 30 };

struct tried {
    const char *name;
    struct months_kind kind;
};

/* Seeds of baselines and months; those of the drawing are 1, as absa baseline's. */
#define BASELINE_SEED UINT64_C(52000)
#define MONTH_SEED    UINT64_C(610000)

struct rates {
    double calibrated[2];
    double bounds[2];
};

static void play(const struct tried *t, int baseline, int months, struct rates *out)
{
    static const char *const policies[] = { "significant", "early" };
    struct months_kind kind = t->kind;
    struct months_rows rows;
    struct baseline *b;
    double bound = family_level(1, MONTHS_PANE_MS);

    kind.days = DAYS;
    months_make(&kind, BASELINE_SEED + (uint64_t)baseline, &rows);
    b = months_baseline(&rows);
    if (!months_calibrate(b, &rows, STRETCHES, 1))
        exit(70);
    months_release(&rows);
    kind.days = MONTH;
    for (int m = 0; m < months; m++) {
        months_make(&kind, MONTH_SEED + (uint64_t)(baseline * months + m), &rows);
        for (int i = 0; i < 2; i++) {
            const struct policy *policy = NULL;
            struct err err = { { 0 } };

            if (policy_find(slice_str(policies[i]), &policy, &err) != ST_OK)
                exit(70);
            out->calibrated[i] += months_alerts(
                b, &rows, policies[i], calibration_level(&b->calibration, policy, 1).level);
            out->bounds[i] += months_alerts(b, &rows, policies[i], bound);
        }
        months_release(&rows);
    }
    baseline_free(b);
}

int main(int argc, char **argv)
{
    static const struct tried tried[] = {
        { "independent videos, correlation 0.1", { .videos_a_day = 60, .rho = 0.1 } },
        { "comments as good as independent", { .videos_a_day = 60, .rho = 0 } },
        { "days that differ by 0.15 sd", { .videos_a_day = 60, .rho = 0.1, .day_sd = 0.15 } },
        { "weekends 0.4 sd off, by weekday",
          { .videos_a_day = 80, .rho = 0.1, .day_sd = 0.05, .weekend = 0.4 } },
        { "the same, days differ by 0.15 sd",
          { .videos_a_day = 80, .rho = 0.1, .day_sd = 0.15, .weekend = 0.4 } },
    };
    int baselines = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10;
    int months = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 20;
    size_t only = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : 0;

    if (baselines < 1 || months < 1 || only > sizeof(tried) / sizeof(tried[0]))
        return 64;
    printf("alerts a month at a budget of 1, %d months\n%-38s %11s %6s %11s %6s\n",
           baselines * months, "", "significant", "early", "(bounds)", "");
    for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
        double all = (double)baselines * months;
        struct rates r = { { 0 }, { 0 } };

        if (only > 0 && only != i + 1)
            continue;
        for (int k = 0; k < baselines; k++)
            play(&tried[i], k, months, &r);
        printf("%-38s %11.2f %6.2f %11.2f %6.2f\n", tried[i].name, r.calibrated[0] / all,
               r.calibrated[1] / all, r.bounds[0] / all, r.bounds[1] / all);
        (void)fflush(stdout);
    }
    return 0;
}
