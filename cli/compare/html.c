/* SPDX-License-Identifier: MIT */
/* html.c -- the report as the page that backtest writes too (report/page.h). */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "cli/compare/column.h"
#include "report/page.h"

enum { BARS = 20, TEXT_MAX = 4096 };

#define MEMORY_MAX ((size_t)512 << 20)

/* A page in the making: what it borrows lives in the arena. */
struct making {
    struct page page;
    struct arena *a;
    struct buf text;
    bool failed;
};

static struct slice keep(struct making *m)
{
    struct slice kept = arena_copy(m->a, buf_slice(&m->text));

    m->failed = m->failed || buf_failed(&m->text) || !kept.p;
    buf_clear(&m->text);
    return kept;
}

static void *array(struct making *m, size_t n, size_t size)
{
    void *v = arena_array(m->a, n, size);

    m->failed = m->failed || !v;
    return v;
}

/* Of a bar: the upper end, or "more" of the last. */
static void name_bar(struct making *m, struct page_bin *b, double lo, double hi, bool first,
                     bool last)
{
    if (first && last)
        buf_fmt(&m->text, "around %.4g", lo);
    else if (first)
        buf_fmt(&m->text, "below %.4g", hi);
    else if (last)
        buf_fmt(&m->text, "from %.4g", lo);
    else
        buf_fmt(&m->text, "%.4g to %.4g", lo, hi);
    b->label = keep(m);
    if (first && last)
        buf_fmt(&m->text, "%.3g", lo);
    else if (last)
        buf_str(&m->text, "more");
    else
        buf_fmt(&m->text, "<%.3g", hi);
    b->tick = keep(m);
}

static double share_of(struct sample s, size_t from, size_t to)
{
    return (double)(to - from) / (double)s.n;
}

/* Bars of equal width over the middle 99 % of both; the tails go to the ends. */
static struct page_bin *number_bars(struct making *m, const struct result *r, size_t *n)
{
    const struct sample ref = sample_finite(r->ref.sample);
    const struct sample cur = sample_finite(r->cur.sample);
    size_t below[2] = { 0, 0 };

    *n = 0;
    if (ref.n == 0 || cur.n == 0)
        return NULL;
    const double lo = fmin(sample_quantile(ref, 0.005), sample_quantile(cur, 0.005));
    const double hi = fmax(sample_quantile(ref, 0.995), sample_quantile(cur, 0.995));
    const double width = hi / BARS - lo / BARS;
    const size_t bars = width > 0.0 && isfinite(width) ? BARS : 1;
    struct page_bin *v = array(m, bars, sizeof(*v));
    for (size_t i = 0; v && i < bars; i++) {
        const double from = lo + width * (double)i;
        const double to = lo + width * (double)(i + 1);
        const bool last = i + 1 == bars;
        const size_t in_ref = last ? ref.n : sample_below(ref, to);
        const size_t in_cur = last ? cur.n : sample_below(cur, to);

        v[i].before = share_of(ref, below[0], in_ref);
        v[i].now = share_of(cur, below[1], in_cur);
        v[i].part = (double)NAN;
        name_bar(m, &v[i], from, to, i == 0, last);
        below[0] = in_ref;
        below[1] = in_cur;
    }
    *n = v ? bars : 0;
    return v;
}

static int by_count(const void *x, const void *y)
{
    const struct category *a = x;
    const struct category *b = y;

    if (a->ref != b->ref)
        return a->ref > b->ref ? -1 : 1;
    if (a->cur != b->cur)
        return a->cur > b->cur ? -1 : 1;
    return slice_cmp(a->name, b->name);
}

/* The commonest of the reference first; what is beyond the last bar is in it. */
static struct page_bin *category_bars(struct making *m, const struct result *r, size_t *n)
{
    const size_t bars = r->n_categories < BARS ? r->n_categories : BARS;

    *n = 0;
    if (r->c.n_ref == 0 || r->c.n_cur == 0)
        return NULL;
    struct page_bin *v = array(m, bars, sizeof(*v));
    qsort(r->category, r->n_categories, sizeof(*r->category), by_count);
    for (size_t i = 0; v && i < r->n_categories; i++) {
        struct page_bin *b = &v[i < bars ? i : bars - 1];

        b->label = i < bars ? r->category[i].name : slice_str("all others");
        b->tick = i < bars && b->label.n <= 8 ? b->label : slice_str("");
        b->before += (double)r->category[i].ref / (double)r->c.n_ref;
        b->now += (double)r->category[i].cur / (double)r->c.n_cur;
        b->part = (double)NAN;
    }
    *n = v ? bars : 0;
    return v;
}

static enum word word_of(const struct figure *f)
{
    static const struct {
        const char *name;
        enum word word;
    } words[] = {
        { "psi", WORD_PSI }, { "ks", WORD_KS },     { "wasserstein_norm", WORD_WASSERSTEIN },
        { "js", WORD_JS },   { "linf", WORD_LINF }, { "hellinger", WORD_HELLINGER },
        { "p", WORD_P },     { "q", WORD_Q },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(slice_str(f->name), words[i].name))
            return words[i].word;
    }
    return WORD_N;
}

static struct page_figure *all_figures(struct making *m, const struct result *r, size_t *n)
{
    size_t count = 0;

    while (figures[count].name)
        count++;
    struct page_figure *v = array(m, count, sizeof(*v));
    *n = v ? count : 0;
    for (size_t i = 0; v && i < count; i++)
        v[i] = (struct page_figure){ figures[i].name, word_of(&figures[i]),
                                     figure_of(r, &figures[i]) };
    return v;
}

static enum page_level level_of(const struct result *r)
{
    if (!r->c.decided)
        return PAGE_UNDECIDED;
    if (!r->c.drift)
        return PAGE_OK;
    return r->severity == SEVERITY_CRITICAL ? PAGE_CRITICAL : PAGE_WARNING;
}

static struct slice say_column(struct making *m, const struct result *r)
{
    buf_fmt(&m->text,
            "%s. Reference: %llu values, %zu missing, %zu infinite; current: %llu values, "
            "%zu missing, %zu infinite",
            r->numeric ? "Numbers" : "Categories", (unsigned long long)r->c.n_ref, r->ref.missing,
            r->ref.infinite, (unsigned long long)r->c.n_cur, r->cur.missing, r->cur.infinite);
    if (r->cur.not_numbers > 0)
        buf_fmt(&m->text, ", %zu that are no numbers and left out", r->cur.not_numbers);
    buf_byte(&m->text, '.');
    return keep(m);
}

static double missing(const struct side *s, size_t rows)
{
    return s->present && rows > 0 ? (double)s->missing / (double)rows : (double)NAN;
}

static void fill_column(struct making *m, const struct report *report, const struct result *r,
                        struct page_feature *to)
{
    *to = (struct page_feature){
        .name = r->name,
        .verdict = verdict_text(r),
        .level = level_of(r),
        .psi = r->c.decided ? r->c.psi : (double)NAN,
        .said = say_column(m, r),
        .why = slice_str(r->why),
        .n_before = (int64_t)r->c.n_ref,
        .n_now = (int64_t)r->c.n_cur,
        .missing_before = missing(&r->ref, report->ref_rows),
        .missing_now = missing(&r->cur, report->cur_rows),
    };
    to->bin = r->numeric ? number_bars(m, r, &to->n_bins) : category_bars(m, r, &to->n_bins);
    to->figure = all_figures(m, r, &to->n_figures);
}

static void fill_verdict(struct making *m, const struct report *r)
{
    struct page *p = &m->page;

    p->level = r->undecided == r->n ? PAGE_UNDECIDED : PAGE_OK;
    for (size_t i = 0; i < r->n; i++) {
        enum page_level level = level_of(&r->column[i]);

        if (level >= PAGE_WARNING && level > p->level)
            p->level = level;
    }
    if (r->drifted > 0)
        buf_fmt(&m->text, "Drift in %zu of %zu columns", r->drifted, r->n);
    else if (r->undecided == r->n)
        buf_str(&m->text, "Not decided: nothing to compare");
    else
        buf_fmt(&m->text, "No drift in %zu columns", r->n - r->undecided);
    p->verdict = keep(m);
    buf_fmt(&m->text, "Reference: %s, %zu rows. Current: %s, %zu rows.", r->ref_name, r->ref_rows,
            r->cur_name, r->cur_rows);
    if (r->undecided > 0)
        buf_fmt(&m->text, " %zu columns could not be compared.", r->undecided);
    p->lead = keep(m);
}

static void fill_method(struct making *m)
{
    static const struct {
        const char *name;
        const char *value;
        const char *note;
    } rows[] = {
        { "drift", "q below 0.05, and an effect",
          "Benjamini and Hochberg's q over the columns; and psi - (bins - 1)(1/n + 1/m) over 0.02: "
          "more than samples of this size show by chance" },
        { "WARNING, CRITICAL", "PSI over 0.2, over 0.3", "of columns that drifted" },
        { "bins of PSI", "quantiles of the reference",
          "one bin for each value that holds a tenth of it, ten quantile bins of the rest; the "
          "pictures have bars of equal width" },
        { "missing", "empty, NaN or null", "counted, and left out" },
    };
    const size_t n = sizeof(rows) / sizeof(rows[0]);
    struct page_facts *facts = array(m, 1, sizeof(*facts));
    struct page_fact *v = array(m, n, sizeof(*v));

    if (!facts || !v)
        return;
    for (size_t i = 0; i < n; i++)
        v[i] =
            (struct page_fact){ slice_str(rows[i].name), slice_str(rows[i].value), rows[i].note };
    *facts = (struct page_facts){ "Method", v, n };
    m->page.facts = facts;
    m->page.n_facts = 1;
}

static enum status make(struct making *m, const struct report *r, struct buf *out, struct err *err)
{
    struct page *p = &m->page;

    p->kind = "Comparison of two tables";
    p->before = "reference";
    p->now = "current";
    p->thing = "column";
    p->feature = array(m, r->n, sizeof(*p->feature));
    for (size_t i = 0; p->feature && i < r->n; i++)
        fill_column(m, r, &r->column[i], &p->feature[i]);
    p->n_features = p->feature ? r->n : 0;
    if (p->n_features > 0)
        qsort(p->feature, p->n_features, sizeof(*p->feature), page_by_drift);
    fill_verdict(m, r);
    fill_method(m);
    if (m->failed)
        return err_set(err, ST_FATAL, "out of memory for the report");
    return page_render(p, out, err);
}

enum status report_html(const struct report *r, struct buf *out, struct err *err)
{
    struct making m = { .a = arena_new(MEMORY_MAX) };

    if (!m.a)
        return err_set(err, ST_FATAL, "out of memory for the report");
    buf_init(&m.text, TEXT_MAX);
    enum status st = make(&m, r, out, err);
    buf_release(&m.text);
    arena_free(m.a);
    return st;
}
