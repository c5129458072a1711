/* SPDX-License-Identifier: MIT */
/* json.c -- the report for programs. A figure that is not defined is null. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "cli/compare/column.h"

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

/* json_object_set_new() takes over the value and refuses NULL, also that of a
 * value that found no memory: one flag tells of all. */
static void set(json_t *o, const char *name, json_t *v, int *bad)
{
    *bad |= json_object_set_new(o, name, v);
}

static json_t *share(size_t n, size_t of)
{
    return number((double)n / (double)of);
}

/* Categories that one side has and the other has not. */
static size_t only_in(const struct result *r, bool current)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_categories; i++)
        n += (current ? r->category[i].ref : r->category[i].cur) == 0 ? 1 : 0;
    return n;
}

static void set_categories(json_t *o, const struct result *r, int *bad)
{
    set(o, "categories", r->numeric ? json_null() : count(r->n_categories), bad);
    set(o, "new_categories", r->numeric ? json_null() : count(only_in(r, true)), bad);
    set(o, "gone_categories", r->numeric ? json_null() : count(only_in(r, false)), bad);
}

static void set_evidently(json_t *o, const struct evidently *e, int *bad)
{
    set(o, "evidently_test", e->test ? json_string(e->test) : json_null(), bad);
    set(o, "evidently_drift", e->test ? json_boolean(e->drift) : json_null(), bad);
}

static void set_missing(json_t *o, const struct report *report, const struct result *r, int *bad)
{
    set(o, "missing_reference", count(r->ref.missing), bad);
    set(o, "missing_current", count(r->cur.missing), bad);
    set(o, "missing_share_reference", share(r->ref.missing, report->ref_rows), bad);
    set(o, "missing_share_current", share(r->cur.missing, report->cur_rows), bad);
    set(o, "missing_p", number(r->c.missing_p), bad);
}

static json_t *column(const struct report *report, const struct result *r, int *bad)
{
    json_t *o = json_object();

    /* A name is bytes of a file; what is not UTF-8 in it is not JSON. */
    json_t *name = json_stringn(r->name.p ? r->name.p : "", r->name.n);
    set(o, "name", name ? name : json_string("(not UTF-8)"), bad);
    set(o, "kind", json_string(r->numeric ? "numeric" : "category"), bad);
    set(o, "n_reference", count(r->c.n_ref), bad);
    set(o, "n_current", count(r->c.n_cur), bad);
    set_missing(o, report, r, bad);
    set(o, "infinite_reference", count(r->ref.infinite), bad);
    set(o, "infinite_current", count(r->cur.infinite), bad);
    set(o, "not_numbers_current", count(r->cur.not_numbers), bad);
    for (const struct figure *f = figures; f->name; f++)
        set(o, f->name, number(figure_of(r, f)), bad);
    set_categories(o, r, bad);
    set_evidently(o, &r->c.evidently, bad);
    set(o, "drift", r->c.decided ? json_boolean(r->c.drift) : json_null(), bad);
    set(o, "severity", r->c.decided ? json_string(severity_text(r->severity)) : json_null(), bad);
    if (r->why[0])
        set(o, "why", json_string(r->why), bad);
    return o;
}

enum status report_json(const struct report *r, struct buf *out, struct err *err)
{
    json_t *o = json_object();
    json_t *columns = json_array();
    int bad = 0;

    for (size_t i = 0; i < r->n; i++)
        bad |= json_array_append_new(columns, column(r, &r->column[i], &bad));
    set(o, "columns", columns, &bad);
    set(o, "drifted", count(r->drifted), &bad);
    set(o, "undecided", count(r->undecided), &bad);
    char *text = bad ? NULL : json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    if (text) {
        buf_str(out, text);
        buf_byte(out, '\n');
    }
    free(text);
    json_decref(o);
    if (!text || buf_failed(out))
        return err_set(err, ST_FATAL, "out of memory for the report");
    return ST_OK;
}
