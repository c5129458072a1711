/* SPDX-License-Identifier: MIT */
#include "model/bundle.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "file/file.h"
#include "model/booster.h"
#include "model/lint.h"
#include "model/manifest.h"
#include "model/tables.h"
#include "score/feature.h"

#define TEXT_MAX         ((size_t)16 << 20) /* of the manifest's strings       */
#define SCRATCH_MAX      ((size_t)64 << 20) /* of one comment while it is read */
#define GOLDEN_MAX       ((size_t)16 << 20)
#define TOLERANCE        1e-6
#define TOLERANCE_MINILM 0.02 /* its sums differ by CPU, and a tree makes steps of that */

struct bundle {
    struct bundle_info info;
    struct manifest manifest;
    char sha256[SHA256_HEX_LEN + 1];
    struct arena *text;    /* the manifest's strings */
    struct arena *scratch; /* one comment's tokens   */
    struct tables tables;
    struct booster *boosters[OUTPUT_N];
    const struct feature *features[BUNDLE_FEATURES_MAX];
    const struct feature *monitored[BUNDLE_MONITORED_MAX];
    float rows[BUNDLE_BATCH_MAX * BUNDLE_FEATURES_MAX];
    float answers[BUNDLE_BATCH_MAX];
};

_Static_assert((int)BUNDLE_BATCH_MAX <= (int)MINILM_BATCH_MAX, "a batch for MiniLM");

/* Reads a file that the manifest lists, if its hash is the manifest's. */
static enum status read_listed(const char *dir, const struct manifest_file *f, struct buf *out,
                               struct err *err)
{
    char path[FILE_PATH_MAX];
    char hex[SHA256_HEX_LEN + 1];

    if (!f)
        return err_set(err, ST_REJECT, "manifest.json names a file that it does not list");
    enum status st = file_path(dir, f->name, path, err);
    if (st == ST_OK)
        st = file_read(path, out, err);
    if (st != ST_OK)
        return st;
    hash_sha256_hex(buf_slice(out), hex);
    if (!slice_is(f->sha256, hex))
        return err_set(err, ST_FATAL, "%.*s: its SHA-256 is %.12s..., the manifest says %.12s...",
                       SLICE_ARG(f->name), hex, f->sha256.p);
    return ST_OK;
}

static const struct manifest_file *listed(const struct manifest *m, struct slice name)
{
    for (size_t i = 0; i < m->n_files; i++) {
        if (slice_eq(m->files[i].name, name))
            return &m->files[i];
    }
    return NULL;
}

static enum status load_tables(struct bundle *b, const char *dir, struct err *err)
{
    enum status st = ST_OK;

    for (enum bundle_table t = 0; st == ST_OK && t < TABLE_N; t++) {
        struct buf bytes;

        if (b->manifest.tables[t].n == 0)
            continue;
        buf_init(&bytes, BUNDLE_FILE_MAX);
        st = read_listed(dir, listed(&b->manifest, b->manifest.tables[t]), &bytes, err);
        if (st == ST_OK)
            st = tables_use(&b->tables, t, buf_slice(&bytes), err);
        buf_release(&bytes);
    }
    return st;
}

static enum status load_boosters(struct bundle *b, const char *dir, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < OUTPUT_N; i++) {
        struct slice name = b->manifest.outputs[i].booster;
        char path[FILE_PATH_MAX];
        struct buf bytes;

        buf_init(&bytes, BUNDLE_FILE_MAX);
        st = read_listed(dir, listed(&b->manifest, name), &bytes, err);
        buf_release(&bytes);
        if (st == ST_OK)
            st = file_path(dir, name, path, err);
        if (st != ST_OK)
            break;
        st = booster_load(path, b->manifest.features.n, &b->boosters[i], err);
        if (st != ST_OK)
            err_prefix(err, "%.*s", SLICE_ARG(name));
    }
    return st;
}

static enum status load_manifest(struct bundle *b, const char *dir, struct err *err)
{
    struct manifest *m = &b->manifest;
    char path[FILE_PATH_MAX];
    struct buf bytes;
    enum status st = file_path(dir, slice_str("manifest.json"), path, err);

    buf_init(&bytes, MANIFEST_MAX);
    if (st == ST_OK)
        st = file_read(path, &bytes, err);
    if (st == ST_OK)
        st = manifest_read(buf_slice(&bytes), b->text, m, err);
    hash_sha256_hex(buf_slice(&bytes), b->sha256);
    buf_release(&bytes);
    if (st != ST_OK)
        return st;
    for (size_t i = 0; i < m->features.n; i++)
        b->features[i] = feature_find(m->features.v[i]);
    for (size_t i = 0; i < m->monitored.n; i++)
        b->monitored[i] = feature_find(m->monitored.v[i]);
    b->info = (struct bundle_info){ .name = m->name,
                                    .version = m->version,
                                    .encoder = m->encoder,
                                    .sha256 = slice_str(b->sha256),
                                    .features = m->features,
                                    .monitored = m->monitored };
    return conformal_load(dir, &b->info.conformal, err);
}

static bool within(double a, double b, double tolerance)
{
    return isnan(a) ? isnan(b) : fabs(a - b) <= tolerance;
}

static bool near_to(double a, double b)
{
    return within(a, b, TOLERANCE);
}

static enum status same_aspects(const struct aspect_list *want, const struct aspect_list *got,
                                struct err *err)
{
    if (got->n != want->n)
        return err_set(err, ST_FATAL, "%zu aspects, the manifest says %zu", got->n, want->n);
    for (size_t i = 0; i < want->n; i++) {
        const struct aspect *g = &got->v[i];
        const struct aspect *w = &want->v[i];

        if (!slice_eq(g->category, w->category) || !slice_eq(g->term, w->term) ||
            g->start != w->start || g->end != w->end || !near_to(g->sentiment, w->sentiment))
            return err_set(err, ST_FATAL, "aspect %zu differs", i);
    }
    return ST_OK;
}

/* Names the first thing in which a row differs from what the manifest says. */
static enum status same_row(const struct bundle *b, const struct golden *want,
                            const struct scored *got, struct err *err)
{
    double tolerance = b->manifest.kind >= KIND_MINILM ? TOLERANCE_MINILM : TOLERANCE;

    for (size_t i = 0; i < OUTPUT_N; i++) {
        if (got->bad || !within(got->output[i], want->output[i], tolerance))
            return err_set(err, ST_FATAL, "%s is %.9g, the manifest says %.9g",
                           output_table[i].name, got->output[i], want->output[i]);
    }
    for (size_t i = 0; i < want->monitored.n; i++) {
        if (!near_to(got->monitored.v[i], want->monitored.v[i]))
            return err_set(err, ST_FATAL, "%s is %.9g, the manifest says %.9g",
                           b->monitored[i]->name, got->monitored.v[i], want->monitored.v[i]);
    }
    return same_aspects(&want->aspects, &got->aspects, err);
}

static enum status replay_golden(struct bundle *b, struct err *err)
{
    enum status st = ST_OK;
    size_t clamped = 0;

    if (b->manifest.n_golden == 0)
        st = err_set(err, ST_FATAL, "manifest: no golden rows: a bundle must prove itself");
    for (size_t i = 0; st == ST_OK && i < b->manifest.n_golden; i++) {
        struct arena *a = arena_new(GOLDEN_MAX);
        struct scored got;

        if (!a)
            return err_set(err, ST_FATAL, "out of memory");
        st = bundle_score(b, &b->manifest.golden[i].facts, 1, a, &got, err);
        if (st == ST_OK)
            st = same_row(b, &b->manifest.golden[i], &got, err);
        if (st != ST_OK)
            err_prefix(err, "golden row %zu is not reproduced", i);
        clamped += st == ST_OK && got.clamped > 0;
        arena_free(a);
    }
    return st == ST_OK ? lint_range(clamped, b->manifest.n_golden, err) : st;
}

static enum status load_all(struct bundle *b, const char *dir, bool prove, struct err *err)
{
    enum status st;

    b->text = arena_new(TEXT_MAX);
    b->scratch = arena_new(SCRATCH_MAX);
    if (!b->text || !b->scratch)
        return err_set(err, ST_FATAL, "out of memory");
    st = load_manifest(b, dir, err);
    if (st == ST_OK)
        st = load_boosters(b, dir, err);
    if (st == ST_OK)
        st = tables_init(&b->tables, err);
    b->tables.precision = b->manifest.precision;
    if (st == ST_OK)
        st = load_tables(b, dir, err);
    if (st == ST_OK && b->manifest.kindred)
        st = tables_kindred(&b->tables, b->manifest.apart, err);
    if (st == ST_OK && prove)
        st = replay_golden(b, err);
    return st;
}

static enum status load_dir(const char *dir, bool prove, struct bundle **out, struct err *err)
{
    struct bundle *b = calloc(1, sizeof(*b));
    enum status st;

    *out = NULL;
    if (!b)
        return err_set(err, ST_FATAL, "out of memory for a bundle");
    st = load_all(b, dir, prove, err);
    if (st != ST_OK) {
        err_prefix(err, "config: bundle %s", dir);
        bundle_free(b);
        return ST_FATAL;
    }
    *out = b;
    return ST_OK;
}

enum status bundle_load(const char *dir, struct bundle **out, struct err *err)
{
    return load_dir(dir, true, out, err);
}

enum status bundle_load_unproven(const char *dir, struct bundle **out, struct err *err)
{
    return load_dir(dir, false, out, err);
}

/* A name of its own for scores whose aspects are of another table. */
static void name_anew(struct bundle *b, const char *table)
{
    char both[2 * SHA256_HEX_LEN + 1];

    memcpy(both, b->sha256, SHA256_HEX_LEN);
    memcpy(both + SHA256_HEX_LEN, table, SHA256_HEX_LEN + 1);
    hash_sha256_hex(slice_str(both), b->sha256);
}

enum status bundle_taxonomy(struct bundle *b, const char *path, struct err *err)
{
    char hex[SHA256_HEX_LEN + 1];
    enum status st = tables_taxonomy(&b->tables, path, hex, err);

    if (st == ST_OK && b->manifest.kindred)
        st = tables_kindred(&b->tables, b->manifest.apart, err);
    if (st == ST_OK)
        name_anew(b, hex);
    return st;
}

void bundle_free(struct bundle *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < OUTPUT_N; i++)
        booster_free(b->boosters[i]);
    tables_release(&b->tables);
    arena_free(b->scratch);
    arena_free(b->text);
    free(b);
}

const struct bundle_info *bundle_info(const struct bundle *b)
{
    return &b->info;
}

/* Reads one comment: its row of features, monitored values and aspects. */
static enum status read_comment(struct bundle *b, const struct facts *in, float *row,
                                struct arena *a, struct scored *out, struct err *err)
{
    struct reading r;
    enum status st;

    memset(out, 0, sizeof(*out));
    arena_reset(b->scratch);
    st = tables_read(&b->tables, in, b->scratch, &r, err);
    if (st != ST_OK)
        return st;
    out->monitored.n = b->info.monitored.n;
    out->monitored.v = arena_array(a, out->monitored.n, sizeof(double));
    if (!out->monitored.v)
        return err_set(err, ST_FATAL, "out of memory for a score");
    for (size_t i = 0; i < b->info.features.n; i++)
        row[i] = (float)b->features[i]->of(&r);
    for (size_t i = 0; i < out->monitored.n; i++)
        out->monitored.v[i] = b->monitored[i]->of(&r);
    return aspects_find(b->tables.taxonomy, &r, a, &out->aspects, err);
}

/* One booster's answer becomes a score within its range. */
static void take_answer(const struct bundle *b, enum output which, float answer, struct scored *out)
{
    const struct output_info *info = &output_table[which];
    double v = transform_apply(&b->manifest.outputs[which], info, (double)answer);

    if (!isfinite(v))
        out->bad = true;
    if (v > info->max || v < info->min)
        out->clamped++;
    out->output[which] = v > info->max ? info->max : v < info->min ? info->min : v + 0.0;
}

/* Which comments MiniLM is asked about: all, or those of a cascade that it is unsure of
 * without. *n_at of them. */
static enum status choose(struct bundle *b, size_t n, size_t *at, size_t *n_at, struct err *err)
{
    const struct manifest *m = &b->manifest;
    enum status st = ST_OK;

    *n_at = 0;
    if (m->kind == KIND_CASCADE)
        st = booster_predict(b->boosters[OUTPUT_CONFIDENCE], b->rows, n, b->answers, err);
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        if (m->kind == KIND_MINILM || (double)b->answers[i] > m->above)
            at[(*n_at)++] = i;
    }
    return st;
}

/* Writes into a row what MiniLM says of its comment. */
static void fill_row(const struct bundle *b, const struct says *says, float *row,
                     struct scored *out)
{
    struct reading r = { .minilm = { 0 } };

    for (enum head h = 0; h < HEAD_N; h++) {
        r.minilm[h] = says->of[h];
        out->bad = out->bad || !isfinite(says->of[h]);
    }
    for (size_t i = 0; i < b->info.features.n; i++) {
        if (feature_source(b->features[i]) == FEATURE_OF_MINILM)
            row[i] = (float)b->features[i]->of(&r);
    }
    out->escalated = b->manifest.kind == KIND_CASCADE;
}

static enum status ask_minilm(struct bundle *b, const struct facts *in, size_t n,
                              struct scored *out, struct err *err)
{
    struct minilm *m = b->tables.minilm;
    struct slice texts[BUNDLE_BATCH_MAX];
    size_t at[BUNDLE_BATCH_MAX];
    size_t n_at = 0;
    enum status st = choose(b, n, at, &n_at, err);

    if (st != ST_OK || n_at == 0)
        return st;
    for (size_t i = 0; i < n_at; i++)
        texts[i] = in[at[i]].text;
    const float *embeddings = minilm_embed(m, texts, n_at, err);
    for (size_t i = 0; embeddings && i < n_at; i++) {
        struct says says = minilm_say(m, embeddings + i * minilm_dim(m));

        fill_row(b, &says, b->rows + at[i] * b->info.features.n, &out[at[i]]);
    }
    return embeddings ? ST_OK : ST_FATAL;
}

enum status bundle_score(struct bundle *b, const struct facts *in, size_t n, struct arena *a,
                         struct scored *out, struct err *err)
{
    assert(n <= BUNDLE_BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        enum status st = read_comment(b, &in[i], b->rows + i * b->info.features.n, a, &out[i], err);

        if (st != ST_OK)
            return st;
    }
    if (n > 0 && b->tables.minilm) {
        enum status st = ask_minilm(b, in, n, out, err);

        if (st != ST_OK)
            return st;
    }
    for (enum output o = 0; n > 0 && o < OUTPUT_N; o++) {
        enum status st = booster_predict(b->boosters[o], b->rows, n, b->answers, err);

        if (st != ST_OK)
            return st;
        for (size_t i = 0; i < n; i++)
            take_answer(b, o, b->answers[i], &out[i]);
    }
    return ST_OK;
}

enum status bundle_explain(struct bundle *b, const struct facts *in, struct arena *a,
                           struct explained *out, struct err *err)
{
    enum status st = bundle_score(b, in, 1, a, &out->scored, err);
    size_t n = b->info.features.n;

    for (enum output o = 0; st == ST_OK && o < OUTPUT_N; o++) {
        float parts[BUNDLE_FEATURES_MAX + 1] = { 0 };

        st = booster_explain(b->boosters[o], b->rows, parts, err);
        memcpy(out->part[o], parts, n * sizeof(*parts));
        out->start[o] = parts[n];
    }
    memcpy(out->value, b->rows, n * sizeof(*out->value));
    return st;
}
