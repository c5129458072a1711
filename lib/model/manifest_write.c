/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <math.h>

#include "model/manifest.h"

/* jansson's _new functions steal what they are given; NULL runs through all of
 * them to the end, where it means that memory was out. */
static json_t *text(struct slice s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

static json_t *number(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *texts(const struct strings *s)
{
    json_t *out = json_array();

    for (size_t i = 0; i < s->n; i++)
        json_array_append_new(out, text(s->v[i]));
    return out;
}

static json_t *numbers(const double *v, size_t n)
{
    json_t *out = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(out, number(v[i]));
    return out;
}

static json_t *outputs(const struct manifest *m)
{
    json_t *out = json_object();

    for (size_t i = 0; i < OUTPUT_N; i++) {
        const struct manifest_output *o = &m->outputs[i];
        json_t *one = json_object();

        json_object_set_new(one, "booster", text(o->booster));
        json_object_set_new(one, "transform", json_string(transform_names[o->transform]));
        if (o->transform == TRANSFORM_TABLE) {
            json_t *points = json_array();

            for (size_t k = 0; k < o->n_points; k++)
                json_array_append_new(points, numbers(&o->points[k].x, 2));
            json_object_set_new(one, "points", points);
        }
        json_object_set_new(out, output_table[i].name, one);
    }
    return out;
}

static json_t *minilm(const struct manifest *m)
{
    json_t *out = json_object();

    json_object_set_new(out, "precision", json_string(precision_names[m->precision]));
    if (m->kind == KIND_CASCADE)
        json_object_set_new(out, "above", number(m->above));
    return out;
}

static json_t *tables(const struct manifest *m)
{
    json_t *out = json_object();

    for (size_t i = 0; i < TABLE_N; i++) {
        if (m->tables[i].n > 0)
            json_object_set_new(out, table_names[i], text(m->tables[i]));
    }
    return out;
}

static json_t *licences(const struct manifest *m)
{
    json_t *out = json_array();

    for (size_t i = 0; i < m->n_licences; i++) {
        json_t *one = json_object();

        json_object_set_new(one, "what", text(m->licences[i].what));
        json_object_set_new(one, "licence", text(m->licences[i].licence));
        json_object_set_new(one, "by", text(m->licences[i].by));
        json_array_append_new(out, one);
    }
    return out;
}

static json_t *files(const struct manifest *m)
{
    json_t *out = json_object();

    for (size_t i = 0; i < m->n_files; i++) {
        char name[65] = { 0 };

        for (size_t k = 0; k < m->files[i].name.n && k < sizeof(name) - 1; k++)
            name[k] = m->files[i].name.p[k];
        json_object_set_new(out, name, text(m->files[i].sha256));
    }
    return out;
}

static json_t *golden(const struct golden *g)
{
    json_t *out = json_object();
    json_t *aspects = json_array();

    json_object_set_new(out, "text", text(g->facts.text));
    json_object_set_new(out, "is_reply", json_boolean(g->facts.is_reply));
    json_object_set_new(out, "scores", numbers(g->output, OUTPUT_N));
    json_object_set_new(out, "monitored", numbers(g->monitored.v, g->monitored.n));
    for (size_t i = 0; i < g->aspects.n; i++) {
        const struct aspect *a = &g->aspects.v[i];
        json_t *one = json_object();

        json_object_set_new(one, "category", text(a->category));
        json_object_set_new(one, "term", text(a->term));
        json_object_set_new(one, "start", json_integer(a->start));
        json_object_set_new(one, "end", json_integer(a->end));
        json_object_set_new(one, "sentiment", number(a->sentiment));
        json_array_append_new(aspects, one);
    }
    json_object_set_new(out, "aspects", aspects);
    return out;
}

static int append(const char *p, size_t n, void *to)
{
    buf_add(to, p, n);
    return buf_failed(to) ? -1 : 0;
}

enum status manifest_write(const struct manifest *m, struct buf *out, struct err *err)
{
    json_t *doc = json_object();
    json_t *rows = json_array();
    int rc;

    for (size_t i = 0; i < m->n_golden; i++)
        json_array_append_new(rows, golden(&m->golden[i]));
    json_object_set_new(doc, "format", json_integer(MANIFEST_FORMAT));
    json_object_set_new(doc, "name", text(m->name));
    json_object_set_new(doc, "version", text(m->version));
    json_object_set_new(doc, "encoder", text(m->encoder));
    if (m->kind >= KIND_MINILM)
        json_object_set_new(doc, "minilm", minilm(m));
    json_object_set_new(doc, "features", texts(&m->features));
    json_object_set_new(doc, "monitored", texts(&m->monitored));
    json_object_set_new(doc, "outputs", outputs(m));
    json_object_set_new(doc, "tables", tables(m));
    if (m->kindred)
        json_object_set_new(doc, "kindred", number(m->apart));
    json_object_set_new(doc, "licences", licences(m));
    json_object_set_new(doc, "files", files(m));
    json_object_set_new(doc, "golden", rows);
    rc = json_dump_callback(doc, append, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    buf_byte(out, '\n');
    json_decref(doc);
    if (rc != 0 || buf_failed(out))
        return err_set(err, ST_FATAL,
                       "manifest: cannot be written: memory, or text that is not UTF-8");
    return ST_OK;
}
