/* SPDX-License-Identifier: MIT */
#include "support/drift/months.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/time.h"
#include "drift/tally.h"
#include "record/score.h"
#include "support/must.h"
#include "support/prop.h"

enum { COMMENTS = 8, SCORES = 4 };

struct made {
    int64_t ms;
    uint64_t video;
    double x[MONTHS_FEATURES];
};

static double normal(struct prop *p)
{
    return sqrt(-2 * log(prop_double(p, 0x1p-53, 1))) *
           cos(6.283185307179586 * prop_double(p, 0, 1));
}

static double rare(struct prop *p)
{
    double x = prop_below(p, 10) > 0 ? 0 : 1;

    while (x > 0 && prop_below(p, 3) == 0)
        x++;
    return x;
}

static int by_time(const void *a, const void *b)
{
    const struct made *x = a;
    const struct made *y = b;

    if (x->ms != y->ms)
        return x->ms < y->ms ? -1 : 1;
    return (x->video > y->video) - (x->video < y->video);
}

/* The comments of one video, each feature its own effect. */
static void make_video(const struct months_kind *kind, int day, const double *weather,
                       struct prop *p, struct made *out)
{
    double effect[MONTHS_FEATURES];
    uint64_t video = prop_u64(p);
    int64_t at = day * MS_DAY + (int64_t)prop_below(p, (uint64_t)MS_DAY);

    for (int f = 0; f < MONTHS_FEATURES; f++)
        effect[f] = sqrt(kind->rho) * normal(p) + weather[f];
    for (int i = 0; i < COMMENTS; i++) {
        out[i] = (struct made){ .ms = at, .video = video };
        at += (int64_t)(-1.2e6 * log(prop_double(p, 0x1p-53, 1)));
        for (int f = 0; f + 1 < MONTHS_FEATURES; f++)
            out[i].x[f] = effect[f] + sqrt(1 - kind->rho) * normal(p);
        out[i].x[MONTHS_FEATURES - 1] = rare(p);
    }
}

/* Of days since 1970, which began on a Thursday. */
static bool is_weekend(int day)
{
    return day % 7 == 2 || day % 7 == 3;
}

/* The rows of each weekday, for a kind whose weekends are others. */
static void list_slots(const struct months_kind *kind, struct months_rows *r)
{
    struct err err = { { 0 } };

    if (kind->weekend == 0)
        return;
    r->season = facet_find(slice_str("weekday"));
    must_do(season_rows_init(&r->slots, r->season, r->arrival_ms, r->n, &err), &err);
}

void months_make(const struct months_kind *kind, uint64_t seed, struct months_rows *out)
{
    size_t n = (size_t)kind->days * (size_t)kind->videos_a_day * COMMENTS;
    struct made *made = must_have(calloc(n, sizeof(*made)));
    struct prop p = { .state = seed };
    struct made *at = made;

    for (int d = 0; d < kind->days; d++) {
        const double off = is_weekend(d) ? kind->weekend : 0;
        double weather[MONTHS_FEATURES];

        for (int f = 0; f < MONTHS_FEATURES; f++)
            weather[f] = off + kind->day_sd * normal(&p);
        for (int v = 0; v < kind->videos_a_day; v++, at += COMMENTS)
            make_video(kind, d, weather, &p, at);
    }
    qsort(made, n, sizeof(*made), by_time);
    *out = (struct months_rows){ .arrival_ms = must_have(calloc(n, sizeof(int64_t))),
                                 .video = must_have(calloc(n, sizeof(uint64_t))),
                                 .n = n };
    for (int f = 0; f < MONTHS_FEATURES; f++)
        out->column[f] = must_have(calloc(n, sizeof(double)));
    for (size_t i = 0; i < n; i++) {
        out->arrival_ms[i] = made[i].ms;
        out->video[i] = made[i].video;
        for (int f = 0; f < MONTHS_FEATURES; f++)
            out->column[f][i] = made[i].x[f];
    }
    free(made);
    list_slots(kind, out);
}

void months_release(struct months_rows *r)
{
    season_rows_release(&r->slots);
    for (int f = 0; f < MONTHS_FEATURES; f++)
        free(r->column[f]);
    free(r->arrival_ms);
    free(r->video);
    *r = (struct months_rows){ 0 };
}

struct baseline_input months_input(const struct months_rows *r)
{
    static const char *const names[MONTHS_FEATURES] = { "sentiment_score", "engagement_score",
                                                        "implicitness_degree", "confidence",
                                                        "rare" };
    static char bundle[SHA256_HEX_LEN + 1];

    memset(bundle, '0', SHA256_HEX_LEN);
    return (struct baseline_input){ .bundle_sha256 = bundle,
                                    .names = names,
                                    .columns = (const double *const *)r->column,
                                    .n = MONTHS_FEATURES,
                                    .videos = r->video,
                                    .rows = r->n,
                                    .segments = r->slots.part,
                                    .n_segments = r->slots.n };
}

struct calibration_settings months_settings(void)
{
    return (struct calibration_settings){ .pane_ms = MONTHS_PANE_MS,
                                          .span_ms = MS_DAY,
                                          .min_videos = 10,
                                          .streak_min = 3,
                                          .effect_min = 0.005,
                                          .method = EVIDENCE_METHOD };
}

struct calibration_settings months_settings_of(const struct months_rows *r)
{
    struct calibration_settings s = months_settings();

    s.season = r->season;
    return s;
}

struct baseline *months_baseline(const struct months_rows *r)
{
    const struct baseline_input in = months_input(r);
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    must_do(baseline_build(&in, &b, &err), &err);
    return b;
}

bool months_calibrate(struct baseline *b, const struct months_rows *r, int stretches, uint64_t seed)
{
    const struct baseline_input in = months_input(r);
    struct calibration *out = must_have(calloc(1, sizeof(*out)));
    struct calibrate c = { .in = &in,
                           .arrival_ms = r->arrival_ms,
                           .base = b,
                           .settings = months_settings_of(r),
                           .stretches = stretches,
                           .seed = seed };
    struct err err = { { 0 } };
    enum status st = calibrate_begin(&c, &err);

    if (st == ST_REJECT)
        (void)fprintf(stderr, "months: %s\n", err.msg);
    for (int w = 0; w < c.worlds && st == ST_OK; w++)
        st = calibrate_world(&c, w, out, &err);
    if (st == ST_OK) {
        calibrate_finish(&c, 1, out);
        st = baseline_calibrated(b, out, &err);
    }
    calibrate_end(&c);
    free(out);
    if (st != ST_REJECT)
        must_do(st, &err);
    return st == ST_OK;
}

/* A judge of one segment, without its stage. */
struct judge {
    struct scan *scan;
    struct season season;
    struct scan_rules rules;
    struct history past;
    struct scan_memory memory;
    int32_t firing; /* feature; -1: none */
    int alerts;
};

static void boundary(struct judge *j, int64_t at_ms, double level)
{
    const int64_t season_ms = season_since(&j->season, at_ms - 1);
    const int64_t from_ms = season_ms > j->memory.from_ms ? season_ms : j->memory.from_ms;
    double p[MONTHS_FEATURES];
    double q[MONTHS_FEATURES];
    enum severity severity[MONTHS_FEATURES];
    struct scan_weight w = { .at_ms = at_ms, .level = level, .p = p, .q = q, .severity = severity };
    struct err err = { { 0 } };
    bool over;

    scan_against(j->scan, season_at(&j->season, at_ms - 1));
    must_do(scan_look(j->scan, &j->past, &j->rules, from_ms, at_ms, &err), &err);
    scan_weigh(j->scan, &j->rules, j->memory.streak, &w);
    j->memory = scan_remember(j->scan, &j->rules, &j->memory, &w, j->firing, &over);
    if (over)
        j->firing = -1;
    if (w.worst < 0)
        return;
    j->alerts += j->firing < 0;
    j->firing = w.worst;
}

static void close_pane(struct judge *j, struct tally *t, int64_t start_ms, double level)
{
    struct pane_delta sparse = { .start_ms = start_ms };
    struct arena *a = must_have(arena_new(1 << 20));
    struct err err = { { 0 } };

    must_do(tally_delta(t, a, &sparse, &err), &err);
    sparse.start_ms = start_ms;
    must_do(history_add(&j->past, start_ms, &sparse, &err), &err);
    arena_free(a);
    tally_clear(t);
    boundary(j, start_ms + MONTHS_PANE_MS, level);
}

static void count(const struct months_rows *r, size_t row, const struct baseline *b,
                  struct sighting_values *v, struct tally *t)
{
    double features[] = { r->column[SCORES][row] };
    struct score s = { .sentiment_score = r->column[0][row],
                       .engagement_score = r->column[1][row],
                       .implicitness_degree = r->column[2][row],
                       .confidence = r->column[3][row],
                       .comment_id = { (const char *)&row, sizeof(row) },
                       .video_id = { (const char *)&r->video[row], sizeof(r->video[row]) },
                       .features = { features, 1 } };
    struct err err = { { 0 } };

    must_do(sighting_values_fill(v, b, &s, &err), &err);
    must_do(tally_add(t, v, &err), &err);
}

int months_alerts(const struct baseline *b, const struct months_rows *r, const char *policy,
                  double level)
{
    const struct calibration_settings s = months_settings_of(r);
    struct sighting_values *v = must_have(sighting_values_new(b));
    struct tally *t = must_have(tally_new(b));
    struct err err = { { 0 } };
    struct judge j = { .scan = must_have(scan_new(b)),
                       .rules = { .min_videos = (double)s.min_videos,
                                  .span_ms = s.span_ms,
                                  .effect_min = s.effect_min,
                                  .streak_min = (int32_t)s.streak_min,
                                  .keep_firing_for = 3 },
                       .memory.from_ms = WM_NONE,
                       .firing = -1 };

    must_do(policy_find(slice_str(policy), &j.rules.policy, &err), &err);
    must_do(season_init(&j.season, s.season, b, &err), &err);
    for (size_t i = 0; i < r->n; i++) {
        int64_t pane = r->arrival_ms[i] / MONTHS_PANE_MS;

        count(r, i, b, v, t);
        if (i + 1 == r->n || r->arrival_ms[i + 1] / MONTHS_PANE_MS != pane)
            close_pane(&j, t, pane * MONTHS_PANE_MS, level);
    }
    history_release(&j.past);
    season_release(&j.season);
    scan_free(j.scan);
    tally_free(t);
    sighting_values_free(v);
    return j.alerts;
}
