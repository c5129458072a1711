/* SPDX-License-Identifier: MIT */
/* baseline.c -- what scores look like when all is well: scores the past and
 * keeps a histogram of each monitored feature of the comments seen first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "cli/calibrate.h"
#include "cli/columns.h"
#include "cli/members.h"
#include "cli/past.h"
#include "cli/trained.h"
#include "drift/label_error.h"
#include "file/file.h"

enum { ARENA_MAX = 256 << 20 };

static const char *out_file;
static const char *segments;
static const char *categories;
static int64_t segment_min = 200;
static bool force;
static int64_t stretches = 200;
static int64_t seed = 1;

static const struct app_opt opts[] = {
    PAST_OPTS("absa.raw, absa.comments, absa.scores or absa.errors.scores"),
    { "errors", 0, "FILE", APP_STR, &past.errors,
      "instead: what absa errors --pipe wrote; -: stdin" },
    { "bundle", 0, "MODEL", APP_STR, &pipeline_conf.bundle, "wins over score.model, score.bundle" },
    { "out", 'o', "FILE", APP_STR, &out_file, "the baseline" },
    { "categories", 0, "FIELDS", APP_STR, &categories,
      "watch the shares of the values of these fields, with commas: lang,aspect; missing: how many "
      "features of a comment have no value; has_aspect: whether it names any" },
    { "segments", 0, "FIELDS", APP_STR, &segments,
      "list the segments of these fields, with commas: lang,aspect,video" },
    { "segment-min", 0, "N", APP_INT, &segment_min, "those of at least N comments; 200" },
    { "stretches", 0, "N", APP_INT, &stretches,
      "how often it is played against itself to calibrate it (200; where its days differ, once "
      "each); 0: not at all" },
    { "seed", 0, "N", APP_INT, &seed,
      "of what is drawn for that (1); where its days differ, nothing is" },
    { "force", 0, NULL, APP_FLAG, &force, "keep one that does not resemble itself" },
    { .name = NULL },
};

struct collect {
    struct pipeline pipeline;
    struct arena *arena; /* of the record at hand */
    struct columns columns;
    struct members members;
    bool errors;    /* of labelled predictions: drift/label_error.h, and no scores   */
    int64_t others; /* errors of other bundles: labels go on to judge what was before */
    int verbosity;
};

static enum status take(struct collect *c, struct slice value, struct err *err)
{
    struct score s;

    arena_reset(c->arena);
    enum status st = wire_decode(c->pipeline.wire, RECORD_SCORE, value, &s, c->arena, err);
    if (st != ST_OK || s.sighting != SIGHTING_FIRST || s.origin.arrival_ms < past.from_ms ||
        s.origin.arrival_ms >= past.until_ms)
        return st;
    const bool is_ours = slice_eq(s.bundle_sha256, bundle_info(c->pipeline.bundle)->sha256);
    if (!is_ours && c->errors) {
        c->others++;
        return ST_OK;
    }
    if (!is_ours) {
        char at[TIME_INSTANT_LEN + 1];

        time_format_instant(s.origin.arrival_ms, at);
        return err_set(err, ST_FATAL,
                       "config: a score of %s is of bundle %.12s..., not of the one given: take a "
                       "stretch without it, or absa.comments, which are scored again",
                       at, s.bundle_sha256.n >= 12 ? s.bundle_sha256.p : "(none)      ");
    }
    st = columns_add(&c->columns, &s, err);
    return st == ST_OK ? members_add(&c->members, &s, c->columns.rows - 1, err) : st;
}

/* Scores as the score stage writes them, or as they stand in absa.scores; or errors. */
static enum status sink(void *ctx, const struct out_rec *rec, struct err *err)
{
    const struct stage_rec in = { .hdr = rec->hdr, .nhdr = rec->nhdr };

    if ((rec->topic != TOPIC_SCORES && rec->topic != TOPIC_ERRORS) ||
        stage_header(&in, "absa-kind").p || stage_header(&in, STAGE_CANARY).p)
        return ST_OK;
    return take(ctx, rec->value, err);
}

/* One that will be kept is calibrated for what the judge is told. */
static enum status calibrate(const struct collect *c, const struct baseline_input *in,
                             struct baseline *b, struct err *err)
{
    const struct drift_conf conf = drift_conf_take(&pipeline_conf.drift);
    const struct calibrate_wish wish = { stretches, (uint64_t)seed, c->verbosity };

    if (stretches == 0 || !(b->split.ok || force))
        return ST_OK;
    return calibrate_baseline(b, in, c->columns.arrival, &conf, &wish, err);
}

/* The name of a column: the four scores, then what the bundle monitors; or the errors. */
static struct slice name_of(const struct collect *c, size_t i)
{
    if (c->errors)
        return slice_str(label_error_names[i]);
    return i < OUTPUT_N ? slice_str(output_table[i].name)
                        : bundle_info(c->pipeline.bundle)->monitored.v[i - OUTPUT_N];
}

static enum status build(struct collect *c, struct baseline **b, struct err *err)
{
    const struct bundle_info *info = bundle_info(c->pipeline.bundle);
    const char **names = calloc(c->columns.n, sizeof(*names));
    struct baseline_rows *rows = NULL;
    size_t n_rows = 0;
    struct baseline_words words[FACETS_MAX];
    char sha256[SHA256_HEX_LEN + 1];
    enum status st = members_take(&c->members, c->columns.moved, segment_min, &rows, &n_rows, err);

    if (st == ST_OK && !names)
        st = err_set(err, ST_FATAL, "out of memory");
    if (st != ST_OK)
        goto out;
    for (size_t i = 0; i < c->columns.n; i++) /* the arena ends each with a NUL */
        names[i] = arena_copy(c->arena, name_of(c, i)).p;
    for (size_t i = 0; i < c->columns.facets; i++)
        words[i] = (struct baseline_words){ facet_name(c->columns.facet[i]), &c->columns.words[i],
                                            c->columns.value[c->columns.n + i] };
    snprintf(sha256, sizeof(sha256), "%.*s", SLICE_ARG(info->sha256));
    const struct baseline_input in = {
        .bundle_sha256 = sha256,
        .names = names,
        .columns = (const double *const *)c->columns.value,
        .n = c->columns.n,
        .videos = c->columns.video,
        .rows = c->columns.rows,
        .from_ms = c->columns.rows > 0 ? c->columns.arrival[0] : 0,
        .until_ms = c->columns.rows > 0 ? c->columns.arrival[c->columns.rows - 1] : 0,
        .categories = words,
        .n_categories = c->columns.facets,
        .segments = rows,
        .n_segments = n_rows,
    };
    st = baseline_build(&in, b, err);
    if (st == ST_OK && !c->errors)
        st = trained_on(*b, &in, c->pipeline.found.dir, c->verbosity, err);
    if (st == ST_OK)
        st = calibrate(c, &in, *b, err);
out:
    free(rows);
    free(names);
    return st;
}

static enum status judge(const struct baseline *b, struct err *err)
{
    if (b->split.ok || force)
        return ST_OK;
    if (b->split.tested == 0)
        return err_set(err, ST_REJECT,
                       "too few comments (%lld) to tell whether the baseline resembles itself: "
                       "%d are needed in each half; --force keeps it",
                       (long long)b->comments, BASELINE_SPLIT_MIN);
    return err_set(err, ST_REJECT,
                   "the first half differs from the second (%s: PSI %.2f): take a stretch in which "
                   "nothing changed, or a longer one; --force keeps it",
                   b->split.worst, b->split.psi);
}

static void tell(const struct baseline *b)
{
    size_t own = 0;

    for (size_t i = 0; i < b->n_segments; i++)
        own += b->segments[i].own != NULL;
    fprintf(stderr, "%s: %s, %lld comments of %lld videos, %zu features, %zu segments", out_file,
            b->id, (long long)b->comments, (long long)b->videos, b->n, b->n_segments);
    if (b->n_segments > 0)
        fprintf(stderr, " (%zu known well enough to be compared with)", own);
    fputc('\n', stderr);
}

/* Fields that were asked for and of which nothing is listed. */
static void tell_unlisted(const struct members *m, const struct baseline *b)
{
    for (size_t i = 0; i < m->facets; i++) {
        const char *field = facet_name(m->facet[i]);
        const size_t length = strlen(field);
        size_t at = 0;

        while (at < b->n_segments && (strncmp(b->segments[at].name, field, length) != 0 ||
                                      b->segments[at].name[length] != ':'))
            at++;
        if (at == b->n_segments)
            fprintf(stderr, "note: --segments %s: no value has %lld comments\n", field,
                    (long long)segment_min);
    }
}

/* What nothing can be compared with. */
static void tell_empty(const struct baseline *b)
{
    for (size_t i = 0; i < b->n; i++) {
        if (b->features[i].n == 0)
            fprintf(stderr, "note: %s: no comment has a value, so it will never be judged\n",
                    b->features[i].name);
    }
}

static enum status keep(const struct baseline *b, const struct app_run *run, struct err *err)
{
    struct buf bytes;

    buf_init(&bytes, BASELINE_BYTES_MAX);
    enum status st = baseline_write(b, &bytes, err);
    if (st == ST_OK)
        st = file_write(out_file, buf_slice(&bytes), err);
    if (st == ST_OK && run->verbosity >= 0)
        tell(b);
    buf_release(&bytes);
    return st;
}

static enum status open_columns(struct collect *c, struct err *err)
{
    const size_t monitored = bundle_info(c->pipeline.bundle)->monitored.n;
    enum status st = c->errors ? columns_init(&c->columns, 0, LABEL_ERROR_N, err)
                               : columns_init(&c->columns, OUTPUT_N, monitored, err);

    return st == ST_OK ? columns_categories(&c->columns, categories, err) : st;
}

/* That it can be written is asked now: the work may take an hour. */
static enum status check_options(struct err *err)
{
    if (!out_file)
        return err_set(err, ST_FATAL, "usage: --out FILE is missing");
    if (stretches < 0 || stretches > CALIBRATION_STRETCHES_MAX)
        return err_set(err, ST_FATAL, "usage: --stretches is within 0 and %d",
                       CALIBRATION_STRETCHES_MAX);
    if (segment_min < 1)
        return err_set(err, ST_FATAL, "usage: --segment-min is at least 1");
    if (seed < 0)
        return err_set(err, ST_FATAL, "usage: --seed is not negative");
    enum status st = file_try(out_file, err);
    if (st != ST_OK)
        err_prefix(err, "usage: --out");
    return st;
}

/* What is no comment leaves no trace in a baseline. */
static void tell_dead(const struct pipe *p)
{
    const char *comma = ": ";

    if (pipe_counter(p, COUNTER_DEAD) == 0)
        return;
    fprintf(stderr, "note: %lld records were refused", (long long)pipe_counter(p, COUNTER_DEAD));
    for (int i = 0; i < DEAD_N; i++) {
        const enum dead_reason r = (enum dead_reason)i;

        if (pipe_dead_count(p, r) == 0)
            continue;
        fprintf(stderr, "%s%lld %s", comma, (long long)pipe_dead_count(p, r), dead_reason_name(r));
        comma = ", ";
    }
    fputc('\n', stderr);
}

/* Feeds the past through ingest and score, as far as it still needs them. */
static enum status collect(struct collect *c, const struct app_run *run, struct err *err)
{
    enum topic_id topic = TOPIC_RAW;
    enum pipeline_stage first = PIPELINE_INGEST;
    struct pipe *p = NULL;
    enum status st = past_plan(run, &topic, &first, err);

    c->errors = topic == TOPIC_ERRORS;
    if (st == ST_OK)
        st = check_options(err);
    if (st == ST_OK)
        st = members_init(&c->members, segments, err);
    if (st == ST_OK)
        st = pipeline_open(&c->pipeline, PIPELINE_PANE, run->verbosity < 0, err);
    if (st == ST_OK)
        st = open_columns(c, err);
    if (st != ST_OK)
        return st;
    const struct pipe_conf conf = {
        .wire = c->pipeline.wire, .topo = &c->pipeline.topo, .sink = sink, .ctx = c
    };
    st = pipe_new(c->pipeline.stage + first, (size_t)(PIPELINE_PANE - first), &conf, &p, err);
    if (st == ST_OK)
        st = past_feed(run, topic, &c->pipeline, p, err);
    if (st == ST_OK && run->verbosity >= 0)
        tell_dead(p);
    pipe_free(p);
    if (st == ST_OK && c->others > 0 && run->verbosity >= 0)
        fprintf(stderr, "note: %lld errors of other bundles left out\n", (long long)c->others);
    return st == ST_OK ? columns_sort(&c->columns, err) : st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct collect c = { .arena = arena_new(ARENA_MAX), .verbosity = run->verbosity };
    struct baseline *b = NULL;
    enum status st = c.arena ? collect(&c, run, err) : err_set(err, ST_FATAL, "out of memory");

    if (st == ST_OK)
        st = build(&c, &b, err);
    if (st == ST_OK)
        st = judge(b, err);
    if (st == ST_OK)
        st = keep(b, run, err);
    if (st == ST_OK && run->verbosity >= 0) {
        tell_empty(b);
        tell_unlisted(&c.members, b);
    }
    baseline_free(b);
    members_release(&c.members);
    columns_release(&c.columns);
    pipeline_close(&c.pipeline);
    arena_free(c.arena);
    return st;
}

static const struct app app = {
    .name = "baseline",
    .args = "[FILE...]",
    .summary = "Makes a baseline: scores files or a stretch of a topic in which all was well, and\n"
               "keeps a histogram of each monitored feature. Exit 65 when its first half does not\n"
               "resemble its second.",
    .examples =
        "  absa baseline --input comments.csv --out baseline.json\n"
        "  absa baseline -b localhost:9092 -t absa.scores --from 2025-06-01 --until 2025-07-01 "
        "--out june.json\n"
        "  absa baseline -b localhost:9092 -t absa.errors.scores -X pane.ms=1h -X "
        "drift.scan.max_span.ms=14d --out errors.json\n"
        "  absa label -n good.csv | absa errors --pipe | absa baseline --errors - --out "
        "errors.json\n"
        "  absa baseline --input comments.csv --categories lang,missing,has_aspect --segments "
        "lang,aspect --out baseline.json\n",
    .sections = pipeline_sections,
    .also = pipeline_programs,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
