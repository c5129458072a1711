/* SPDX-License-Identifier: MIT */
#include "support/drift/stream.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "record/mark.h"
#include "record/score.h"
#include "support/prop.h"

enum { PARTS_MAX = 16, SOURCES_MAX = 8 };

#define STREAM_SHIFT 0.45 /* of the sentiment, where it moves */

static const char *const names[STREAM_FEATURES] = {
    "sentiment_score", "engagement_score", "implicitness_degree", "confidence", "words", "upper"
};

static const char *const facets[STREAM_CATEGORIES] = { "lang", "aspect" };

static double video_effect(uint64_t video)
{
    return (double)(video * 2654435761u % 1000) / 1000 - 0.5;
}

/* A comment's values; shift moves the sentiment up. */
static void draw(struct prop *p, uint64_t video, double shift, double *x)
{
    double s = 0;

    for (int i = 0; i < 3; i++)
        s += prop_double(p, -1, 1) / 3;
    s += 0.2 * video_effect(video) + shift;
    x[0] = s > 1 ? 1 : s < -1 ? -1 : s;
    x[1] = prop_double(p, 0, 1);
    x[2] = prop_double(p, 0, 1) * prop_double(p, 0, 1);
    x[3] = 0.5 + prop_double(p, 0, 0.5);
    x[4] = prop_below(p, 10) < 3 ? 0 : (double)prop_below(p, 40);
    x[5] = prop_below(p, 10) == 0 ? (double)NAN : prop_double(p, 0, 1) * 1e-3;
}

/* What a comment of a video says beside its values. */
static const char *lang_of(uint64_t video)
{
    return video % 2 ? "en" : "de";
}

static const char *aspect_of(uint64_t video)
{
    return video % 3 ? "food" : "price";
}

/* Lists lang:de and aspect:food, so that the rest of both is __other__. */
static void list_segments(const uint64_t *video, size_t rows, size_t *row[2],
                          struct baseline_rows out[2])
{
    out[0] = (struct baseline_rows){ "lang:de", row[0], 0 };
    out[1] = (struct baseline_rows){ "aspect:food", row[1], 0 };
    for (size_t i = 0; i < rows; i++) {
        if (strcmp(lang_of(video[i]), "de") == 0)
            row[0][out[0].n++] = i;
        if (strcmp(aspect_of(video[i]), "food") == 0)
            row[1][out[1].n++] = i;
    }
}

/* Columns of rows comments; those from moved on are shifted. */
struct rows {
    double *column[STREAM_FEATURES];
    uint64_t *video;
    size_t n;
};

static void rows_make(struct rows *r, size_t n, size_t moved)
{
    struct prop p = { .state = 4711 };
    double x[STREAM_FEATURES];

    r->n = n;
    r->video = calloc(n, sizeof(*r->video));
    for (int k = 0; k < STREAM_FEATURES; k++)
        r->column[k] = calloc(n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        r->video[i] = prop_below(&p, 400);
        draw(&p, r->video[i], i < moved ? 0 : STREAM_SHIFT, x);
        for (int k = 0; k < STREAM_FEATURES; k++)
            r->column[k][i] = x[k];
    }
}

static void rows_release(struct rows *r)
{
    for (int k = 0; k < STREAM_FEATURES; k++)
        free(r->column[k]);
    free(r->video);
}

/* Half of the comments name no aspect. */
static void list_words(int k, const uint64_t *video, size_t rows, struct dictionary *words,
                       double *number)
{
    struct err err = { { 0 } };

    if (dictionary_init(words, &err) != ST_OK)
        printf("words: %s\n", err.msg);
    for (size_t i = 0; i < rows; i++) {
        const char *text = k == 0 ? lang_of(video[i]) : i % 2 ? aspect_of(video[i]) : "";

        if (dictionary_add(words, slice_str(text), &number[i], &err) != ST_OK)
            printf("words: %s\n", err.msg);
    }
}

static struct baseline *build(const struct rows *r, const char *bundle,
                              const struct baseline_rows segments[2], size_t n_categories)
{
    struct dictionary words[STREAM_CATEGORIES];
    double *number[STREAM_CATEGORIES];
    struct baseline_words categories[STREAM_CATEGORIES];
    const struct baseline_input in = { .bundle_sha256 = bundle,
                                       .names = names,
                                       .columns = (const double *const *)r->column,
                                       .n = STREAM_FEATURES,
                                       .videos = r->video,
                                       .rows = r->n,
                                       .categories = categories,
                                       .n_categories = n_categories,
                                       .segments = segments,
                                       .n_segments = 2 };
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    for (int k = 0; k < STREAM_CATEGORIES; k++) {
        number[k] = calloc(r->n, sizeof(double));
        categories[k] = (struct baseline_words){ facets[k], &words[k], number[k] };
        list_words(k, r->video, r->n, &words[k], number[k]);
    }
    if (baseline_build(&in, &b, &err) != ST_OK)
        printf("baseline: %s\n", err.msg);
    for (int k = 0; k < STREAM_CATEGORIES; k++) {
        free(number[k]);
        dictionary_release(&words[k]);
    }
    return b;
}

static struct baseline *make(size_t n, const char *bundle, size_t n_categories)
{
    const bool other = strcmp(bundle, STREAM_OTHER_BUNDLE) == 0;
    size_t *row[2] = { calloc(n, sizeof(size_t)), calloc(n, sizeof(size_t)) };
    struct baseline_rows segments[2];
    struct rows rows;

    rows_make(&rows, n, other ? 0 : n);
    list_segments(rows.video, n, row, segments);
    struct baseline *b = build(&rows, bundle, segments, n_categories);
    rows_release(&rows);
    free(row[1]);
    free(row[0]);
    return b;
}

struct baseline *stream_baseline_of_hours(size_t n)
{
    size_t *row = calloc(n, sizeof(*row));
    const struct baseline_rows segments[2] = { { "hour:13", row, n / 2 },
                                               { "hour:14", row + n / 2, n - n / 2 } };
    struct rows rows;

    for (size_t i = 0; i < n; i++)
        row[i] = i;
    rows_make(&rows, n, n / 2);
    struct baseline *b = build(&rows, STREAM_BUNDLE, segments, 0);
    rows_release(&rows);
    free(row);
    return b;
}

struct baseline *stream_baseline(size_t rows)
{
    return make(rows, STREAM_BUNDLE, 0);
}

struct baseline *stream_baseline_of_other(size_t rows)
{
    return make(rows, STREAM_OTHER_BUNDLE, 0);
}

struct baseline *stream_baseline_of_categories(size_t rows)
{
    return make(rows, STREAM_BUNDLE, STREAM_CATEGORIES);
}

/* One source: what it has said so far. */
struct speaker {
    struct prop p;
    int said;
    int64_t max_ms; /* of arrivals; WM_NONE before the first */
    int64_t seq;
    int64_t since[PARTS_MAX]; /* records into each partition since the last mark */
    bool ended;
};

struct stream {
    const struct stream_conf *conf;
    struct wire *wire;
    struct check_log *log;
    struct speaker s[SOURCES_MAX];
};

static enum status append(struct stream *st, int32_t part, enum record_kind kind, const void *rec,
                          struct err *err)
{
    const struct hdr is_mark = { slice_str("absa-kind"), slice_str("mark") };
    struct out_rec out = { .topic = TOPIC_SCORES, .part = part };
    struct buf b;
    enum status rc;

    buf_init(&b, 1 << 20);
    rc = wire_encode(st->wire, kind, rec, &b, err);
    out.value = buf_slice(&b);
    out.key = slice_str("k");
    if (kind == RECORD_MARK) {
        out.hdr = &is_mark;
        out.nhdr = 1;
    }
    if (rc == ST_OK)
        rc = check_log_append(st->log, &out, 0, err);
    buf_release(&b);
    return rc;
}

static int64_t watermark(const struct speaker *s)
{
    return s->max_ms == WM_NONE ? WM_NONE : s->max_ms - STREAM_SKEW_MS;
}

static enum status mark_all(struct stream *st, int32_t src, enum mark_kind kind, int64_t wm,
                            struct err *err)
{
    struct speaker *s = &st->s[src];
    enum status rc = ST_OK;

    s->seq++;
    for (int32_t part = 0; part < st->conf->parts && rc == ST_OK; part++) {
        struct mark m = { .src = src,
                          .src_count = st->conf->sources,
                          .src_epoch = 1,
                          .next_offset = s->said,
                          .wm_ms = wm,
                          .floor_ms = WM_NONE,
                          .kind = kind,
                          .seq = s->seq,
                          .n_since_last = kind == MARK_HELLO ? -1 : s->since[part] };

        rc = append(st, part, RECORD_MARK, &m, err);
        s->since[part] = 0;
    }
    return rc;
}

/* When the i-th record of a source arrives: about evenly, with a gap; one in 80
 * is stamped minutes too early, as by a clock that stepped back. */
static int64_t arrival(const struct stream_conf *c, struct prop *p, int i)
{
    int64_t t = c->start_ms + c->span_ms * i / c->records;

    if (i >= c->gap_at * c->records)
        t += c->gap_ms;
    t += (int64_t)prop_below(p, 2000);
    if (c->grain_ms > 0) {
        if (prop_below(p, 10) == 0)
            t -= c->grain_ms * (int64_t)prop_below(p, 30);
        return time_floor(t, c->grain_ms);
    }
    return prop_below(p, 80) == 0 ? t - 180000 : t;
}

static bool moved(const struct stream_conf *c, int i)
{
    return i >= c->shift_from * c->records && i < c->shift_to * c->records;
}

static double shift_of(const struct stream_conf *c)
{
    return c->shift > 0 ? c->shift : STREAM_SHIFT;
}

static bool is_of_other(const struct stream_conf *c, int i)
{
    return i >= c->other_from * c->records && i < c->other_to * c->records;
}

static enum status say(struct stream *st, int32_t src, struct err *err)
{
    const struct stream_conf *c = st->conf;
    struct speaker *s = &st->s[src];
    uint64_t video = prop_below(&s->p, (uint64_t)c->videos);
    double x[STREAM_FEATURES];
    char id[32];
    char video_id[32];
    int64_t before = watermark(s);
    int64_t at = arrival(c, &s->p, s->said);
    struct aspect aspect = { .category = slice_str(aspect_of(video)), .term = slice_str("x") };
    int32_t part;
    enum status rc;

    (void)snprintf(id, sizeof(id), "c%d-%d", src, s->said);
    (void)snprintf(video_id, sizeof(video_id), "v%llu", (unsigned long long)video);
    const bool other = is_of_other(c, s->said);
    draw(&s->p, video, other ? STREAM_SHIFT : moved(c, s->said) ? shift_of(c) : 0, x);
    part = hash_partition(slice_str(video_id), c->parts);

    struct score score = {
        .comment_id = slice_str(id),
        .video_id = slice_str(video_id),
        .lang = slice_str(lang_of(video)),
        .created_ms = at - 3600000,
        .sighting = prop_below(&s->p, 20) == 0 ? SIGHTING_UPDATE : SIGHTING_FIRST,
        .sentiment_score = x[0],
        .engagement_score = x[1],
        .implicitness_degree = x[2],
        .confidence = x[3],
        .aspects_detected = { &aspect, prop_below(&s->p, 2) },
        .features = { x + 4, STREAM_FEATURES - 4 },
        .model = slice_str("m"),
        .model_version = slice_str("1"),
        .encoder = slice_str("none"),
        .bundle_sha256 = slice_str(other ? STREAM_OTHER_BUNDLE : STREAM_BUNDLE),
        .origin = { .src = src,
                    .src_offset = s->said,
                    .arrival_ms = at,
                    .src_wm_ms = before,
                    .late_by = prop_below(&s->p, 50) == 0 ? LATE_BY_FLOOR : LATE_BY_NONE },
    };

    rc = append(st, part, RECORD_SCORE, &score, err);
    s->since[part]++;
    s->said++;
    if (at > s->max_ms)
        s->max_ms = at;
    if (rc == ST_OK &&
        (before == WM_NONE || watermark(s) / STREAM_STEP_MS > before / STREAM_STEP_MS))
        rc = mark_all(st, src, MARK_DATA, watermark(s), err);
    return rc;
}

/* One step of a source; false when it has nothing left to say. */
static bool speak(struct stream *st, int32_t src, enum status *rc, struct err *err)
{
    struct speaker *s = &st->s[src];

    if (s->seq == 0) {
        *rc = mark_all(st, src, MARK_HELLO, WM_NONE, err);
    } else if (s->said < st->conf->records) {
        *rc = say(st, src, err);
    } else if (!st->conf->ends || s->ended) {
        return false;
    } else {
        s->ended = true;
        *rc = mark_all(st, src, MARK_END, WM_END, err);
    }
    return true;
}

enum status stream_write(const struct stream_conf *conf, struct wire *wire, struct check_log *log,
                         struct err *err)
{
    struct stream st = { .conf = conf, .wire = wire, .log = log };
    struct prop order = { .state = conf->order * 977 + 5 };
    int32_t left = conf->sources;
    enum status rc = ST_OK;

    for (int32_t i = 0; i < conf->sources; i++) {
        st.s[i].p = (struct prop){ .state = conf->seed * 1000 + (uint64_t)i };
        st.s[i].max_ms = WM_NONE;
    }
    while (left > 0 && rc == ST_OK) {
        int32_t src = (int32_t)prop_below(&order, (uint64_t)conf->sources);
        int burst = 1 + (int)prop_below(&order, 40);

        for (int i = 0; i < burst && rc == ST_OK; i++)
            if (!speak(&st, src, &rc, err))
                break;
        left = 0;
        for (int32_t i = 0; i < conf->sources; i++)
            left += st.s[i].said < conf->records || (conf->ends && !st.s[i].ended);
    }
    return rc;
}
