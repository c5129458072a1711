/* SPDX-License-Identifier: MIT */
#include "model/manifest.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "model/lint.h"
#include "score/feature.h"
#include "wire/json.h"

const char *const transform_names[TRANSFORM_N] = { "identity", "clip", "one_minus_exp", "table" };

const char *const kind_names[KIND_N] = { "none", "static", "minilm", "cascade" };

/* What the readers below share. */
struct reader {
    struct arena *a;
    struct manifest *m;
    struct err *err;
};

static enum status no_memory(struct reader *r)
{
    return err_set(r->err, ST_FATAL, "manifest: out of memory");
}

static enum status read_string(struct reader *r, const json_t *in, const char *what,
                               struct slice *out)
{
    if (!json_is_string(in) || json_string_length(in) == 0)
        return err_set(r->err, ST_FATAL, "manifest: %s is not a text", what);
    *out = arena_copy(r->a, (struct slice){ json_string_value(in), json_string_length(in) });
    return out->p ? ST_OK : no_memory(r);
}

/* A plain file name: no path, nothing hidden. */
static bool is_file_name(struct slice s)
{
    if (s.n == 0 || s.n > 64 || s.p[0] == '.')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '_' || c == '-'))
            return false;
    }
    return true;
}

static bool is_listed(const struct manifest *m, struct slice name)
{
    for (size_t i = 0; i < m->n_files; i++) {
        if (slice_eq(m->files[i].name, name))
            return true;
    }
    return false;
}

static enum status read_file_ref(struct reader *r, const json_t *in, const char *what,
                                 struct slice *out)
{
    enum status st = read_string(r, in, what, out);

    if (st == ST_OK && !is_listed(r->m, *out))
        return err_set(r->err, ST_FATAL, "manifest: %s names a file that \"files\" does not list",
                       what);
    return st;
}

/* Adds the name of a feature that exists to a list that does not hold it yet. */
static enum status add_feature(struct reader *r, const json_t *in, const char *what,
                               struct strings *out)
{
    struct slice *name = &out->v[out->n];
    enum status st = read_string(r, in, what, name);

    if (st != ST_OK)
        return st;
    if (lint_feature(*name))
        return err_set(r->err, ST_FATAL, "manifest: %s: %.40s: %s", what, name->p,
                       lint_feature(*name));
    if (!feature_find(*name))
        return err_set(r->err, ST_FATAL, "manifest: %s: there is no feature %.40s", what, name->p);
    for (size_t i = 0; i < out->n; i++) {
        if (slice_eq(out->v[i], *name))
            return err_set(r->err, ST_FATAL, "manifest: %s: %s stands there twice", what, name->p);
    }
    out->n++;
    return ST_OK;
}

static enum status read_features(struct reader *r, const json_t *in, const char *what, size_t max,
                                 struct strings *out)
{
    size_t n = json_array_size(in);
    enum status st = ST_OK;

    if (!json_is_array(in) || n > max)
        return err_set(r->err, ST_FATAL, "manifest: %s is not a list of at most %zu names", what,
                       max);
    out->v = arena_array(r->a, n, sizeof(*out->v));
    if (!out->v)
        return no_memory(r);
    for (size_t i = 0; st == ST_OK && i < n; i++)
        st = add_feature(r, json_array_get(in, i), what, out);
    return st;
}

static enum status read_points(struct reader *r, const json_t *in, struct manifest_output *out)
{
    size_t n = json_array_size(in);

    if (!json_is_array(in) || n < 1 || n > POINTS_MAX)
        return err_set(r->err, ST_FATAL, "manifest: points are not a list of 1..%d pairs",
                       POINTS_MAX);
    for (size_t i = 0; i < n; i++) {
        const json_t *pair = json_array_get(in, i);
        const json_t *x = json_array_get(pair, 0);
        const json_t *y = json_array_get(pair, 1);

        if (!json_is_number(x) || !json_is_number(y))
            return err_set(r->err, ST_FATAL, "manifest: point %zu is not two numbers", i);
        out->points[i] = (struct point){ json_number_value(x), json_number_value(y) };
        if (i > 0 && !(out->points[i].x > out->points[i - 1].x))
            return err_set(r->err, ST_FATAL, "manifest: points do not rise at %zu", i);
    }
    out->n_points = n;
    return ST_OK;
}

static enum status read_output(struct reader *r, const json_t *in, enum output which)
{
    struct manifest_output *out = &r->m->outputs[which];
    const char *name = output_table[which].name;
    const char *transform = json_string_value(json_object_get(in, "transform"));
    enum status st = read_file_ref(r, json_object_get(in, "booster"), name, &out->booster);

    if (st != ST_OK)
        return st;
    for (out->transform = 0; out->transform < TRANSFORM_N; out->transform++) {
        if (transform && strcmp(transform, transform_names[out->transform]) == 0)
            break;
    }
    if (out->transform == TRANSFORM_N)
        return err_set(r->err, ST_FATAL, "manifest: %s has no transform that is known", name);
    if (out->transform == TRANSFORM_TABLE)
        return read_points(r, json_object_get(in, "points"), out);
    return ST_OK;
}

static enum status read_files(struct reader *r, json_t *in)
{
    const char *name;
    json_t *value;

    if (!json_is_object(in) || json_object_size(in) > MANIFEST_FILES_MAX)
        return err_set(r->err, ST_FATAL, "manifest: files is not an object of at most %d",
                       MANIFEST_FILES_MAX);
    r->m->files = arena_array(r->a, json_object_size(in), sizeof(*r->m->files));
    if (!r->m->files)
        return no_memory(r);
    json_object_foreach(in, name, value)
    {
        struct manifest_file *f = &r->m->files[r->m->n_files];
        enum status st = read_string(r, value, "files", &f->sha256);

        if (st != ST_OK)
            return st;
        f->name = arena_copy(r->a, slice_str(name));
        if (!f->name.p)
            return no_memory(r);
        if (!is_file_name(f->name) || f->sha256.n != SHA256_HEX_LEN)
            return err_set(r->err, ST_FATAL, "manifest: files: %.64s is not a name and a SHA-256",
                           name);
        r->m->n_files++;
    }
    return ST_OK;
}

static enum status read_tables(struct reader *r, json_t *in)
{
    const char *name;
    json_t *value;

    json_object_foreach(in, name, value)
    {
        enum bundle_table t = 0;
        enum status st;

        while (t < TABLE_N && strcmp(name, table_names[t]) != 0)
            t++;
        if (t == TABLE_N)
            return err_set(r->err, ST_FATAL, "manifest: there is no table %.64s", name);
        st = read_file_ref(r, value, name, &r->m->tables[t]);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status read_licences(struct reader *r, const json_t *in)
{
    size_t n = json_array_size(in);

    r->m->licences = arena_array(r->a, n, sizeof(*r->m->licences));
    if (!r->m->licences)
        return no_memory(r);
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(in, i);
        struct manifest_licence *l = &r->m->licences[i];
        enum status st = read_string(r, json_object_get(row, "what"), "licences", &l->what);

        if (st == ST_OK)
            st = read_string(r, json_object_get(row, "licence"), "licences", &l->licence);
        if (st == ST_OK)
            st = read_string(r, json_object_get(row, "by"), "licences", &l->by);
        if (st != ST_OK)
            return st;
        r->m->n_licences++;
    }
    return ST_OK;
}

static enum status read_aspect(struct reader *r, const json_t *in, struct aspect *out)
{
    enum status st =
        read_string(r, json_object_get(in, "category"), "golden aspect", &out->category);

    if (st == ST_OK)
        st = read_string(r, json_object_get(in, "term"), "golden aspect", &out->term);
    out->start = (int32_t)json_integer_value(json_object_get(in, "start"));
    out->end = (int32_t)json_integer_value(json_object_get(in, "end"));
    out->sentiment = json_number_value(json_object_get(in, "sentiment"));
    return st;
}

static enum status read_golden_aspects(struct reader *r, const json_t *in, struct aspect_list *out)
{
    size_t n = json_array_size(in);
    enum status st = ST_OK;

    out->v = arena_array(r->a, n, sizeof(*out->v));
    if (!out->v)
        return no_memory(r);
    for (; st == ST_OK && out->n < n; out->n++)
        st = read_aspect(r, json_array_get(in, out->n), &out->v[out->n]);
    return st;
}

static enum status read_golden(struct reader *r, const json_t *in, struct golden *g)
{
    const json_t *scores = json_object_get(in, "scores");
    const json_t *monitored = json_object_get(in, "monitored");
    const json_t *aspects = json_object_get(in, "aspects");
    const json_t *text = json_object_get(in, "text");
    size_t n = r->m->monitored.n;

    if (!json_is_string(text) || json_array_size(scores) != OUTPUT_N ||
        json_array_size(monitored) != n || json_array_size(aspects) > ASPECTS_MAX) {
        return err_set(r->err, ST_FATAL,
                       "manifest: a golden row is not text, %d scores and %zu monitored values",
                       OUTPUT_N, n);
    }
    g->facts.is_reply = json_is_true(json_object_get(in, "is_reply"));
    g->facts.text =
        arena_copy(r->a, (struct slice){ json_string_value(text), json_string_length(text) });
    g->monitored.v = arena_array(r->a, n, sizeof(double));
    if (!g->facts.text.p || !g->monitored.v)
        return no_memory(r);
    for (size_t i = 0; i < OUTPUT_N; i++)
        g->output[i] = json_number_value(json_array_get(scores, i));
    for (; g->monitored.n < n; g->monitored.n++) {
        const json_t *v = json_array_get(monitored, g->monitored.n);

        g->monitored.v[g->monitored.n] = json_is_number(v) ? json_number_value(v) : (double)NAN;
    }
    return read_golden_aspects(r, aspects, &g->aspects);
}

static enum status read_goldens(struct reader *r, const json_t *in)
{
    size_t n = json_array_size(in);

    if (n > BUNDLE_BATCH_MAX)
        return err_set(r->err, ST_FATAL, "manifest: more than %d golden rows", BUNDLE_BATCH_MAX);
    r->m->golden = arena_array(r->a, n, sizeof(*r->m->golden));
    if (!r->m->golden)
        return no_memory(r);
    for (size_t i = 0; i < n; i++) {
        enum status st = read_golden(r, json_array_get(in, i), &r->m->golden[i]);

        if (st != ST_OK)
            return st;
        r->m->n_golden++;
    }
    return ST_OK;
}

/* The place of a name in a list; n: it is not there. */
static int find_name(const char *name, const char *const *names, int n)
{
    int i = 0;

    while (i < n && (!name || strcmp(name, names[i]) != 0))
        i++;
    return i;
}

static enum status read_minilm(struct reader *r, const json_t *in)
{
    struct manifest *m = r->m;
    const json_t *above = json_object_get(in, "above");

    m->precision = (enum precision)find_name(json_string_value(json_object_get(in, "precision")),
                                             precision_names, PRECISION_N);
    if (m->precision == PRECISION_N)
        return err_set(r->err, ST_FATAL, "manifest: minilm: no precision that is known");
    if (m->kind == KIND_CASCADE && !json_is_number(above))
        return err_set(r->err, ST_FATAL, "manifest: minilm: above is not a number");
    m->above = json_number_value(above);
    return ST_OK;
}

static enum status read_encoder(struct reader *r, const json_t *doc)
{
    struct manifest *m = r->m;
    enum status st = read_string(r, json_object_get(doc, "encoder"), "encoder", &m->encoder);

    if (st != ST_OK)
        return st;
    m->kind = (enum encoder_kind)find_name(m->encoder.p, kind_names, KIND_N);
    if (m->kind == KIND_N)
        return err_set(r->err, ST_FATAL, "manifest: this build has no encoder %.40s", m->encoder.p);
    return m->kind >= KIND_MINILM ? read_minilm(r, json_object_get(doc, "minilm")) : ST_OK;
}

/* What it is, and of which features. */
static enum status read_head(struct reader *r, const json_t *doc)
{
    struct manifest *m = r->m;
    enum status st;

    if (json_integer_value(json_object_get(doc, "format")) != MANIFEST_FORMAT)
        return err_set(r->err, ST_FATAL, "manifest: format is not %d", MANIFEST_FORMAT);
    st = read_string(r, json_object_get(doc, "name"), "name", &m->name);
    if (st == ST_OK)
        st = read_string(r, json_object_get(doc, "version"), "version", &m->version);
    if (st == ST_OK)
        st = read_encoder(r, doc);
    if (st == ST_OK) {
        st = read_features(r, json_object_get(doc, "features"), "features", BUNDLE_FEATURES_MAX,
                           &m->features);
    }
    if (st == ST_OK) {
        st = read_features(r, json_object_get(doc, "monitored"), "monitored", BUNDLE_MONITORED_MAX,
                           &m->monitored);
    }
    return st;
}

/* The least kind of encoder that has a feature. */
static enum encoder_kind kind_of(const struct feature *f)
{
    static const enum encoder_kind kinds[] = { [FEATURE_OF_TEXT] = KIND_NONE,
                                               [FEATURE_OF_VECTORS] = KIND_STATIC,
                                               [FEATURE_OF_MINILM] = KIND_MINILM };

    return kinds[feature_source(f)];
}

/* An encoder needs its tables, and some features need an encoder. What drift watches is of
 * every text: MiniLM's features are not, in a cascade. */
static enum status check_encoder(const struct reader *r)
{
    const struct manifest *m = r->m;

    for (enum bundle_table t = TABLE_VOCABULARY; t < TABLE_N; t++) {
        bool wanted = m->kind >= (t < TABLE_GRAPH ? KIND_STATIC : KIND_MINILM);

        if (wanted != (m->tables[t].n > 0))
            return err_set(r->err, ST_FATAL, "manifest: encoder %s, and %s table %s", m->encoder.p,
                           wanted ? "no" : "a", table_names[t]);
    }
    for (size_t i = 0; i < m->features.n; i++) {
        if (kind_of(feature_find(m->features.v[i])) > m->kind)
            return err_set(r->err, ST_FATAL, "manifest: feature %s without an encoder",
                           m->features.v[i].p);
    }
    for (size_t i = 0; i < m->monitored.n; i++) {
        if (kind_of(feature_find(m->monitored.v[i])) == KIND_MINILM)
            return err_set(r->err, ST_FATAL, "manifest: %s cannot be monitored",
                           m->monitored.v[i].p);
    }
    return ST_OK;
}

/* May be missing: then only the words of the taxonomy are aspects. */
static enum status read_kindred(struct reader *r, const json_t *in)
{
    if (!in || json_is_null(in))
        return ST_OK;
    r->m->kindred = true;
    r->m->apart = json_number_value(in);
    if (!json_is_number(in) || !(r->m->apart >= 0.0 && r->m->apart <= 1.0))
        return err_set(r->err, ST_FATAL, "manifest: kindred is not a number in 0..1");
    if (r->m->tables[TABLE_VECTORS].n == 0)
        return err_set(r->err, ST_FATAL, "manifest: kindred words without vectors");
    return ST_OK;
}

static enum status read_all(struct reader *r, const json_t *doc)
{
    const json_t *outputs = json_object_get(doc, "outputs");
    enum status st = read_head(r, doc);

    if (st == ST_OK)
        st = read_files(r, json_object_get(doc, "files"));
    if (st == ST_OK)
        st = read_tables(r, json_object_get(doc, "tables"));
    if (st == ST_OK)
        st = check_encoder(r);
    if (st == ST_OK)
        st = read_kindred(r, json_object_get(doc, "kindred"));
    for (enum output i = 0; st == ST_OK && i < OUTPUT_N; i++)
        st = read_output(r, json_object_get(outputs, output_table[i].name), i);
    if (st == ST_OK)
        st = read_licences(r, json_object_get(doc, "licences"));
    if (st == ST_OK)
        st = read_goldens(r, json_object_get(doc, "golden"));
    return st;
}

enum status manifest_read(struct slice json, struct arena *a, struct manifest *out, struct err *err)
{
    struct reader r = { a, out, err };
    enum dead_reason reason;
    enum status st;
    json_t *doc = NULL;

    memset(out, 0, sizeof(*out));
    if (wire_json_parse(json, MANIFEST_MAX, 0, &doc, &reason, err) != ST_OK) {
        err_prefix(err, "manifest");
        return ST_FATAL;
    }
    st = json_is_object(doc) ? read_all(&r, doc)
                             : err_set(err, ST_FATAL, "manifest: not a JSON object");
    json_decref(doc);
    return st;
}
