/* SPDX-License-Identifier: MIT */
#include "support/drift/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drift/tally.h"
#include "support/must.h"

enum { VIDEO_LIFE = 2000 }; /* comments after which all videos are new ones */

const char *const trial_changes[TRIAL_CHANGES] = {
    "mean +0.1 sd",     "mean +0.25 sd",
    "mean +0.5 sd",     "mean +1 sd",
    "sd x 1.25",        "sd x 0.7",
    "two humps",        "5 % stuck",
    "2 % at +5 sd",     "mean to +0.5 in 10,000",
    "+0.5 sd at times", "t3, mean +0.25",
    "lognormal x 1.25",
};

static double uniform(struct trial *t)
{
    return prop_double(&t->rng, 0x1p-53, 1);
}

static double normal(struct trial *t)
{
    return sqrt(-2 * log(uniform(t))) * cos(6.283185307179586 * uniform(t));
}

static double student3(struct trial *t)
{
    double z = normal(t);
    double chi2 = 0;

    for (int i = 0; i < 3; i++) {
        double x = normal(t);

        chi2 += x * x;
    }
    return z / sqrt(chi2 / 3);
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ (x >> 29);
}

/* The video of the comment that comes next. */
static uint64_t video_of(struct trial *t)
{
    uint64_t among = t->kind.videos > 0 ? prop_below(&t->rng, (uint64_t)t->kind.videos) : 0;

    if (t->kind.videos == 0)
        return mix(t->comments + 1);
    return mix((t->comments / VIDEO_LIFE) * 1000000 + among + 1);
}

static double in_video(struct trial *t, uint64_t video)
{
    struct trial of = { .rng = { .state = video } };

    return sqrt(t->kind.rho) * normal(&of) + sqrt(1 - t->kind.rho) * normal(t);
}

static double rare_value(struct trial *t)
{
    double x = uniform(t) < t->kind.zeros ? 0 : 1;

    while (x > 0 && uniform(t) < 0.3)
        x++;
    return x;
}

static double rare_in_video(struct trial *t, uint64_t video)
{
    struct trial of = { .kind = t->kind, .rng = { .state = video } };

    return rare_value(uniform(t) < sqrt(t->kind.rho) ? &of : t);
}

static double after_change(struct trial *t, int64_t after)
{
    switch (t->kind.change) {
    case 0:
        return normal(t) + 0.1;
    case 1:
        return normal(t) + 0.25;
    case 2:
        return normal(t) + 0.5;
    case 3:
        return normal(t) + 1;
    case 4:
        return normal(t) * 1.25;
    case 5:
        return normal(t) * 0.7;
    case 6:
        return (uniform(t) < 0.5 ? -0.9 : 0.9) + 0.436 * normal(t);
    case 7:
        return uniform(t) < 0.05 ? 0.3 : normal(t);
    case 8:
        return normal(t) + (uniform(t) < 0.02 ? 5 : 0);
    case 9:
        return normal(t) + 0.5 * fmin((double)after / 10000, 1);
    case 10:
        return normal(t) + (after / 1000 % 4 == 0 ? 0.5 : 0);
    case 11:
        return student3(t) + 0.25;
    default:
        return 1.25 * exp(normal(t));
    }
}

double trial_draw(struct trial *t, int64_t after)
{
    if (t->kind.zeros > 0)
        return rare_value(t);
    if (t->kind.phi > 0) {
        t->last = t->kind.phi * t->last + sqrt(1 - t->kind.phi * t->kind.phi) * normal(t);
        return t->last;
    }
    if (after >= 0)
        return after_change(t, after);
    if (t->kind.change == 11)
        return student3(t);
    return t->kind.change == 12 ? exp(normal(t)) : normal(t);
}

/* A value and the video that it comes from. */
static double next_value(struct trial *t, int64_t after, uint64_t *video)
{
    *video = video_of(t);
    t->comments++;
    if (t->kind.rho > 0)
        return t->kind.zeros > 0 ? rare_in_video(t, *video) : in_video(t, *video);
    return trial_draw(t, after);
}

void trial_begin(struct trial *t, struct trial_kind kind, uint64_t seed, size_t m)
{
    static const char *const names[] = { "x" };
    char bundle[SHA256_HEX_LEN + 1];
    double *x = calloc(m, sizeof(*x));
    uint64_t *video = calloc(m, sizeof(*video));
    const double *columns[] = { x };
    const struct baseline_input in = { .bundle_sha256 = bundle,
                                       .names = names,
                                       .columns = columns,
                                       .n = 1,
                                       .videos = video,
                                       .rows = m };
    struct err err = { { 0 } };

    *t = (struct trial){ .kind = kind, .rng = { .state = seed } };
    memset(bundle, '0', SHA256_HEX_LEN);
    bundle[SHA256_HEX_LEN] = '\0';
    if (!x || !video)
        exit(70);
    if (kind.videos > 0)
        t->kind.videos = 100; /* of a baseline: many, of 20 comments each */
    for (size_t i = 0; i < m; i++)
        x[i] = next_value(t, -1, &video[i]);
    t->kind = kind;
    must_do(baseline_build(&in, &t->base, &err), &err);
    t->scan = scan_new(t->base);
    if (!t->scan)
        exit(70);
    free(video);
    free(x);
}

void trial_end(struct trial *t)
{
    history_release(&t->past);
    scan_free(t->scan);
    baseline_free(t->base);
}

/* Counts a value of a video as the pane stage would. */
static void count(struct trial *t, struct tally *into, double x, uint64_t video)
{
    int32_t cell = (int32_t)cells_find(t->base->features[0].cells, x);
    int64_t units = baseline_units(&t->base->features[0], x);
    struct err err = { { 0 } };
    const struct sighting_values v = {
        .n = 1,
        .x = &x,
        .cell = &cell,
        .units = &units,
        .video = video,
        .example = { .hash = (int64_t)mix(t->comments),
                     .comment_id = { "c", 1 },
                     .cells = { &cell, 1 } },
    };

    must_do(tally_add(into, &v, &err), &err);
}

/* Closes the pane, as the judge would, and scans. */
static void close_pane(struct trial *t, struct tally *tally, int64_t from_ms)
{
    struct arena *a = arena_new(1 << 20);
    struct pane_delta sparse = { .start_ms = t->now_ms };
    struct err err = { { 0 } };
    size_t from;

    must_do(tally_delta(tally, a, &sparse, &err), &err);
    must_do(history_add(&t->past, t->now_ms, &sparse, &err), &err);
    arena_free(a);
    t->now_ms += TRIAL_PANE_MS;
    history_drop(&t->past, history_needed(&t->past, t->now_ms, INT64_MAX / 4, SCAN_COMMENTS_MAX));
    from = history_seek(&t->past, from_ms);
    must_do(scan_run(t->scan, &t->past, from, 10, &err), &err);
}

void trial_step(struct trial *t, int64_t after, int64_t from_ms)
{
    trial_step_of(t, TRIAL_PANE, after, from_ms);
}

void trial_step_of(struct trial *t, int comments, int64_t after, int64_t from_ms)
{
    struct tally *tally = tally_new(t->base);

    if (!tally)
        exit(70);
    for (int i = 0; i < comments; i++) {
        uint64_t video;
        double x = next_value(t, after < 0 ? -1 : after + i, &video);

        count(t, tally, x, video);
    }
    close_pane(t, tally, from_ms);
    tally_free(tally);
}

int64_t trial_false_alarms(struct trial *t, int64_t comments, double level)
{
    int64_t from_ms = INT64_MIN;
    int64_t alarms = 0;

    for (int64_t i = 0; i < comments; i += TRIAL_PANE) {
        trial_step(t, -1, from_ms);
        if (!(t->scan->features[0].p <= level))
            continue;
        alarms++;
        from_ms = t->now_ms;
    }
    return alarms;
}
