/* SPDX-License-Identifier: MIT */
#include "drift/baseline_inner.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/video_icc.h"
#include "stats/distance.h"

/* Of the smallest number that a double holds. */
enum { EXPONENT_MIN = DBL_MIN_EXP - DBL_MANT_DIG };

/* Memory that every column of a build shares. */
struct scratch {
    double *finite;   /* values without NaN and infinities        */
    double *rank;     /* mid-rank of each row, NaN where it has none */
    int32_t *cell;    /* of each row, or -1                       */
    size_t *by_video; /* rows in the order of their videos        */
    double *category; /* cells of each column of categories, as numbers */
    struct ranks ranks;
    double video_size;
};

const char *baseline_name_fault(struct slice name)
{
    if (name.n == 0)
        return "is empty";
    if (name.n > BASELINE_NAME_MAX)
        return "is too long";
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] < 0x20 || name.p[i] > 0x7e || name.p[i] == '"' || name.p[i] == '\\')
            return "has a character that is not allowed";
    return NULL;
}

int32_t baseline_find(const struct baseline *b, struct slice name)
{
    for (size_t i = 0; i < b->n; i++)
        if (slice_is(name, b->features[i].name))
            return (int32_t)i;
    return -1;
}

int64_t baseline_units(const struct baseline_feature *f, double x)
{
    double v = x / f->unit; /* exact: unit is a power of two */

    if (v >= (double)UNITS_MAX)
        return UNITS_MAX;
    if (v <= -(double)UNITS_MAX)
        return -UNITS_MAX;
    return llround(v);
}

/* Fine enough for a millionth of a standard deviation, coarse enough that no
 * value of the baseline is cut. */
static double choose_unit(const struct baseline_feature *f)
{
    double top = fmax(fabs(f->min), fabs(f->max));
    int fine = f->sd > 0 ? ilogb(f->sd) - 20 : -20;
    int coarse = top > 0 ? ilogb(top) + 1 - 42 : -20;

    if (f->sd <= 0)
        fine = coarse;
    coarse = coarse > EXPONENT_MIN ? coarse : EXPONENT_MIN;
    return ldexp(1.0, fine > coarse ? fine : coarse);
}

enum status baseline_derive(struct baseline_feature *f, double video_size, struct err *err)
{
    uint64_t below[CELLS_MAX + 1];

    f->psi_bin = calloc(f->n_cells, sizeof(*f->psi_bin));
    if (!f->psi_bin)
        return err_set(err, ST_FATAL, "out of memory");
    f->n_bins = f->categories ? f->n_cells : cells_psi_bins(f->cells, f->counts, f->psi_bin);
    for (size_t i = 0; f->categories && i < f->n_cells; i++)
        f->psi_bin[i] = (int32_t)i;
    f->psi_runs = calloc(f->n_cells, sizeof(*f->psi_runs));
    f->bin_counts = calloc(f->n_bins, sizeof(*f->bin_counts));
    if (!f->psi_runs || !f->bin_counts)
        return err_set(err, ST_FATAL, "out of memory");
    f->n_psi_runs = cells_runs(f->psi_bin, f->n_cells, f->psi_runs);
    cells_cumulate(f->counts, f->n_cells, below);
    cells_to_bins(below, f->psi_runs, f->n_psi_runs, f->n_bins, f->bin_counts);
    f->evidence = evidence_new(
        &(struct evidence_counts){ f->counts, f->n_cells, f->categories != NULL, false },
        &f->spread, video_size);
    if (!f->categories)
        f->axis = axis_new(f->counts, f->sums, f->n_cells);
    return f->evidence && (f->axis || f->categories) ? ST_OK
                                                     : err_set(err, ST_FATAL, "out of memory");
}

/* Puts the finite values of a column, in row order, into finite[]; counts the rest. */
static enum status sift(struct baseline_feature *f, const double *x, size_t rows, double *finite,
                        struct err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < rows; i++) {
        f->missing += isnan(x[i]) ? 1 : 0;
        f->infinite += isinf(x[i]) ? 1 : 0;
        if (!isfinite(x[i]))
            continue;
        if (fabs(x[i]) > BASELINE_VALUE_MAX)
            return err_set(err, ST_REJECT, "%s: value %g in row %zu is too large", f->name, x[i],
                           i);
        finite[n++] = x[i] + 0.0; /* -0.0 counts as 0.0 */
    }
    f->n = (int64_t)n;
    return ST_OK;
}

/* Range, mean and deviation of the n finite values. */
static void describe(struct baseline_feature *f, const double *v)
{
    size_t n = (size_t)f->n;
    double sum = 0;
    double squares = 0;

    if (n == 0)
        return;
    f->min = v[0];
    f->max = v[0];
    for (size_t i = 0; i < n; i++) {
        f->min = fmin(f->min, v[i]);
        f->max = fmax(f->max, v[i]);
        sum += v[i];
    }
    f->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (v[i] - f->mean) * (v[i] - f->mean);
    f->sd = sqrt(squares / (double)n);
}

/* Share of the baseline below a row's cell, and half of the cell. */
static void mid_ranks(const struct baseline_feature *f, struct scratch *s, size_t rows)
{
    double mid[CELLS_MAX] = { 0 };
    uint64_t below = 0;

    for (size_t i = 0; i < f->n_cells; i++) {
        mid[i] = ((double)below + (double)f->counts[i] / 2) / (double)f->n;
        below += f->counts[i];
    }
    for (size_t i = 0; i < rows; i++)
        s->rank[i] = s->cell[i] < 0 ? (double)NAN : mid[s->cell[i]];
}

enum status baseline_cut_categories(struct baseline_feature *f, struct err *err)
{
    double edges[CATEGORY_CELLS_MAX];
    const size_t n = f->categories->n + 1;

    for (size_t i = 0; i < n; i++)
        edges[i] = (double)(i + 1);
    return cells_from_edges(edges, n, &f->cells, err);
}

/* Cells and unit, from the finite values. */
static enum status cut(struct baseline_feature *f, const double *finite, struct err *err)
{
    f->unit = 1;
    if (f->categories)
        return baseline_cut_categories(f, err);
    describe(f, finite);
    f->unit = choose_unit(f);
    return cells_build(finite, (size_t)f->n, &f->cells, err);
}

static enum status build_feature(struct baseline_feature *f, const struct baseline_input *in,
                                 const double *x, struct scratch *s, struct err *err)
{
    enum status st = sift(f, x, in->rows, s->finite, err);

    if (st == ST_OK)
        st = cut(f, s->finite, err);
    if (st != ST_OK)
        return st;
    f->n_cells = cells_n(f->cells);
    f->counts = calloc(f->n_cells, sizeof(*f->counts));
    f->sums = calloc(f->n_cells, sizeof(*f->sums));
    if (!f->counts || !f->sums)
        return err_set(err, ST_FATAL, "out of memory");
    cells_find_many(f->cells, x, in->rows, s->cell);
    for (size_t i = 0; i < in->rows; i++) {
        if (s->cell[i] < 0)
            continue;
        f->counts[s->cell[i]]++;
        f->sums[s->cell[i]] += f->categories ? 0 : baseline_units(f, x[i]);
    }
    f->icc = 1;
    if (in->videos && f->n > 0) {
        mid_ranks(f, s, in->rows);
        f->icc = video_icc(s->rank, in->videos, s->by_video, in->rows);
    }
    ranks_init(&s->ranks, f->counts, f->n_cells);
    spread_learn(&s->ranks, &(struct spread_rows){ s->cell, in->videos, s->by_video, in->rows },
                 &f->spread);
    return baseline_derive(f, s->video_size, err);
}

/* PSI of the first half of the rows against the second; NaN when one is small. */
static double split_psi(const struct baseline_feature *f, const int32_t *cell, size_t rows)
{
    uint64_t half[2][BASELINE_BINS_MAX] = { { 0 } };
    uint64_t n[2] = { 0 };

    for (size_t i = 0; i < rows; i++) {
        size_t h = i < rows / 2 ? 0 : 1;

        if (cell[i] < 0)
            continue;
        half[h][f->psi_bin[cell[i]]]++;
        n[h]++;
    }
    if (n[0] < BASELINE_SPLIT_MIN || n[1] < BASELINE_SPLIT_MIN)
        return (double)NAN;
    return dist_psi(half[0], half[1], f->n_bins);
}

static void split_add(struct baseline_split *split, const struct baseline_feature *f, double psi)
{
    if (isnan(psi))
        return;
    if (split->tested++ == 0 || psi > split->psi) {
        split->psi = psi;
        memcpy(split->worst, f->name, strlen(f->name) + 1);
    }
    split->ok = split->psi <= BASELINE_SPLIT_PSI;
}

struct row_video {
    uint64_t video;
    size_t row;
};

static int cmp_row_video(const void *a, const void *b)
{
    const struct row_video *x = a;
    const struct row_video *y = b;

    if (x->video != y->video)
        return x->video < y->video ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Rows in the order of their videos; how many there are, and how large. */
static enum status sort_by_video(const struct baseline_input *in, size_t *by_video,
                                 struct baseline *b, struct err *err)
{
    double squares = 0;
    double size = 0;

    struct row_video *v = calloc(in->rows, sizeof(*v));

    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < in->rows; i++)
        v[i] = (struct row_video){ in->videos[i], i };
    qsort(v, in->rows, sizeof(*v), cmp_row_video);
    for (size_t i = 0; i < in->rows; i++) {
        bool first = i == 0 || v[i].video != v[i - 1].video;

        by_video[i] = v[i].row;
        b->videos += first;
        size = first ? 1 : size + 1;
        squares += 2 * size - 1; /* size^2 - (size - 1)^2 */
    }
    b->video_size = squares / (double)in->rows;
    free(v);
    return ST_OK;
}

/* Facets, none of them twice or named as a number is. */
static enum status check_categories(const struct baseline_input *in, struct err *err)
{
    for (size_t i = 0; i < in->n_categories; i++) {
        const char *name = in->categories[i].name;

        const struct facet *f = facet_find(slice_str(name));

        if (!f || !facet_has_categories(f))
            return err_set(err, ST_REJECT, "%.64s has no categories", name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, in->categories[k].name) == 0)
                return err_set(err, ST_REJECT, "category %s is there twice", name);
        for (size_t k = 0; k < in->n; k++)
            if (strcmp(name, in->names[k]) == 0)
                return err_set(err, ST_REJECT, "%s is a feature of numbers already", name);
    }
    return ST_OK;
}

static enum status check_input(const struct baseline_input *in, struct err *err)
{
    if (in->rows == 0)
        return err_set(err, ST_REJECT, "there is nothing to make a baseline of");
    if (in->n == 0 || in->n + in->n_categories > BASELINE_FEATURES_MAX)
        return err_set(err, ST_REJECT, "a baseline has 1..%d features, not %zu",
                       BASELINE_FEATURES_MAX, in->n + in->n_categories);
    if (strlen(in->bundle_sha256) != SHA256_HEX_LEN ||
        strspn(in->bundle_sha256, "0123456789abcdef") != SHA256_HEX_LEN)
        return err_set(err, ST_REJECT, "bundle_sha256 is not 64 hex digits");
    for (size_t i = 0; i < in->n; i++) {
        const char *fault = baseline_name_fault(slice_str(in->names[i]));

        if (fault)
            return err_set(err, ST_REJECT, "the name of feature %zu %s", i, fault);
        for (size_t k = 0; k < i; k++)
            if (strcmp(in->names[i], in->names[k]) == 0)
                return err_set(err, ST_REJECT, "feature %s is there twice", in->names[i]);
    }
    return check_categories(in, err);
}

/* Feature i, of the values in x. */
static enum status build_at(struct baseline *b, const struct baseline_input *in, size_t i,
                            const double *x, struct scratch *s, struct err *err)
{
    struct baseline_feature *f = &b->features[i];
    const char *name = i < in->n ? in->names[i] : in->categories[i - in->n].name;
    enum status st;

    f->name = calloc(1, strlen(name) + 1);
    if (!f->name)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(f->name, name, strlen(name));
    st = build_feature(f, in, x, s, err);
    if (st == ST_OK)
        split_add(&b->split, f, split_psi(f, s->cell, in->rows));
    return st;
}

/* The commonest words of a column as categories, behind the numbers. */
static enum status build_categories(struct baseline *b, const struct baseline_input *in, size_t i,
                                    struct scratch *s, struct err *err)
{
    const struct baseline_words *w = &in->categories[i];
    struct baseline_feature *f = &b->features[in->n + i];
    double *cell = s->category + i * in->rows;

    memcpy(cell, w->number, in->rows * sizeof(*cell));
    f->facet = facet_find(slice_str(w->name));
    f->categories = dictionary_choose(w->words, cell, in->rows);
    if (!f->categories)
        return err_set(err, ST_FATAL, "out of memory");
    return build_at(b, in, in->n + i, cell, s, err);
}

static enum status build_all(struct baseline *b, const struct baseline_input *in, struct scratch *s,
                             struct err *err)
{
    enum status st = ST_OK;

    if (in->videos)
        st = sort_by_video(in, s->by_video, b, err);
    s->video_size = b->video_size;
    for (size_t i = 0; i < in->n && st == ST_OK; i++)
        st = build_at(b, in, i, in->columns[i], s, err);
    b->numbers = in->n;
    for (size_t i = 0; i < in->n_categories && st == ST_OK; i++)
        st = build_categories(b, in, i, s, err);
    return st;
}

enum status baseline_name(struct baseline *b, struct err *err)
{
    struct buf file;
    enum status st;

    buf_init(&file, BASELINE_BYTES_MAX);
    st = baseline_write(b, &file, err);
    memcpy(b->id, "sha256:", 7);
    if (st == ST_OK)
        hash_sha256_hex(buf_slice(&file), b->id + 7);
    buf_release(&file);
    return st;
}

enum status baseline_calibrated(struct baseline *b, const struct calibration *c, struct err *err)
{
    b->calibration = *c;
    return baseline_name(b, err);
}

/* Segments count in the cells of all features, so all have a column. */
static enum status add_segments(struct baseline *b, const struct baseline_input *in,
                                const struct scratch *s, struct err *err)
{
    struct baseline_input whole = *in;
    const double **columns = calloc(b->n, sizeof(*columns));
    enum status st;

    if (!columns)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < b->n; i++)
        columns[i] = i < in->n ? in->columns[i] : s->category + (i - in->n) * in->rows;
    whole.columns = columns;
    st = baseline_add_segments(b, &whole, err);
    free(columns);
    return st;
}

enum status baseline_build(const struct baseline_input *in, struct baseline **out, struct err *err)
{
    struct scratch s = { 0 };
    struct baseline *b = NULL;
    enum status st = check_input(in, err);

    *out = NULL;
    if (st != ST_OK)
        return st;
    b = calloc(1, sizeof(*b));
    s.finite = calloc(in->rows, sizeof(*s.finite));
    s.rank = calloc(in->rows, sizeof(*s.rank));
    s.cell = calloc(in->rows, sizeof(*s.cell));
    s.by_video = calloc(in->rows, sizeof(*s.by_video));
    s.category = calloc(in->rows * in->n_categories + 1, sizeof(*s.category));
    if (b)
        b->features = calloc(in->n + in->n_categories, sizeof(*b->features));
    if (!b || !b->features || !s.finite || !s.rank || !s.cell || !s.by_video || !s.category) {
        st = err_set(err, ST_FATAL, "out of memory");
        goto out;
    }
    b->n = in->n + in->n_categories;
    b->method = BASELINE_METHOD;
    b->comments = (int64_t)in->rows;
    b->until_ms = in->until_ms > 0 ? in->until_ms : 0;
    b->video_size = 1;
    b->split.ok = true;
    memcpy(b->bundle_sha256, in->bundle_sha256, SHA256_HEX_LEN);
    st = build_all(b, in, &s, err);
    if (st == ST_OK)
        st = add_segments(b, in, &s, err);
    if (st == ST_OK)
        st = baseline_name(b, err);
out:
    free(s.category);
    free(s.by_video);
    free(s.cell);
    free(s.rank);
    free(s.finite);
    if (st != ST_OK)
        baseline_free(b);
    else
        *out = b;
    return st;
}

void baseline_free(struct baseline *b)
{
    if (!b)
        return;
    for (size_t i = 0; b->features && i < b->n; i++) {
        struct baseline_feature *f = &b->features[i];

        evidence_free(f->evidence);
        axis_free(f->axis);
        free(f->bin_counts);
        free(f->psi_runs);
        free(f->psi_bin);
        free(f->sums);
        free(f->counts);
        cells_free(f->cells);
        free(f->categories);
        free(f->name);
    }
    baseline_free_segments(b);
    free(b->features);
    free(b);
}
