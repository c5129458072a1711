/* SPDX-License-Identifier: MIT */
/* write.c -- the folder of the bundle, and what it is worth. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "drift/baseline.h"
#include "file/file.h"
#include "producers/train/calibrate.h"
#include "producers/train/golden.h"
#include "producers/train/train.h"
#include "record/score.h"

#define ARENA_MAX ((size_t)256 << 20)

enum { VECTOR_MAX = OUTPUT_N + BUNDLE_MONITORED_MAX };

static enum status write_text(const struct training *t, const char *name, const struct buf *text,
                              struct err *err)
{
    char path[FILE_PATH_MAX];
    enum status st = file_path(t->conf->out, slice_str(name), path, err);

    if (st == ST_OK && buf_failed(text))
        st = err_set(err, ST_FATAL, "out of memory for %s", name);
    return st == ST_OK ? file_write(path, buf_slice(text), err) : st;
}

static enum status write_manifest(const struct training *t, struct err *err)
{
    struct buf text;
    enum status st;

    buf_init(&text, MANIFEST_MAX);
    st = manifest_write(&t->manifest, &text, err);
    if (st == ST_OK)
        st = write_text(t, "manifest.json", &text, err);
    buf_release(&text);
    return st;
}

static enum status write_conformal(const struct training *t, struct err *err)
{
    struct buf text;
    enum status st;

    buf_init(&text, MANIFEST_MAX);
    conformal_write(&t->conformal, &text);
    st = write_text(t, "conformal.json", &text, err);
    buf_release(&text);
    return st;
}

/* Scores the golden texts, each alone, and keeps what came out. */
static enum status make_golden(struct training *t, struct bundle *b, struct err *err)
{
    struct manifest *m = &t->manifest;

    m->golden = arena_array(t->arena, golden_n, sizeof(*m->golden));
    if (!m->golden)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < golden_n; i++) {
        struct golden *g = &m->golden[i];
        struct scored scored;
        enum status st = bundle_score(b, &golden_facts[i], 1, t->arena, &scored, err);

        if (st != ST_OK)
            return st;
        g->facts = golden_facts[i];
        memcpy(g->output, scored.output, sizeof(g->output));
        g->monitored = scored.monitored;
        g->aspects = scored.aspects;
        m->n_golden++;
    }
    return ST_OK;
}

/* Writes the manifest twice: golden rows come from the bundle itself. */
static enum status prove(struct training *t, struct bundle **out, struct err *err)
{
    struct bundle *b = NULL;
    enum status st = write_manifest(t, err);

    if (st == ST_OK)
        st = bundle_load_unproven(t->conf->out, &b, err);
    if (st == ST_OK)
        st = make_golden(t, b, err);
    if (st == ST_OK)
        st = write_manifest(t, err);
    /* Aspects borrow their names from b: it goes only now. */
    if (st == ST_OK)
        st = bundle_load(t->conf->out, out, err);
    bundle_free(b);
    return st;
}

/* What a row has of what has categories. */
static enum status add_shares(struct training *t, const struct sample *s,
                              const struct bundle_info *info, const struct scored *scored,
                              struct err *err)
{
    const struct score row = { .lang = s->lang,
                               .is_reply = s->is_reply,
                               .aspects_detected = scored->aspects,
                               .model = info->name,
                               .model_version = info->version,
                               .encoder = info->encoder };

    return shares_add(&t->shares, &row, err);
}

/* Every row as the finished bundle scores it: n vectors of scores and features. */
static enum status score_all(struct training *t, struct bundle *b, double *vectors,
                             struct quality *q, struct err *err)
{
    struct arena *a = arena_new(ARENA_MAX);
    struct scored *scored = calloc(BUNDLE_BATCH_MAX, sizeof(*scored));
    enum status st = a && scored ? ST_OK : err_set(err, ST_FATAL, "out of memory");
    size_t width = OUTPUT_N + t->manifest.monitored.n;

    for (size_t at = 0; st == ST_OK && at < t->data.n; at += BUNDLE_BATCH_MAX) {
        struct facts facts[BUNDLE_BATCH_MAX];
        size_t n = t->data.n - at < BUNDLE_BATCH_MAX ? t->data.n - at : BUNDLE_BATCH_MAX;

        arena_reset(a);
        for (size_t i = 0; i < n; i++)
            facts[i] = (struct facts){ t->data.v[at + i].text, t->data.v[at + i].is_reply };
        st = bundle_score(b, facts, n, a, scored, err);
        for (size_t i = 0; st == ST_OK && i < n; i++) {
            double *v = vectors + (at + i) * width;

            memcpy(v, scored[i].output, sizeof(scored[i].output));
            memcpy(v + OUTPUT_N, scored[i].monitored.v, scored[i].monitored.n * sizeof(*v));
            if (t->data.v[at + i].fold != TEST_FOLD) {
                st = add_shares(t, &t->data.v[at + i], bundle_info(b), &scored[i], err);
                continue;
            }
            q->clamped += scored[i].clamped;
            q->escalated += scored[i].escalated;
        }
    }
    free(scored);
    arena_free(a);
    return st;
}

/* Sums for a correlation. */
struct sums {
    double n, x, y, xx, yy, xy, error;
};

static void sums_add(struct sums *s, double x, double y)
{
    s->n += 1.0;
    s->x += x;
    s->y += y;
    s->xx += x * x;
    s->yy += y * y;
    s->xy += x * y;
    s->error += fabs(x - y);
}

static double pearson(const struct sums *s)
{
    double cov = s->xy - s->x * s->y / s->n;
    double vx = s->xx - s->x * s->x / s->n;
    double vy = s->yy - s->y * s->y / s->n;

    return vx > 0.0 && vy > 0.0 ? cov / sqrt(vx * vy) : 0.0;
}

static void cover(const struct training *t, double confidence, double error, struct quality *q)
{
    for (size_t l = 0; l < CONFORMAL_LEVELS; l++)
        q->covered[l] += error <= conformal_within(&t->conformal, confidence, l);
}

static void measure(const struct training *t, const double *vectors, struct quality *q)
{
    size_t width = OUTPUT_N + t->manifest.monitored.n;
    struct sums sums[OUTPUT_N] = { { 0 } };

    for (size_t i = 0; i < t->data.n; i++) {
        const double *v = vectors + i * width;
        double error = fabs(v[OUTPUT_SENTIMENT] - t->data.v[i].sentiment);
        double near = error <= CONFIDENCE_INTERVAL;

        if (t->data.v[i].fold != TEST_FOLD)
            continue;
        for (size_t o = 0; o < OUTPUT_CONFIDENCE; o++) {
            if (!isnan(t->y[o][i]))
                sums_add(&sums[o], v[o], (double)t->y[o][i]);
        }
        sums_add(&sums[OUTPUT_CONFIDENCE], v[OUTPUT_CONFIDENCE], near);
        cover(t, v[OUTPUT_CONFIDENCE], error, q);
        q->n++;
    }
    for (size_t o = 0; o < OUTPUT_N; o++) {
        q->pearson[o] = sums[o].n > 0.0 ? pearson(&sums[o]) : 0.0;
        q->mae[o] = sums[o].n > 0.0 ? sums[o].error / sums[o].n : 0.0;
    }
    if (q->n > 0) {
        q->near_enough = sums[OUTPUT_CONFIDENCE].y / (double)q->n;
        q->mean_confidence = sums[OUTPUT_CONFIDENCE].x / (double)q->n;
    }
}

/* The training rows as columns, in order: what drift compares with at first. */
static enum status write_baseline(struct training *t, const struct bundle *b, const double *vectors,
                                  struct err *err)
{
    const struct bundle_info *info = bundle_info(b);
    size_t width = OUTPUT_N + info->monitored.n;
    const char *names[VECTOR_MAX];
    const double *columns[VECTOR_MAX];
    struct baseline_words words[FACETS_MAX];
    struct baseline_input in = { .bundle_sha256 = info->sha256.p,
                                 .names = names,
                                 .columns = columns,
                                 .n = width,
                                 .categories = words };
    struct baseline *baseline = NULL;
    struct buf text;
    enum status st;

    buf_init(&text, BASELINE_BYTES_MAX);
    for (size_t k = 0; k < width; k++) {
        double *column = arena_array(t->arena, t->data.n, sizeof(*column));

        if (!column)
            return err_set(err, ST_FATAL, "out of memory for the baseline");
        in.rows = 0;
        for (size_t i = 0; i < t->data.n; i++) {
            if (t->data.v[i].fold != TEST_FOLD)
                column[in.rows++] = vectors[i * width + k];
        }
        names[k] = k < OUTPUT_N ? output_table[k].name : info->monitored.v[k - OUTPUT_N].p;
        columns[k] = column;
    }
    in.n_categories = shares_words(&t->shares, words);
    st = baseline_build(&in, &baseline, err);
    if (st == ST_OK)
        st = baseline_write(baseline, &text, err);
    if (st == ST_OK)
        st = write_text(t, "baseline.json", &text, err);
    baseline_free(baseline);
    buf_release(&text);
    return st;
}

static int is_listed(const struct dirent *e)
{
    return e->d_name[0] != '.' && strcmp(e->d_name, "SHA256SUMS") != 0;
}

/* One line a file, as sha256sum writes and checks them. */
static enum status sum_file(const struct training *t, const char *name, struct buf *out,
                            struct err *err)
{
    char path[FILE_PATH_MAX];
    char hex[SHA256_HEX_LEN + 1];
    struct stat about;
    struct buf bytes;
    enum status st = file_path(t->conf->out, slice_str(name), path, err);

    if (st != ST_OK || stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return st;
    buf_init(&bytes, BUNDLE_FILE_MAX);
    st = file_read(path, &bytes, err);
    hash_sha256_hex(buf_slice(&bytes), hex);
    buf_release(&bytes);
    buf_fmt(out, "%s  %s\n", hex, name);
    return st;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum status write_sums(const struct training *t, struct err *err)
{
    struct dirent **list;
    struct buf text;
    enum status st = ST_OK;
    int n = scandir(t->conf->out, &list, is_listed, by_name);

    if (n < 0)
        return err_set(err, ST_FATAL, "%s cannot be listed", t->conf->out);
    buf_init(&text, MANIFEST_MAX);
    for (int i = 0; i < n; i++) {
        if (st == ST_OK)
            st = sum_file(t, list[i]->d_name, &text, err);
        free(list[i]);
    }
    free(list);
    if (st == ST_OK)
        st = write_text(t, "SHA256SUMS", &text, err);
    buf_release(&text);
    return st;
}

static enum status write_card(const struct training *t, const struct quality *q, struct err *err)
{
    struct buf text;
    enum status st;

    buf_init(&text, MANIFEST_MAX);
    train_card(t, q, &text);
    st = write_text(t, "card.md", &text, err);
    buf_release(&text);
    return st;
}

enum status train_write(struct training *t, struct quality *q, struct err *err)
{
    size_t width = OUTPUT_N + t->manifest.monitored.n;
    double *vectors = arena_array(t->arena, t->data.n * width, sizeof(*vectors));
    struct bundle *b = NULL;
    enum status st;

    if (!vectors)
        return err_set(err, ST_FATAL, "out of memory for the scores");
    st = write_conformal(t, err);
    if (st == ST_OK)
        st = prove(t, &b, err);
    train_progress(t, "golden rows");
    if (st == ST_OK)
        st = score_all(t, b, vectors, q, err);
    if (st == ST_OK) {
        measure(t, vectors, q);
        st = write_baseline(t, b, vectors, err);
    }
    if (st == ST_OK)
        st = write_card(t, q, err);
    if (st == ST_OK)
        st = write_sums(t, err);
    train_progress(t, "baseline");
    bundle_free(b);
    return st;
}
