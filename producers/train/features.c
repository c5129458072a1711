/* SPDX-License-Identifier: MIT */
/* features.c -- tables in, rows of features and labels out. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "file/file.h"
#include "producers/train/train.h"
#include "score/feature.h"
#include "score/tsv.h"

#define SCRATCH_MAX ((size_t)64 << 20)
#define SHORT_CHARS 280.0
#define HELD        0.5
#define STRONG_WORD 2.0

/* The features that drift watches beside the scores: at most BUNDLE_MONITORED_MAX. */
static const char *const monitored[] = {
    "chars",           "words",        "mean_word_length",  "upper_share",
    "digit_share",     "exclamations", "punctuation_share", "questions",
    "elongations",     "urls",         "mentions",          "hashtags",
    "emoji_share",     "emoticons",    "non_latin_share",   "type_token_ratio",
    "shannon_entropy", "no_words",     "valence_mean",      "valence_max",
    "valence_min",     "valence_hits", "compound",          "emoji_valence",
    "negations",
};

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory for training");
}

enum status train_table(struct training *t, enum bundle_table which, struct slice bytes,
                        struct err *err)
{
    struct manifest *m = &t->manifest;
    struct slice name = slice_str(table_files[which]);
    char hex[SHA256_HEX_LEN + 1];
    char path[FILE_PATH_MAX];
    enum status st = tables_use(&t->tables, which, bytes, err);

    if (st == ST_OK)
        st = file_path(t->conf->out, name, path, err);
    if (st == ST_OK)
        st = file_write(path, bytes, err);
    if (st != ST_OK)
        return st;
    hash_sha256_hex(bytes, hex);
    m->tables[which] = name;
    m->files[m->n_files].name = name;
    m->files[m->n_files].sha256 = arena_copy(t->arena, slice_str(hex));
    return m->files[m->n_files++].sha256.p ? ST_OK : no_memory(err);
}

enum status train_take(struct training *t, const char *dir, enum bundle_table which,
                       struct err *err)
{
    char path[FILE_PATH_MAX];
    struct buf bytes;
    enum status st = file_path(dir, slice_str(table_files[which]), path, err);

    buf_init(&bytes, BUNDLE_FILE_MAX);
    if (st == ST_OK)
        st = file_read(path, &bytes, err);
    if (st == ST_OK)
        st = train_table(t, which, buf_slice(&bytes), err);
    buf_release(&bytes);
    return st;
}

/* All but the heads: those are learnt. Every table may be missing. */
static enum status take_tables(struct training *t, struct err *err)
{
    enum status st = tables_init(&t->tables, err);

    for (enum bundle_table i = 0; st == ST_OK && i < TABLE_HEADS; i++) {
        char path[FILE_PATH_MAX];

        st = file_path(t->conf->tables, slice_str(table_files[i]), path, err);
        if (st == ST_OK && access(path, F_OK) == 0)
            st = train_take(t, t->conf->tables, i, err);
    }
    return st;
}

/* licences.tsv: what, licence, by whom; may be missing. */
static enum status take_licences(struct training *t, struct err *err)
{
    struct manifest *m = &t->manifest;
    char path[FILE_PATH_MAX];
    struct buf bytes;
    struct slice kept;
    struct tsv tsv;
    enum status st = file_path(t->conf->tables, slice_str("licences.tsv"), path, err);

    if (st != ST_OK || access(path, F_OK) != 0)
        return st;
    buf_init(&bytes, BUNDLE_FILE_MAX);
    st = file_read(path, &bytes, err);
    kept = arena_copy(t->arena, buf_slice(&bytes));
    buf_release(&bytes);
    m->licences = arena_array(t->arena, MANIFEST_FILES_MAX, sizeof(*m->licences));
    if (st != ST_OK || !kept.p || !m->licences)
        return st != ST_OK ? st : no_memory(err);
    tsv = tsv_over(kept);
    while (tsv_next(&tsv)) {
        if (tsv.n != 3 || m->n_licences == MANIFEST_FILES_MAX)
            return err_set(err, ST_FATAL, "%s: line %zu: not what, licence and by whom", path,
                           tsv.line);
        m->licences[m->n_licences++] =
            (struct manifest_licence){ tsv.field[0], tsv.field[1], tsv.field[2] };
    }
    return ST_OK;
}

static void read_vector(const struct training *t, size_t row)
{
    int32_t pieces[VECTORS_PIECES_MAX];
    double mean[VECTORS_DIM_MAX];
    size_t n = vectors_pieces(t->tables.vectors, t->data.v[row].text, pieces);

    vectors_mean(t->tables.vectors, pieces, n, mean);
    for (size_t k = 0; k < t->vectors.dim; k++)
        t->vectors.v[row * t->vectors.dim + k] = (float)mean[k];
}

/* Rows of every feature there is, each text's vector, and how strong its strongest word is. */
static enum status read_texts(struct training *t, double *all, struct err *err)
{
    struct arena *scratch = arena_new(SCRATCH_MAX);
    enum status st = scratch ? ST_OK : no_memory(err);

    for (size_t i = 0; st == ST_OK && i < t->data.n; i++) {
        struct facts facts = { t->data.v[i].text, t->data.v[i].is_reply };
        struct reading r;

        arena_reset(scratch);
        st = tables_read(&t->tables, &facts, scratch, &r, err);
        if (st != ST_OK)
            break;
        if (t->vectors.dim > 0)
            read_vector(t, i);
        for (size_t k = 0; k < feature_n; k++)
            all[i * feature_n + k] = feature_table[k].of(&r);
        t->said[i] = fmin(1.0, fmax(fabs(r.valence.max), fabs(r.valence.min)) / STRONG_WORD);
    }
    arena_free(scratch);
    return st;
}

/* A feature that never changes teaches nothing: it stays out. */
static bool varies(const double *all, size_t n, size_t k)
{
    for (size_t i = 1; i < n; i++) {
        if (all[i * feature_n + k] != all[k])
            return true;
    }
    return false;
}

/* The rows that models learn from, of the columns that were chosen. */
static enum status fill_rows(struct training *t, const double *all, const size_t *column,
                             struct err *err)
{
    size_t n = t->manifest.features.n;

    t->x = arena_array(t->arena, t->rows * n, sizeof(*t->x));
    if (!t->x)
        return no_memory(err);
    for (size_t i = 0; i < t->rows; i++) {
        bool asked = i + t->data.n >= t->rows; /* the last of a text's rows */

        for (size_t k = 0; k < n; k++) {
            bool missing = !asked && feature_source(&feature_table[column[k]]) == FEATURE_OF_MINILM;

            t->x[i * n + k] = missing ? NAN : (float)all[i % t->data.n * feature_n + column[k]];
        }
    }
    return ST_OK;
}

static enum status choose_features(struct training *t, const double *all, struct err *err)
{
    struct strings *names = &t->manifest.features;
    struct strings *watch = &t->manifest.monitored;
    size_t column[BUNDLE_FEATURES_MAX] = { 0 };

    names->v = arena_array(t->arena, feature_n, sizeof(*names->v));
    watch->n = sizeof(monitored) / sizeof(monitored[0]);
    watch->v = arena_array(t->arena, watch->n, sizeof(*watch->v));
    if (!names->v || !watch->v)
        return no_memory(err);
    for (size_t i = 0; i < watch->n; i++)
        watch->v[i] = slice_str(monitored[i]);
    for (size_t k = 0; k < feature_n && names->n < BUNDLE_FEATURES_MAX; k++) {
        if (!varies(all, t->data.n, k))
            continue;
        column[names->n] = k;
        names->v[names->n++] = slice_str(feature_table[k].name);
    }
    return fill_rows(t, all, column, err);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

/* Share of the sorted values below v, equal ones counted half. */
static double rank_of(const double *sorted, size_t n, double v)
{
    size_t below = 0;
    size_t not_above = 0;

    for (size_t step = n; step > 0; step /= 2) {
        while (below + step <= n && sorted[below + step - 1] < v)
            below += step;
        while (not_above + step <= n && sorted[not_above + step - 1] <= v)
            not_above += step;
    }
    return (double)(below + not_above) / (2.0 * (double)n);
}

static enum status make_labels(struct training *t, const double *all, struct err *err)
{
    size_t n = t->data.n;
    double *sorted = arena_array(t->arena, n, sizeof(*sorted));

    for (size_t o = 0; o < OUTPUT_N; o++) {
        t->y[o] = arena_array(t->arena, o == OUTPUT_CONFIDENCE ? t->rows : n, sizeof(**t->y));
        if (!t->y[o])
            return no_memory(err);
    }
    if (!sorted)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        sorted[i] = fabs(t->data.v[i].sentiment);
    qsort(sorted, n, sizeof(*sorted), by_value);
    for (size_t i = 0; i < n; i++) {
        const struct sample *s = &t->data.v[i];
        double strength = fabs(s->sentiment);
        double brevity = 1.0 - fmin(1.0, all[i * feature_n] / SHORT_CHARS);
        double held = fmin(1.0, strength / HELD);
        double engagement = 0.7 * rank_of(sorted, n, strength) + 0.3 * brevity;
        double implicitness = 0.1 + 0.9 * held * (1.0 - t->said[i]);

        t->y[OUTPUT_SENTIMENT][i] = (float)s->sentiment;
        t->y[OUTPUT_ENGAGEMENT][i] = (float)(t->data.has_engagement ? s->engagement : engagement);
        t->y[OUTPUT_IMPLICITNESS][i] =
            (float)(t->data.has_implicitness ? s->implicitness : implicitness);
    }
    return ST_OK;
}

/* Words that the taxonomy does not list are looked for by vectors. */
static void choose_kindred(struct training *t)
{
    struct manifest *m = &t->manifest;

    m->kindred = t->tables.vectors && taxonomy_n(t->tables.taxonomy) > 0 && !(t->conf->apart < 0.0);
    m->apart = m->kindred ? t->conf->apart : 0.0;
}

static enum status choose_encoder(struct training *t, struct err *err)
{
    struct manifest *m = &t->manifest;

    choose_kindred(t);
    t->vectors.dim = t->tables.vectors ? vectors_dim(t->tables.vectors) : 0;
    m->kind = t->vectors.dim > 0 ? t->conf->encoder : KIND_NONE;
    m->encoder = slice_str(kind_names[m->kind]);
    m->precision = t->conf->precision;
    t->rows = m->kind == KIND_CASCADE ? 2 * t->data.n : t->data.n;
    if (m->kind == KIND_NONE && t->conf->encoder > KIND_STATIC)
        return err_set(err, ST_REJECT, "%s: MiniLM wants tables with vectors", t->conf->tables);
    t->vectors.v = arena_array(t->arena, t->data.n * t->vectors.dim, sizeof(float));
    return t->vectors.v ? ST_OK : no_memory(err);
}

enum status train_features(struct training *t, struct err *err)
{
    double *all = arena_array(t->arena, t->data.n * feature_n, sizeof(*all));
    enum status st;

    t->said = arena_array(t->arena, t->data.n, sizeof(*t->said));
    t->manifest.files = arena_array(t->arena, MANIFEST_FILES_MAX, sizeof(*t->manifest.files));
    if (!all || !t->said || !t->manifest.files)
        return no_memory(err);
    st = take_tables(t, err);
    if (st == ST_OK)
        st = take_licences(t, err);
    if (st == ST_OK)
        st = choose_encoder(t, err);
    if (st == ST_OK)
        st = read_texts(t, all, err);
    if (st == ST_OK)
        st = train_minilm(t, err);
    if (st == ST_OK)
        st = make_labels(t, all, err);
    if (st == ST_OK)
        st = train_heads(t, all, err);
    if (st == ST_OK)
        st = choose_features(t, all, err);
    return st;
}
