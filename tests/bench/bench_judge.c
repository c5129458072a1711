/* SPDX-License-Identifier: MIT */
/* bench_judge.c -- the judge with 25 features: time of a window, and of a boundary of the scan;
 * memory with many segments, over a day of comments, each segment's within the hours after its
 * first, as those of a video are.
 * bench_judge [SEGMENTS [COMMENTS]]: 10,000 segments of 40 comments each unless told. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "consumers/drift/judge.h"
#include "drift/scan_weigh.h"
#include "drift/tally.h"
#include "drift/window.h"
#include "record/pane.h"
#include "support/cpu.h"
#include "support/must.h"
#include "support/prop.h"

enum {
    FEATURES = 25,
    BASE_ROWS = 20000,
    PANES = 1440,
    PANE_MS = 60000,
    FADES = 120, /* panes in which comments of a segment become fewer by e */
    BATCH = 64,  /* deltas of a record                                     */
    ROUNDS = 20, /* of a time, of which the least counts                   */
    TIMES = 10,
    WINDOWS = 31,
    WINDOW = 60, /* panes of a window, of so many comments each:           */
    BUSY = 100,
    TEXT_MAX = 16
};

#define BUNDLE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define T0     INT64_C(1753315200000)

struct comment {
    int32_t pane;
    int32_t segment;
};

struct bench {
    int segments;
    int comments; /* of each segment */
    struct comment *all;
    struct wire *wire;
    struct topology topo;
    struct baseline *base;
    struct stage judge;
    struct out *out;
    struct sighting_values *values;
    struct tally *tally[BATCH];
    struct arena *arena;
    struct prop dice;
    int64_t offset; /* of the next batch */
    uint64_t id;
};

static double resident_mb(void)
{
    FILE *f = must_have(fopen("/proc/self/statm", "r"));
    long pages = 0;

    if (fscanf(f, "%*d %ld", &pages) != 1)
        exit(70);
    (void)fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static double uniform(struct prop *p)
{
    return ((double)prop_below(p, 1 << 30) + 0.5) / (1 << 30);
}

/* Four scores, counts as those of a text (length, words, digits, ...), and shares. */
static double value(struct prop *p, int feature)
{
    const double u = uniform(p);

    if (feature < 4)
        return u;
    if (feature < 19)
        return floor(-log(u) * (1 + feature)); /* geometric */
    return floor(u * 40) / 40;
}

static void make_baseline(struct bench *b)
{
    static char text[FEATURES][TEXT_MAX];
    const char *names[FEATURES];
    double *columns[FEATURES];
    const double *given[FEATURES];
    struct baseline_input in = {
        .bundle_sha256 = BUNDLE, .names = names, .columns = given, .n = FEATURES, .rows = BASE_ROWS
    };
    struct err err = { { 0 } };

    for (int k = 0; k < FEATURES; k++) {
        columns[k] = must_have(calloc(BASE_ROWS, sizeof(double)));
        for (int i = 0; i < BASE_ROWS; i++)
            columns[k][i] = value(&b->dice, k);
        (void)snprintf(text[k], sizeof(text[k]), "f%02d", k);
        names[k] = text[k];
        given[k] = columns[k];
    }
    must_do(baseline_build(&in, &b->base, &err), &err);
    for (int k = 0; k < FEATURES; k++)
        free(columns[k]);
}

static int by_time(const void *a, const void *b)
{
    const struct comment *x = a;
    const struct comment *y = b;

    if (x->pane != y->pane)
        return x->pane < y->pane ? -1 : 1;
    return (x->segment > y->segment) - (x->segment < y->segment);
}

/* When each comes: fewer and fewer after the first of its segment. */
static void make_comments(struct bench *b)
{
    const size_t n = (size_t)b->segments * (size_t)b->comments;
    size_t at = 0;

    b->all = must_have(calloc(n, sizeof(*b->all)));
    for (int s = 0; s < b->segments; s++) {
        const int first = (int)prop_below(&b->dice, PANES);

        for (int i = 0; i < b->comments; i++) {
            const int pane = first + (int)(-log(uniform(&b->dice)) * FADES);

            b->all[at++] = (struct comment){ pane < PANES ? pane : PANES - 1, s };
        }
    }
    qsort(b->all, n, sizeof(*b->all), by_time);
}

static void make_judge(struct bench *b)
{
    struct drift_conf conf = { .pane_ms = PANE_MS,
                               .window_ms = 3600000,
                               .min_samples = 200,
                               .min_videos = 10,
                               .policy = "significant",
                               .false_alarms = 1,
                               .effect_min = 0.01,
                               .streak_min = 3,
                               .keep_firing_for = 3,
                               .span_ms = 24 * INT64_C(3600000) };
    const size_t cap = (size_t)b->segments * TEXT_MAX;
    char *names = must_have(malloc(cap));
    struct stage_resume resume = { .offset = -1 };
    struct err err = { { 0 } };
    size_t n = 0;

    for (int s = 0; s < b->segments; s++)
        n += (size_t)snprintf(names + n, cap - n, "%slang:s%05d", s ? "," : "", s);
    conf.segments = names;
    b->topo = topology_make(1, 1, 1);
    must_do(wire_new(NULL, &b->wire, &err), &err);
    b->out = must_have(out_new(b->wire, &b->topo, (struct out_limits){ 2000, 8 << 20 }));
    must_do(judge_stage_new(&conf, b->wire, &b->topo, b->base, &b->judge, &err), &err);
    must_do(b->judge.ops->assign(b->judge.ctx, 0, &resume, b->out, &err), &err);
    free(names);
}

static void count_one(struct bench *b, struct tally *t)
{
    struct err err = { { 0 } };
    char id[24];
    struct sighting_values *v = b->values;

    for (int k = 0; k < FEATURES; k++)
        v->x[k] = value(&b->dice, k);
    cells_find_row(v->cells, v->x, FEATURES, v->cell);
    for (int k = 0; k < FEATURES; k++)
        v->units[k] = baseline_units(&b->base->features[k], v->x[k]);
    (void)snprintf(id, sizeof(id), "75%017" PRIu64, ++b->id);
    v->video = hash64(slice_str(id)) % 1000;
    v->example = (struct example){ .hash = (int64_t)hash64(slice_str(id)),
                                   .src_offset = (int64_t)b->id,
                                   .comment_id = slice_str(id),
                                   .cells = { v->cell, FEATURES } };
    must_do(tally_add(t, v, &err), &err);
}

static void commit(struct bench *b)
{
    struct err err = { { 0 } };
    struct buf meta;

    buf_init(&meta, STAGE_META_MAX);
    must_do(b->judge.ops->checkpoint(b->judge.ctx, 0, &meta, b->out, &err), &err);
    out_clear(b->out);
}

static void give(struct bench *b, const struct pane *pane)
{
    struct stage_rec rec = { .offset = pane->from_offset };
    struct err err = { { 0 } };
    struct buf value;
    bool more = true;

    buf_init(&value, 64 << 20);
    must_do(wire_encode(b->wire, RECORD_PANE, pane, &value, &err), &err);
    rec.value = buf_slice(&value);
    for (size_t used = 0; used == 0; commit(b))
        must_do(b->judge.ops->process(b->judge.ctx, 0, &rec, 1, &used, b->out, &err), &err);
    for (; more; commit(b))
        must_do(b->judge.ops->resume(b->judge.ctx, 0, b->out, &more, &err), &err);
    buf_release(&value);
}

/* Up to BATCH segments of a minute, from at on; where the next ones begin. */
static size_t batch(struct bench *b, size_t at, int32_t minute)
{
    const size_t n = (size_t)b->segments * (size_t)b->comments;
    struct mark mark = { .src_count = 1, .src_epoch = 1, .kind = MARK_DATA, .n_since_last = -1 };
    struct pane_delta deltas[BATCH] = { 0 };
    char name[BATCH][TEXT_MAX];
    size_t used = 0;
    struct err err = { { 0 } };

    arena_reset(b->arena);
    for (; used < BATCH && at < n && b->all[at].pane == minute; used++) {
        const int32_t s = b->all[at].segment;

        tally_clear(b->tally[used]);
        for (; at < n && b->all[at].pane == minute && b->all[at].segment == s; at++)
            count_one(b, b->tally[used]);
        must_do(tally_delta(b->tally[used], b->arena, &deltas[used], &err), &err);
        (void)snprintf(name[used], TEXT_MAX, "lang:s%05d", s);
        deltas[used].segment = slice_str(name[used]);
        deltas[used].start_ms = T0 + minute * INT64_C(60000);
    }
    mark.wm_ms = T0 + (minute + (at == n || b->all[at].pane > minute)) * INT64_C(60000);
    mark.floor_ms = mark.wm_ms;
    mark.next_offset = b->offset;
    mark.seq = b->offset;
    give(b, &(struct pane){ .run = 1,
                            .from_offset = b->offset,
                            .to_offset = b->offset + 1,
                            .baseline = slice_str(b->base->id),
                            .bundle = slice_str(BUNDLE),
                            .marks = { &mark, 1 },
                            .deltas = { deltas, used } });
    b->offset++;
    return at;
}

/* A window, and the panes that it is the sum of. */
struct busy {
    struct tally *window;
    struct history past;
    double window_us; /* least of the rounds */
    double scan_us;
};

static void make_busy(struct bench *b, struct busy *w)
{
    struct err err = { { 0 } };

    *w = (struct busy){ .window = must_have(tally_new(b->base)),
                        .window_us = 1e18,
                        .scan_us = 1e18 };
    for (int i = 0; i < WINDOW; i++) {
        struct pane_delta d = { 0 };

        tally_clear(b->tally[0]);
        arena_reset(b->arena);
        for (int k = 0; k < BUSY; k++)
            count_one(b, b->tally[0]);
        must_do(tally_delta(b->tally[0], b->arena, &d, &err), &err);
        must_do(history_add(&w->past, i * INT64_C(60000), &d, &err), &err);
    }
    must_do(history_sum(&w->past, 0, b->arena, w->window, &err), &err);
}

/* A round of one: as a window, and by the scan at its last boundary. */
static void time_busy(struct bench *b, struct scan *scan, const struct window_rules *rules,
                      struct busy *w)
{
    const struct scan_rules scan_rules = { .min_videos = 10, .span_ms = WINDOW * INT64_C(60000) };
    struct err err = { { 0 } };
    double t = cpu_s() * 1e6;

    for (int i = 0; i < TIMES; i++) {
        struct window out = { 0 };

        arena_reset(b->arena);
        must_do(window_judge(w->window, rules, b->arena, &out, &err), &err);
    }
    w->window_us = fmin(w->window_us, (cpu_s() * 1e6 - t) / TIMES);
    t = cpu_s() * 1e6;
    for (int i = 0; i < TIMES; i++)
        must_do(scan_look(scan, &w->past, &scan_rules, WM_NONE, WINDOW * INT64_C(60000), &err),
                &err);
    w->scan_us = fmin(w->scan_us, (cpu_s() * 1e6 - t) / TIMES);
}

static int by_window(const void *a, const void *b)
{
    const struct busy *x = a;
    const struct busy *y = b;

    return (x->window_us > y->window_us) - (x->window_us < y->window_us);
}

/* Busy windows, each judged again and again: what one costs depends on where its features are. */
static void time_it(struct bench *b)
{
    struct window_rules rules = { .min_samples = 200, .min_videos = 10 };
    struct scan *scan = must_have(scan_new(b->base));
    struct busy busy[WINDOWS];
    double scan_us = 0;
    struct err err = { { 0 } };

    must_do(policy_find(slice_str("significant"), &rules.policy, &err), &err);
    for (int i = 0; i < WINDOWS; i++)
        make_busy(b, &busy[i]);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < WINDOWS; i++)
            time_busy(b, scan, &rules, &busy[i]);
    qsort(busy, WINDOWS, sizeof(busy[0]), by_window);
    for (int i = 0; i < WINDOWS; i++)
        scan_us += busy[i].scan_us / WINDOWS;
    printf("a window of %d features, %d comments: %.1f us, the middle of %d (%.1f to %.0f); a "
           "boundary of the scan over its %d panes: %.0f us\n",
           FEATURES, WINDOW * BUSY, busy[WINDOWS / 2].window_us, WINDOWS, busy[0].window_us,
           busy[WINDOWS - 1].window_us, WINDOW, scan_us);
    for (int i = 0; i < WINDOWS; i++) {
        history_release(&busy[i].past);
        tally_free(busy[i].window);
    }
    scan_free(scan);
}

static void setup(struct bench *b)
{
    b->dice = (struct prop){ .state = 1 };
    make_baseline(b);
    make_comments(b);
    b->values = must_have(sighting_values_new(b->base));
    b->arena = must_have(arena_new(64 << 20));
    for (int i = 0; i < BATCH; i++)
        b->tally[i] = must_have(tally_new(b->base));
    make_judge(b);
}

static void tear_down(struct bench *b)
{
    stage_close(&b->judge);
    for (int i = 0; i < BATCH; i++)
        tally_free(b->tally[i]);
    arena_free(b->arena);
    sighting_values_free(b->values);
    out_free(b->out);
    wire_free(b->wire);
    baseline_free(b->base);
    free(b->all);
}

int main(int argc, char **argv)
{
    struct bench b = { .segments = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10000,
                       .comments = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 40 };
    double before;
    double most = 0;
    size_t at = 0;

    setup(&b);
    time_it(&b);
    before = resident_mb();
    for (int32_t minute = 0; minute < PANES; minute++) {
        const size_t n = (size_t)b.segments * (size_t)b.comments;
        double now;

        do
            at = batch(&b, at, minute);
        while (at < n && b.all[at].pane == minute);
        now = resident_mb() - before;
        most = now > most ? now : most;
        if (minute % 60 == 59)
            (void)fprintf(stderr, "hour %2d: %.0f MB\n", minute / 60 + 1, now);
    }
    printf("judge %.0f MB at most: %d segments of %d features, %zu comments in a day, %.1f kB a "
           "segment\n",
           most, b.segments, FEATURES, at, most * 1024 / b.segments);
    tear_down(&b);
    return 0;
}
