/* SPDX-License-Identifier: MIT */
#include "model/conformal.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/file.h"
#include "wire/json.h"
#include "wire/tojson.h"

enum { FORMAT = 1, BYTES_MAX = 1 << 16 };

const double conformal_levels[CONFORMAL_LEVELS] = { 0.8, 0.9, 0.95 };

/* --- from errors --------------------------------------------------------- */

struct row {
    double confidence, error;
};

static int by_confidence(const void *a, const void *b)
{
    const struct row *p = a;
    const struct row *q = b;

    return (p->confidence > q->confidence) - (p->confidence < q->confidence);
}

static int by_error(const void *a, const void *b)
{
    const struct row *p = a;
    const struct row *q = b;

    return (p->error > q->error) - (p->error < q->error);
}

/* Of n errors, sorted. The rank is a whole number where (n + 1) level is one, however it was
 * rounded. */
static double half_width(const struct row *rows, size_t n, double level)
{
    size_t rank = (size_t)ceil((double)(n + 1) * level - 1e-9);

    return rank > n ? CONFORMAL_ALL : fmax(rows[rank - 1].error, CONFORMAL_LEAST);
}

/* Cuts sorted rows into groups of about the same size; equal confidences stay together. */
static void cut(const struct row *rows, size_t n, struct conformal *out)
{
    const size_t most = n / CONFORMAL_GROUP_MIN;
    const size_t want = most < 1 ? 1 : most > CONFORMAL_GROUPS_MAX ? CONFORMAL_GROUPS_MAX : most;

    memset(out, 0, sizeof(*out));
    out->n = 1;
    for (size_t i = 1; i < want; i++) {
        const double from = rows[i * n / want].confidence;

        if (from > rows[0].confidence && from > out->v[out->n - 1].from)
            out->v[out->n++].from = from;
    }
}

enum status conformal_fit(const double *confidence, const double *error, size_t n,
                          struct conformal *out, struct err *err)
{
    struct row *rows = calloc(n + 1, sizeof(*rows));
    size_t at = 0;

    if (!rows)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct row){ confidence[i], error[i] };
    qsort(rows, n, sizeof(*rows), by_confidence);
    cut(rows, n, out);
    for (size_t g = 0; g < out->n; g++) {
        const size_t begin = at;

        while (at < n && (g + 1 == out->n || rows[at].confidence < out->v[g + 1].from))
            at++;
        out->v[g].n = at - begin;
        qsort(rows + begin, at - begin, sizeof(*rows), by_error);
        for (size_t l = 0; l < CONFORMAL_LEVELS; l++)
            out->v[g].within[l] = half_width(rows + begin, at - begin, conformal_levels[l]);
    }
    free(rows);
    return ST_OK;
}

double conformal_within(const struct conformal *c, double confidence, size_t level)
{
    size_t g = c->n - 1;

    while (g > 0 && confidence < c->v[g].from)
        g--;
    return c->v[g].within[level];
}

/* --- as a file ----------------------------------------------------------- */

static void write_numbers(const double *v, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        buf_str(out, i > 0 ? ", " : "[");
        to_json_double(v[i], out);
    }
    buf_str(out, "]");
}

void conformal_write(const struct conformal *c, struct buf *out)
{
    buf_fmt(out, "{\"format\": %d, \"levels\": ", FORMAT);
    write_numbers(conformal_levels, CONFORMAL_LEVELS, out);
    buf_str(out, ",\n \"groups\": [");
    for (size_t g = 0; g < c->n; g++) {
        buf_str(out, g > 0 ? ",\n  {\"confidence\": " : "\n  {\"confidence\": ");
        to_json_double(c->v[g].from, out);
        buf_fmt(out, ", \"n\": %zu, \"within\": ", c->v[g].n);
        write_numbers(c->v[g].within, CONFORMAL_LEVELS, out);
        buf_byte(out, '}');
    }
    buf_str(out, "\n ]}\n");
}

/* Exactly the numbers of a list; false: it is none of so many numbers in 0..max. */
static bool read_numbers(const json_t *in, double max, double out[CONFORMAL_LEVELS])
{
    if (json_array_size(in) != CONFORMAL_LEVELS)
        return false;
    for (size_t i = 0; i < CONFORMAL_LEVELS; i++) {
        const json_t *v = json_array_get(in, i);

        out[i] = json_number_value(v);
        if (!json_is_number(v) || out[i] < 0.0 || out[i] > max)
            return false;
    }
    return true;
}

static bool read_group(const json_t *in, struct conformal *out)
{
    struct conformal_group *g = &out->v[out->n];
    const json_t *from = json_object_get(in, "confidence");
    const json_int_t n = json_integer_value(json_object_get(in, "n"));

    g->from = json_number_value(from);
    g->n = n > 0 ? (size_t)n : 0;
    if (!json_is_number(from) || n < 0 || g->from > 1.0 ||
        !(out->n == 0 ? g->from == 0.0 : g->from > g[-1].from))
        return false;
    out->n++;
    return read_numbers(json_object_get(in, "within"), CONFORMAL_ALL, g->within);
}

static bool are_levels(const double *v)
{
    bool same = true;

    for (size_t i = 0; i < CONFORMAL_LEVELS; i++)
        same = same && v[i] == conformal_levels[i];
    return same;
}

static const char *read_root(const json_t *root, struct conformal *out)
{
    const json_t *groups = json_object_get(root, "groups");
    double levels[CONFORMAL_LEVELS];

    if (json_integer_value(json_object_get(root, "format")) != FORMAT)
        return "another format";
    if (!read_numbers(json_object_get(root, "levels"), 1.0, levels) || !are_levels(levels))
        return "other levels";
    if (json_array_size(groups) < 1 || json_array_size(groups) > CONFORMAL_GROUPS_MAX)
        return "its groups are not a list of 1..5";
    for (size_t i = 0; i < json_array_size(groups); i++) {
        if (!read_group(json_array_get(groups, i), out))
            return "a group is not what it should be";
    }
    return NULL;
}

enum status conformal_read(struct slice json, struct conformal *out, struct err *err)
{
    json_t *root = NULL;
    enum dead_reason reason;
    enum status st = wire_json_parse(json, BYTES_MAX, 0, &root, &reason, err);

    memset(out, 0, sizeof(*out));
    const char *fault = st == ST_OK ? read_root(root, out) : err->msg;
    if (fault) {
        out->n = 0;
        st = err_set(err, ST_FATAL, "conformal.json: %s", fault);
    }
    json_decref(root);
    return st;
}

enum status conformal_load(const char *dir, struct conformal *out, struct err *err)
{
    char path[FILE_PATH_MAX];
    struct buf bytes;
    enum status st = file_path(dir, slice_str("conformal.json"), path, err);

    memset(out, 0, sizeof(*out));
    if (st != ST_OK || (access(path, F_OK) != 0 && errno == ENOENT))
        return st;
    buf_init(&bytes, BYTES_MAX);
    st = file_read(path, &bytes, err);
    if (st == ST_OK)
        st = conformal_read(buf_slice(&bytes), out, err);
    buf_release(&bytes);
    return st;
}
