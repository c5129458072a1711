/* SPDX-License-Identifier: MIT */
#include "cli/compare/column.h"

#include <math.h>
#include <stdlib.h>

#include "base/near.h"

const char *severity_text(enum severity s)
{
    return s == SEVERITY_CRITICAL ? "CRITICAL" : s == SEVERITY_WARNING ? "WARNING" : "NONE";
}

const char *verdict_text(const struct result *r)
{
    if (!r->c.decided)
        return "not decided";
    if (!r->c.drift)
        return "ok";
    return r->severity == SEVERITY_NONE ? "drift" : severity_text(r->severity);
}

/* The numbers of a column, sorted; infinities with them. */
static enum status take_numbers(const struct column *col, struct side *side, struct err *err)
{
    size_t at = 0;
    double x;

    side->sample.v = malloc((col->n + 1) * sizeof(double));
    if (!side->sample.v)
        return err_set(err, ST_FATAL, "out of memory for %zu values", col->n);
    for (struct slice cell; (cell = column_cell(col, &at)).p;) {
        if (!table_number(cell, &x)) {
            side->not_numbers++;
            continue;
        }
        side->infinite += isinf(x) ? 1 : 0;
        side->sample.v[side->sample.n++] = x;
    }
    sample_sort(side->sample);
    return ST_OK;
}

static int by_name(const void *a, const void *b)
{
    return slice_cmp(((const struct category *)a)->name, ((const struct category *)b)->name);
}

static size_t take_names(const struct column *col, bool is_ref, struct category *out)
{
    size_t at = 0;
    size_t n = 0;

    for (struct slice cell; (cell = column_cell(col, &at)).p; n++)
        out[n] = (struct category){ cell, is_ref ? 1 : 0, is_ref ? 0 : 1 };
    return n;
}

/* Every cell as a category of one, sorted, and equal ones put together. */
static enum status count_categories(struct result *r, const struct column *ref,
                                    const struct column *cur, struct err *err)
{
    struct category *all = calloc(ref->n + cur->n + 1, sizeof(*all));
    size_t n = 0;

    if (!all)
        return err_set(err, ST_FATAL, "out of memory for %zu values", ref->n + cur->n);
    size_t cells = take_names(ref, true, all);
    cells += take_names(cur, false, all + cells);
    qsort(all, cells, sizeof(*all), by_name);
    for (size_t i = 0; i < cells; i++) {
        if (n > 0 && slice_eq(all[n - 1].name, all[i].name)) {
            all[n - 1].ref += all[i].ref;
            all[n - 1].cur += all[i].cur;
        } else {
            all[n++] = all[i];
        }
    }
    r->category = all;
    r->n_categories = n;
    return ST_OK;
}

static enum status compare_names(struct result *r, const struct column *ref,
                                 const struct column *cur, struct err *err)
{
    enum status st = count_categories(r, ref, cur, err);
    if (st != ST_OK)
        return st;
    uint64_t *counts = calloc(2 * r->n_categories + 1, sizeof(*counts));
    if (!counts)
        return err_set(err, ST_FATAL, "out of memory for %zu categories", r->n_categories);
    for (size_t i = 0; i < r->n_categories; i++) {
        counts[i] = r->category[i].ref;
        counts[r->n_categories + i] = r->category[i].cur;
    }
    compare_categories(counts, counts + r->n_categories, r->n_categories, &r->c);
    free(counts);
    return ST_OK;
}

static const struct column no_column = { .numeric = true };

static enum status compare_column(struct result *r, const struct column *ref,
                                  const struct column *cur, const struct report *report,
                                  struct err *err)
{
    const struct column *a = ref ? ref : &no_column;
    const struct column *b = cur ? cur : &no_column;
    enum status st;

    r->name = buf_slice(ref ? &ref->name : &cur->name);
    r->ref.present = ref != NULL;
    r->cur.present = cur != NULL;
    r->ref.missing = ref ? report->ref_rows - ref->n : 0;
    r->cur.missing = cur ? report->cur_rows - cur->n : 0;
    /* The reference says what a column is; one without a value says nothing. */
    r->numeric = a->n > 0 ? a->numeric : b->numeric;
    if (r->numeric) {
        st = take_numbers(a, &r->ref, err);
        if (st == ST_OK)
            st = take_numbers(b, &r->cur, err);
        if (st == ST_OK)
            st = compare_numbers(r->ref.sample, r->cur.sample, &r->c, err);
    } else {
        st = compare_names(r, a, b, err);
    }
    if (ref && cur)
        comparison_missing(&r->c, r->ref.missing, report->ref_rows, r->cur.missing,
                           report->cur_rows);
    return st;
}

static enum status decide(struct report *r, struct err *err)
{
    struct comparison **all = calloc(r->n + 1, sizeof(struct comparison *));

    if (!all)
        return err_set(err, ST_FATAL, "out of memory for %zu columns", r->n);
    for (size_t i = 0; i < r->n; i++)
        all[i] = &r->column[i].c;
    enum status st = comparison_decide(all, r->n, &r->drifted, err);
    free(all);
    for (size_t i = 0; st == ST_OK && i < r->n; i++) {
        struct result *c = &r->column[i];

        figures_explain(c);
        r->undecided += c->c.decided ? 0 : 1;
        if (c->c.drift && c->c.psi > COMPARE_PSI_WARNING)
            c->severity = c->c.psi > COMPARE_PSI_CRIT ? SEVERITY_CRITICAL : SEVERITY_WARNING;
    }
    return st;
}

static void nearest(const struct table *t, struct slice name, struct slice *best, size_t *least)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t d = near_distance(name, buf_slice(&t->column[i].name));

        if (d < *least) {
            *least = d;
            *best = buf_slice(&t->column[i].name);
        }
    }
}

static enum status unknown(const struct table *ref, const struct table *cur, struct slice name,
                           struct err *err)
{
    struct slice best = { NULL, 0 };
    size_t least = SIZE_MAX;

    nearest(ref, name, &best, &least);
    nearest(cur, name, &best, &least);
    if (best.p && near_enough(name, best, least))
        return err_set(err, ST_FATAL, "usage: neither table has a column %.*s; did you mean %.*s?",
                       SLICE_ARG(name), SLICE_ARG(best));
    return err_set(err, ST_FATAL, "usage: neither table has a column %.*s", SLICE_ARG(name));
}

static enum status add(struct report *r, struct table *ref, struct table *cur, struct slice name,
                       struct err *err)
{
    const struct column *a = table_column(ref, name);
    const struct column *b = table_column(cur, name);
    struct result *c = &r->column[r->n];

    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(r->column[i].name, name))
            return ST_OK;
    if (!a && !b)
        return unknown(ref, cur, name, err);
    r->n++;
    return compare_column(c, a, b, r, err);
}

static enum status add_all(struct report *r, struct table *ref, struct table *cur, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < ref->n; i++)
        st = add(r, ref, cur, buf_slice(&ref->column[i].name), err);
    for (size_t i = 0; st == ST_OK && i < cur->n; i++)
        st = add(r, ref, cur, buf_slice(&cur->column[i].name), err);
    return st;
}

enum status report_make(struct report *r, struct table *ref, struct table *cur,
                        const struct slice *names, size_t n, struct err *err)
{
    enum status st = ST_OK;

    r->ref_rows = ref->rows;
    r->cur_rows = cur->rows;
    r->column = calloc(ref->n + cur->n + n + 1, sizeof(*r->column));
    if (!r->column)
        return err_set(err, ST_FATAL, "out of memory for %zu columns", ref->n + cur->n);
    if (n == 0)
        st = add_all(r, ref, cur, err);
    for (size_t i = 0; st == ST_OK && i < n; i++)
        st = add(r, ref, cur, names[i], err);
    return st == ST_OK ? decide(r, err) : st;
}

void report_release(struct report *r)
{
    for (size_t i = 0; r->column && i < r->n; i++) {
        free(r->column[i].ref.sample.v);
        free(r->column[i].cur.sample.v);
        free(r->column[i].category);
    }
    free(r->column);
    *r = (struct report){ 0 };
}
