/* SPDX-License-Identifier: MIT */
#include "drift/calibrate.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/time.h"
#include "drift/days_differ.h"
#include "drift/monitored.h"
#include "drift/resample.h"
#include "drift/scan_weigh.h"
#include "drift/tally.h"
#include "record/score.h"

enum {
    DAYS_LEAST = 3,
    DAYS_MOST = 30,
    WORLDS_MIN = 10,
    TAIL_SHARE = 4, /* of the days that are left out: the tail is a quarter */
    ARENA_MAX = 256 << 20,
};

/* Features of panes that are looked back at, in all stretches: minutes of a processor. */
#define LOOKS_MAX 1e10

/* What a look costs beside its panes, in panes: the tests of its runs. */
#define LOOK_PANES 30

/* Rows that are drawn for worlds, in all. */
#define WORLD_ROWS_MAX 10e6

/* Distinct streams of the generator: a world's baseline, and its stretches. */
#define SEED_WORLD UINT64_C(0x6a09e667f3bcc908)

/* One world and what its stretches are counted in. */
struct world {
    const struct calibrate *c;
    struct baseline *base;
    struct season season; /* of it */
    struct scan *scan;
    struct tally *tally;
    struct sighting_values *values;
    struct arena *arena; /* for one pane                       */
    double *row;         /* a value of each feature            */
    struct excerpt drawn;
    struct history past;
    int64_t counts_ms; /* before this of a stretch no alert is one */
    int64_t sightings;
    struct scan_rules rules;
    double level[CALIBRATION_STEPS];
    /* By policy, of the stretch at hand. */
    const struct policy *policy[CALIBRATION_POLICIES];
    int32_t streak[CALIBRATION_POLICIES][CALIBRATION_STEPS];
    int32_t least[CALIBRATION_POLICIES];
    /* Arrays of a weight, one place a feature. */
    double *p;
    double *q;
    enum severity *severity;
};

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory");
}

/* Boundaries of a day at which there is something to look at, on average. */
static double boundaries_a_day(const struct calibrate *c)
{
    double panes = 0;

    for (size_t i = 0; i < c->in->rows; i++)
        panes += i == 0 || c->arrival_ms[i] / c->settings.pane_ms !=
                               c->arrival_ms[i - 1] / c->settings.pane_ms;
    return panes / (double)c->pool->days;
}

/* Days of a stretch that LOOKS_MAX has room for. */
static int32_t stretch_days(const struct calibrate *c)
{
    double a_day = boundaries_a_day(c);
    double back = a_day * (double)c->settings.span_ms / (double)MS_DAY;
    double looks = a_day * (double)c->stretches * (double)c->base->n * (back + LOOK_PANES);

    return (int32_t)fmin(DAYS_MOST, fmax(DAYS_LEAST, floor(LOOKS_MAX / looks)));
}

/* Stretches are drawn, or each is a day left out. */
static enum status plan(struct calibrate *c, struct err *err)
{
    double rows = fmin((double)c->in->rows, CALIBRATE_ROWS_MAX);
    enum status st = ST_OK;

    if (days_differ(c->pool, c->in, c->base)) {
        st = left_out_new(c->pool, &c->left_out, err);
        c->stretches = (int32_t)c->left_out.n;
        c->days = 1;
        c->tail = c->stretches / TAIL_SHARE;
    } else {
        c->world_days = (size_t)ceil((double)c->pool->days * rows / (double)c->in->rows);
        c->days = stretch_days(c);
    }
    c->worlds = (int32_t)fmin(c->stretches, fmax(WORLDS_MIN, floor(WORLD_ROWS_MAX / rows)));
    return st;
}

/* Days that are drawn are of any day of the week. */
static enum status plan_season(struct calibrate *c, struct err *err)
{
    const struct facet *f = c->settings.season;
    enum status st = season_init(&c->season, f, c->base, err);

    if (st != ST_OK || !f)
        return st;
    if (c->season.known == 0)
        return err_set(err, ST_REJECT, "it knows no %s well enough: --segments %s", facet_name(f),
                       facet_name(f));
    if (c->left_out.n == 0 && (int64_t)facet_slots(f) * facet_length(f) > MS_DAY)
        return err_set(err, ST_REJECT, "its days are alike, and drift.season = %s tells days apart",
                       facet_name(f));
    return ST_OK;
}

static enum status check_size(const struct calibrate *c, struct err *err)
{
    const size_t days = pool_busy_days(c->pool);
    const double even = pool_even_days(c->pool);

    if (days < CALIBRATE_DAYS_MIN || c->pool->videos < CALIBRATE_VIDEOS_MIN)
        return err_set(err, ST_REJECT, "it holds %zu days and %zu videos: %d and %d are needed",
                       days, c->pool->videos, CALIBRATE_DAYS_MIN, CALIBRATE_VIDEOS_MIN);
    /* What is drawn is with most of the videos, or without. */
    if (c->left_out.n == 0 && even < CALIBRATE_EVEN_MIN)
        return err_set(err, ST_REJECT,
                       "most of its %zu videos begin on few of its %zu days, which are worth %.1f: "
                       "%d are needed",
                       c->pool->videos, days, even, CALIBRATE_EVEN_MIN);
    return ST_OK;
}

enum status calibrate_begin(struct calibrate *c, struct err *err)
{
    enum status st;

    c->pool = NULL;
    c->left_out = (struct left_out){ 0 };
    c->season = (struct season){ 0 };
    c->tail = 0;
    if (c->in->n < monitored_scores(c->in->names[0]))
        return err_set(err, ST_REJECT, "it is not one of scores");
    st = pool_new(c->in, c->arrival_ms, &c->pool, err);
    if (st == ST_OK)
        st = plan(c, err);
    if (st == ST_OK)
        st = plan_season(c, err);
    return st == ST_OK ? check_size(c, err) : st;
}

void calibrate_end(struct calibrate *c)
{
    season_release(&c->season);
    left_out_release(&c->left_out);
    pool_free(c->pool);
    c->pool = NULL;
}

/* The values of the rows that were drawn. */
static void gather(const struct world *w, const double *from, double *to)
{
    for (size_t i = 0; i < w->drawn.n; i++)
        to[i] = from[w->drawn.v[i].row];
}

static int64_t came_ms(const struct world *w, size_t i)
{
    return w->c->arrival_ms[w->drawn.v[i].row];
}

/* Builds a baseline of columns of the rows that were drawn, with what is compared by season. */
static enum status build_seasons(struct world *w, struct baseline_input *in, struct err *err)
{
    const struct facet *f = w->c->settings.season;
    struct season_rows parts = { 0 };
    int64_t *at_ms = calloc(in->rows + 1, sizeof(*at_ms));
    enum status st = at_ms ? ST_OK : no_memory(err);

    for (size_t i = 0; at_ms && i < in->rows; i++)
        at_ms[i] = came_ms(w, i);
    if (st == ST_OK && f)
        st = season_rows_init(&parts, f, at_ms, in->rows, err);
    in->segments = parts.part; /* others than those of the whole: other rows */
    in->n_segments = parts.n;
    in->segments_known = true; /* c->season says which are */
    if (st == ST_OK)
        st = baseline_build(in, &w->base, err);
    if (st == ST_OK)
        st = season_init(&w->season, f, w->base, err);
    season_rows_release(&parts);
    free(at_ms);
    return st;
}

/* Builds a baseline of the rows that were drawn. */
static enum status build_from(struct world *w, struct err *err)
{
    const struct baseline_input *from = w->c->in;
    size_t rows = w->drawn.n;
    const size_t all = from->n + from->n_categories;
    double *block = calloc(all * rows + 1, sizeof(*block));
    const double **columns = calloc(from->n, sizeof(*columns));
    struct baseline_words words[FACETS_MAX];
    uint64_t *videos = calloc(rows + 1, sizeof(*videos));
    struct baseline_input in = *from;
    enum status st = no_memory(err);

    for (size_t f = 0; block && columns && f < from->n; f++) {
        columns[f] = block + f * rows;
        gather(w, from->columns[f], block + f * rows);
    }
    for (size_t k = 0; block && k < from->n_categories; k++) {
        words[k] = from->categories[k];
        words[k].number = block + (from->n + k) * rows;
        gather(w, from->categories[k].number, block + (from->n + k) * rows);
    }
    for (size_t i = 0; videos && i < rows; i++)
        videos[i] = w->drawn.v[i].video;
    if (block && columns && videos) {
        in.columns = columns;
        in.categories = words;
        in.videos = from->videos ? videos : NULL;
        in.rows = rows;
        st = build_seasons(w, &in, err);
    }
    free(videos);
    free(columns);
    free(block);
    return st;
}

static void world_end(struct world *w)
{
    free(w->severity);
    free(w->q);
    free(w->p);
    history_release(&w->past);
    excerpt_release(&w->drawn);
    free(w->row);
    arena_free(w->arena);
    sighting_values_free(w->values);
    tally_free(w->tally);
    scan_free(w->scan);
    season_release(&w->season);
    baseline_free(w->base);
    free(w);
}

static enum status find_policies(struct world *w, struct err *err)
{
    static const char *const names[] = { "significant", "early" };
    enum status st = ST_OK;

    for (int i = 0; i < CALIBRATION_POLICIES && st == ST_OK; i++) {
        const struct policy *policy = NULL;

        st = policy_find(slice_str(names[i]), &policy, err);
        if (st == ST_OK)
            w->policy[calibration_row(policy)] = policy;
    }
    return st;
}

static enum status allocate(struct world *w, struct err *err)
{
    size_t n = w->base->n;

    w->scan = scan_new(w->base);
    w->tally = tally_new(w->base);
    w->values = sighting_values_new(w->base);
    w->arena = arena_new(ARENA_MAX);
    w->row = calloc(n, sizeof(*w->row));
    w->p = calloc(n, sizeof(*w->p));
    w->q = calloc(n, sizeof(*w->q));
    w->severity = calloc(n, sizeof(*w->severity));
    if (!w->scan || !w->tally || !w->values || !w->arena || !w->row || !w->p || !w->q ||
        !w->severity)
        return no_memory(err);
    return find_policies(w, err);
}

/* The comments of a world's baseline. */
static enum status draw_world(struct world *w, int32_t world, struct err *err)
{
    const struct calibrate *c = w->c;
    uint64_t seed = (c->seed + (uint64_t)world) * SEED_WORLD;
    enum status st;

    if (c->left_out.n > 0)
        return left_out_rest(&c->left_out, (size_t)world, (size_t)c->worlds, CALIBRATE_ROWS_MAX,
                             &w->drawn, err);
    do /* again where all days that were drawn are without a video */
        st = resample_draw(c->pool, c->world_days, seed++, &w->drawn, err);
    while (st == ST_OK && w->drawn.n == 0);
    return st;
}

static enum status draw_stretch(struct world *w, int32_t k, struct err *err)
{
    const struct calibrate *c = w->c;

    if (c->left_out.n > 0)
        return left_out_day(&c->left_out, (size_t)k, &w->drawn, err);
    return resample_draw(c->pool, (size_t)c->days, c->seed + 1 + (uint64_t)k, &w->drawn, err);
}

static enum status world_begin(const struct calibrate *c, int32_t world, struct world **out,
                               struct err *err)
{
    const struct calibration_settings *s = &c->settings;
    struct world *w = calloc(1, sizeof(*w));
    enum status st;

    *out = w;
    if (!w)
        return no_memory(err);
    w->c = c;
    w->rules = (struct scan_rules){ .min_videos = (double)s->min_videos,
                                    .span_ms = s->span_ms,
                                    .effect_min = s->effect_min,
                                    .streak_min = (int32_t)s->streak_min };
    for (int32_t i = 0; i < CALIBRATION_STEPS; i++)
        w->level[i] = calibration_step(i);
    w->counts_ms = c->left_out.n > 0 ? MS_DAY : 0;
    st = draw_world(w, world, err);
    if (st == ST_OK)
        st = build_from(w, err);
    return st == ST_OK ? allocate(w, err) : st;
}

/* The word of a row, as the score had it; for one that is kept by none, what is no name either. */
static void put_word(const struct baseline_words *w, size_t row, struct score *score,
                     struct aspect *aspect)
{
    const double number = w->number[row];
    struct slice text = slice_str(CATEGORY_OTHER);

    if (isnan(number))
        text = (struct slice){ 0 };
    else if (number < (double)w->words->n)
        text = slice_str(w->words->word[(size_t)number]);
    facet_put(facet_find(slice_str(w->name)), text, score, aspect);
}

/* Counts a comment as the pane stage does. */
static enum status count(struct world *w, const struct excerpt_row *r, struct err *err)
{
    const struct baseline_input *in = w->c->in;
    const int64_t id = w->sightings++;
    struct aspect aspect;
    struct score score = { .comment_id = { (const char *)&id, sizeof(id) },
                           .video_id = { (const char *)&r->video, sizeof(r->video) } };
    enum status st;

    for (size_t i = 0; i < in->n; i++)
        w->row[i] = in->columns[i][r->row];
    monitored_take((struct doubles){ w->row, in->n }, monitored_scores(in->names[0]), &score);
    for (size_t k = 0; k < in->n_categories; k++)
        put_word(&in->categories[k], r->row, &score, &aspect);
    st = sighting_values_fill(w->values, w->base, &score, err);
    return st == ST_OK ? tally_add(w->tally, w->values, err) : st;
}

/* The weakest level there is that does not call a boundary with this q. */
static int32_t first_without(const struct world *w, double q)
{
    int32_t i = 0;

    while (i < CALIBRATION_STEPS && w->level[i] >= q)
        i++;
    return i;
}

/* What a boundary means to one policy at each level that could still change anything. */
static void weigh(struct world *w, int row)
{
    struct scan_weight weight = { .p = w->p, .q = w->q, .severity = w->severity };
    int32_t *streak = w->streak[row];
    double q = 2;
    int32_t end;

    w->rules.policy = w->policy[row];
    scan_weigh(w->scan, &w->rules, 0, &weight);
    for (size_t i = 0; i < w->base->n; i++)
        q = fmin(q, isnan(w->q[i]) ? q : w->q[i]);
    end = first_without(w, q);
    for (int32_t i = w->least[row] + 1; i < end; i++) {
        weight.level = w->level[i];
        scan_weigh(w->scan, &w->rules, streak[i], &weight);
        streak[i] = weight.streak;
        if (weight.worst >= 0)
            w->least[row] = i;
    }
    for (int32_t i = end; i < CALIBRATION_STEPS; i++)
        streak[i] = 0;
}

static void forget_alerts(struct world *w)
{
    for (int row = 0; row < CALIBRATION_POLICIES; row++)
        w->least[row] = CALIBRATION_NEVER;
}

/* What comments that came at a time are compared with: the whole, where the stream's are. */
static const struct baseline *against(const struct world *w, int64_t at_ms)
{
    const struct season *judged = &w->c->season;

    return season_at(judged, at_ms) == judged->whole ? w->base : season_at(&w->season, at_ms);
}

/* Closes a pane and looks back from its end. came: when a comment in it did. */
static enum status close_pane(struct world *w, int64_t start_ms, int64_t came, struct err *err)
{
    const int64_t since_ms = season_since(&w->season, start_ms); /* both begin at midnight */
    int64_t at_ms = start_ms + w->c->settings.pane_ms;
    struct pane_delta sparse = { .start_ms = start_ms };
    enum status st;

    arena_reset(w->arena);
    st = tally_delta(w->tally, w->arena, &sparse, err);
    if (st == ST_OK)
        st = history_add(&w->past, start_ms, &sparse, err);
    tally_clear(w->tally);
    scan_against(w->scan, against(w, came));
    if (st == ST_OK)
        st = scan_look(w->scan, &w->past, &w->rules, since_ms, at_ms, err);
    history_drop(&w->past, history_needed(&w->past, at_ms, w->rules.span_ms, SCAN_COMMENTS_MAX));
    for (int row = 0; row < CALIBRATION_POLICIES && st == ST_OK; row++)
        weigh(w, row);
    if (start_ms < w->counts_ms)
        forget_alerts(w);
    return st;
}

static enum status play(struct world *w, struct err *err)
{
    const int64_t pane_ms = w->c->settings.pane_ms;
    enum status st = ST_OK;

    history_release(&w->past);
    memset(w->streak, 0, sizeof(w->streak));
    forget_alerts(w);
    for (size_t i = 0; i < w->drawn.n && st == ST_OK; i++) {
        int64_t pane = w->drawn.v[i].ms / pane_ms;

        st = count(w, &w->drawn.v[i], err);
        if (st == ST_OK && (i + 1 == w->drawn.n || w->drawn.v[i + 1].ms / pane_ms != pane))
            st = close_pane(w, pane * pane_ms, came_ms(w, i), err);
    }
    return st;
}

enum status calibrate_world(const struct calibrate *c, int32_t world, struct calibration *out,
                            struct err *err)
{
    struct world *w = NULL;
    enum status st = world_begin(c, world, &w, err);

    for (int32_t k = world; k < c->stretches && st == ST_OK; k += c->worlds) {
        if (c->go_on && !c->go_on(c->ctx))
            st = err_set(err, ST_RETRY, "interrupted");
        if (st == ST_OK)
            st = draw_stretch(w, k, err);
        if (st == ST_OK)
            st = play(w, err);
        for (int row = 0; row < CALIBRATION_POLICIES && st == ST_OK; row++)
            out->least[row][k] = (int16_t)w->least[row];
    }
    if (w)
        world_end(w);
    return st;
}

void calibrate_finish(const struct calibrate *c, double per_month, struct calibration *out)
{
    out->stretches = c->stretches;
    out->days = c->days;
    out->tail = c->tail;
    out->settings = c->settings;
    out->per_month = per_month;
    calibration_sort(out);
}
