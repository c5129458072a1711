/* SPDX-License-Identifier: MIT */
/* Reading a baseline's file. Nothing in it is believed: what can be recomputed
 * is recomputed and compared, the rest is checked against its range. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/baseline_inner.h"
#include "drift/calibration_json.h"
#include "drift/training_json.h"
#include "wire/json.h"

#define COMMENTS_MAX (INT64_C(1) << 53)

/* Covariances of moments are below 100, long-run factors below a batch. */
#define SPREAD_NUMBER_MAX 1e6

/* Gets a member; the first that is missing or of another kind fails them all. */
struct reader {
    const json_t *obj;
    const char *where; /* "baseline" or the feature's name */
    struct err *err;
    enum status st;
};

static void fail(struct reader *r, const char *name, const char *what)
{
    if (r->st == ST_OK)
        r->st = err_set(r->err, ST_REJECT, "%s: %s %s", r->where, name, what);
}

static int64_t get_int(struct reader *r, const char *name, int64_t lo)
{
    const json_t *v = json_object_get(r->obj, name);

    if (!json_is_integer(v) || json_integer_value(v) < lo) {
        fail(r, name, "is not a whole number, or too small");
        return lo;
    }
    return json_integer_value(v);
}

static double get_double(struct reader *r, const char *name)
{
    const json_t *v = json_object_get(r->obj, name);

    if (!json_is_number(v)) {
        fail(r, name, "is not a number");
        return 0;
    }
    return json_number_value(v);
}

static const char *get_name(struct reader *r, const char *name, bool may_be_empty)
{
    const json_t *v = json_object_get(r->obj, name);
    const char *s = json_string_value(v);

    if (!s || (!(may_be_empty && *s == '\0') &&
               baseline_name_fault((struct slice){ s, json_string_length(v) }))) {
        fail(r, name, "is not a name");
        return "";
    }
    return s;
}

/* An array; n 0: of any length up to CELLS_MAX. */
static const json_t *get_array(struct reader *r, const char *name, size_t n)
{
    const json_t *v = json_object_get(r->obj, name);

    if (!json_is_array(v) || json_array_size(v) > CELLS_MAX || (n && json_array_size(v) != n)) {
        fail(r, name, "is not an array of the right length");
        return NULL;
    }
    return v;
}

static enum status read_cells(struct reader *r, struct baseline_feature *f)
{
    const json_t *edges = get_array(r, "edges", 0);
    double e[CELLS_MAX];
    size_t n = json_array_size(edges);

    for (size_t i = 0; i < n && r->st == ST_OK; i++) {
        const json_t *v = json_array_get(edges, i);

        if (!json_is_number(v))
            fail(r, "edges", "holds something that is not a number");
        e[i] = json_number_value(v);
    }
    if (r->st == ST_OK)
        r->st = cells_from_edges(e, n, &f->cells, r->err);
    return r->st;
}

/* A category's place among the others: none twice. */
static void check_categories(struct reader *r, const struct categories *c)
{
    for (size_t i = 1; i < c->n; i++)
        if (slice_eq(c->name[c->by_name[i]], c->name[c->by_name[i - 1]]))
            fail(r, "categories", "has a name twice");
}

static enum status read_categories(struct reader *r, struct baseline_feature *f)
{
    const json_t *list = get_array(r, "categories", 0);
    const json_t *complete = json_object_get(r->obj, "complete");
    const size_t n = json_array_size(list);
    struct slice name[CATEGORIES_MAX];

    f->facet = facet_find(slice_str(f->name));
    if (!f->facet || !facet_has_categories(f->facet) || n > CATEGORIES_MAX ||
        !json_is_boolean(complete))
        fail(r, "categories", "are not those of a facet, or too many");
    for (size_t i = 0; i < n && r->st == ST_OK; i++) {
        const json_t *v = json_array_get(list, i);

        name[i] = (struct slice){ json_string_value(v), json_string_length(v) };
        if (!name[i].p || !category_is_name(name[i]))
            fail(r, "categories", "holds something that is no category");
    }
    if (r->st != ST_OK)
        return r->st;
    f->unit = 1;
    f->categories = categories_new(name, n, json_is_true(complete));
    if (!f->categories) {
        r->st = err_set(r->err, ST_FATAL, "out of memory");
        return r->st;
    }
    check_categories(r, f->categories);
    if (r->st == ST_OK)
        r->st = baseline_cut_categories(f, r->err);
    return r->st;
}

static enum status allocate_cells(struct reader *r, struct baseline_feature *f)
{
    f->n_cells = cells_n(f->cells);
    f->counts = calloc(f->n_cells, sizeof(*f->counts));
    f->sums = calloc(f->n_cells, sizeof(*f->sums));
    if (!f->counts || !f->sums)
        r->st = err_set(r->err, ST_FATAL, "out of memory");
    return r->st;
}

bool baseline_sum_fits(int64_t sum, int64_t count)
{
    return sum > INT64_MIN && fabs((double)sum) <= (double)count * (double)UNITS_MAX;
}

/* Counts add up to n; a sum is at most its count times the largest value. */
static void read_counts(struct reader *r, struct baseline_feature *f)
{
    const json_t *counts = get_array(r, "counts", f->n_cells);
    const json_t *sums = f->categories ? NULL : get_array(r, "sums", f->n_cells);
    int64_t left = f->n;

    for (size_t i = 0; i < f->n_cells && r->st == ST_OK; i++) {
        const json_t *c = json_array_get(counts, i);
        const json_t *s = json_array_get(sums, i);
        int64_t count = json_integer_value(c);
        int64_t sum = json_integer_value(s);

        if (!json_is_integer(c) || count < 0 || count > left)
            fail(r, "counts", "do not add up to n");
        else if (sums && (!json_is_integer(s) || !baseline_sum_fits(sum, count)))
            fail(r, "sums", "do not fit the counts");
        left -= count;
        f->counts[i] = (uint64_t)count;
        f->sums[i] = sum;
    }
    if (r->st == ST_OK && left != 0)
        fail(r, "counts", "do not add up to n");
}

static void check_bins(struct reader *r, const struct baseline_feature *f)
{
    const json_t *bins = get_array(r, "psi_bins", f->n_cells);

    for (size_t i = 0; i < f->n_cells && r->st == ST_OK; i++) {
        const json_t *v = json_array_get(bins, i);

        if (!json_is_integer(v) || json_integer_value(v) != f->psi_bin[i])
            fail(r, "psi_bins", "are not those that the counts give");
    }
}

/* n numbers within 0..max, or any that are finite. */
static void read_numbers(struct reader *r, const char *name, double *out, size_t n)
{
    const json_t *list = json_object_get(r->obj, name);

    if (json_array_size(list) != n)
        fail(r, name, "is not an array of the right length");
    for (size_t i = 0; i < n && r->st == ST_OK; i++) {
        out[i] = json_number_value(json_array_get(list, i));
        if (!json_is_number(json_array_get(list, i)) || !(fabs(out[i]) <= SPREAD_NUMBER_MAX))
            fail(r, name, "holds something that is no number, or too large");
    }
}

/* The diagonal of a packed lower triangle holds variances. */
static void check_diagonal(struct reader *r, const char *name, const double *packed, size_t n)
{
    for (size_t i = 0; i < n && r->st == ST_OK; i++)
        if (packed[i * (i + 3) / 2] < 0)
            fail(r, name, "has a negative variance");
}

static void read_spread(struct reader *r, struct baseline_feature *f)
{
    struct ranks *ranks = malloc(sizeof(*ranks));
    size_t groups;

    if (!ranks) {
        r->st = err_set(r->err, ST_FATAL, "out of memory");
        return;
    }
    ranks_init(ranks, f->counts, f->n_cells);
    groups = ranks->groups;
    free(ranks);
    f->spread.known = json_array_size(json_object_get(r->obj, "between_moments")) > 0;
    read_numbers(r, "between_moments", f->spread.moments, f->spread.known ? SPREAD_MOMENTS : 0);
    read_numbers(r, "between_groups", f->spread.groups,
                 f->spread.known ? groups * (groups + 1) / 2 : 0);
    read_numbers(r, "long_run", f->spread.long_run, RANK_MOMENTS);
    check_diagonal(r, "between_moments", f->spread.moments, RANK_MOMENTS);
    check_diagonal(r, "between_groups", f->spread.groups, groups);
    for (size_t k = 0; k < RANK_MOMENTS; k++)
        if (f->spread.long_run[k] < 0)
            fail(r, "long_run", "is negative");
}

static bool is_power_of_two(double x)
{
    int exponent;

    return isfinite(x) && x > 0 && frexp(x, &exponent) == 0.5;
}

static void check_ranges(struct reader *r, const struct baseline_feature *f)
{
    if (!is_power_of_two(f->unit))
        fail(r, "unit", "is not a power of two");
    if (!(f->min <= f->max) || fabs(f->min) > BASELINE_VALUE_MAX ||
        fabs(f->max) > BASELINE_VALUE_MAX)
        fail(r, "min", "and max do not fit");
    if (!(fabs(f->mean) <= 2 * BASELINE_VALUE_MAX)) /* it was rounded */
        fail(r, "mean", "is out of range");
    if (!isfinite(f->sd) || f->sd < 0)
        fail(r, "sd", "is out of range");
}

/* What a feature of numbers has more than one of categories. */
static enum status read_numeric(struct reader *r, struct baseline_feature *f)
{
    f->infinite = get_int(r, "infinite", 0);
    f->min = get_double(r, "min");
    f->max = get_double(r, "max");
    f->mean = get_double(r, "mean");
    f->sd = get_double(r, "sd");
    f->unit = get_double(r, "unit");
    check_ranges(r, f);
    return r->st == ST_OK ? read_cells(r, f) : r->st;
}

/* Those of numbers stand first. */
static enum status read_kind(struct reader *r, struct baseline_feature *f, struct baseline *b)
{
    const char *kind = get_name(r, "kind", false);
    const bool numeric = strcmp(kind, "numeric") == 0;

    if (r->st != ST_OK)
        return r->st;
    if (!numeric && strcmp(kind, "category") != 0)
        return err_set(r->err, ST_REJECT, "%s: features of kind %s are not supported", f->name,
                       kind);
    if (numeric && b->numbers + 1 < b->n)
        fail(r, "kind", "is numeric behind one of categories");
    b->numbers += numeric ? 1 : 0;
    return numeric ? read_numeric(r, f) : read_categories(r, f);
}

static enum status read_feature(const json_t *obj, struct baseline_feature *f, struct baseline *b,
                                struct err *err)
{
    struct reader r = { obj, "a feature", err, ST_OK };
    const char *name = get_name(&r, "name", false);

    if (r.st != ST_OK)
        return r.st;
    f->name = calloc(1, strlen(name) + 1);
    if (!f->name)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(f->name, name, strlen(name));
    r.where = f->name;
    f->n = get_int(&r, "n", 0);
    f->missing = get_int(&r, "missing", 0);
    f->icc = get_double(&r, "icc");
    if (!(f->icc >= 0 && f->icc <= 1))
        fail(&r, "icc", "is not within 0..1");
    r.st = read_kind(&r, f, b);
    if (r.st != ST_OK || allocate_cells(&r, f) != ST_OK)
        return r.st;
    if (f->n > b->comments || f->missing > b->comments || f->infinite > b->comments ||
        f->n + f->missing + f->infinite != b->comments)
        fail(&r, "n", "and missing and infinite are not the comments");
    if (r.st == ST_OK)
        read_counts(&r, f);
    if (r.st == ST_OK)
        read_spread(&r, f);
    if (r.st == ST_OK)
        r.st = baseline_derive(f, b->video_size, err);
    if (r.st == ST_OK && !f->categories)
        check_bins(&r, f);
    return r.st;
}

static enum status read_split(const json_t *root, struct baseline_split *split, struct err *err)
{
    struct reader r = { json_object_get(root, "split"), "baseline: split", err, ST_OK };
    const json_t *ok = json_object_get(r.obj, "ok");
    const char *worst = get_name(&r, "worst", true);
    int64_t tested = get_int(&r, "tested", 0);

    memcpy(split->worst, worst, strlen(worst) + 1);
    split->psi = get_double(&r, "psi");
    split->ok = json_is_true(ok);
    split->tested = tested <= BASELINE_FEATURES_MAX ? (int32_t)tested : -1;
    if (!json_is_boolean(ok) || split->tested < 0 ||
        split->ok != (split->psi <= BASELINE_SPLIT_PSI))
        fail(&r, "ok", "does not fit the rest");
    return r.st;
}

static enum status read_head(const json_t *root, struct baseline *b, struct err *err)
{
    struct reader r = { root, "baseline", err, ST_OK };
    int64_t format = get_int(&r, "absa_baseline", 1);
    int64_t method = get_int(&r, "method", 1);

    if (r.st != ST_OK)
        return r.st;
    if (format < BASELINE_FORMAT_OLDEST || format > BASELINE_FORMAT || method != BASELINE_METHOD) {
        return err_set(err, ST_REJECT,
                       "baseline: format %lld method %lld; this program knows formats %d to %d "
                       "method %d: make it again with absa baseline",
                       (long long)format, (long long)method, BASELINE_FORMAT_OLDEST,
                       BASELINE_FORMAT, BASELINE_METHOD);
    }
    const char *bundle = get_name(&r, "bundle_sha256", false);
    b->comments = get_int(&r, "comments", 1);
    b->videos = get_int(&r, "videos", 0);
    b->video_size = get_double(&r, "video_size");
    if (json_object_get(root, "until_ms"))
        b->until_ms = get_int(&r, "until_ms", 1);
    if (r.st != ST_OK)
        return r.st;
    if (strlen(bundle) != SHA256_HEX_LEN || strspn(bundle, "0123456789abcdef") != SHA256_HEX_LEN)
        return err_set(err, ST_REJECT, "baseline: bundle_sha256 is not 64 hex digits");
    if (b->comments > COMMENTS_MAX || b->videos > b->comments ||
        !(b->video_size >= 1 && b->video_size <= (double)b->comments))
        return err_set(err, ST_REJECT, "baseline: comments or videos out of range");
    memcpy(b->bundle_sha256, bundle, SHA256_HEX_LEN + 1);
    b->method = (int32_t)method;
    return read_split(root, &b->split, err);
}

static enum status read_features(const json_t *root, struct baseline *b, struct err *err)
{
    const json_t *list = json_object_get(root, "features");
    size_t n = json_array_size(list);

    if (n == 0 || n > BASELINE_FEATURES_MAX)
        return err_set(err, ST_REJECT, "baseline: features is not a list of 1..%d",
                       BASELINE_FEATURES_MAX);
    b->features = calloc(n, sizeof(*b->features));
    if (!b->features)
        return err_set(err, ST_FATAL, "out of memory");
    for (; b->n < n;) {
        struct baseline_feature *f = &b->features[b->n++];
        enum status st = read_feature(json_array_get(list, b->n - 1), f, b, err);

        if (st != ST_OK)
            return st;
        if (baseline_find(b, slice_str(f->name)) != (int32_t)b->n - 1)
            return err_set(err, ST_REJECT, "baseline: feature %s is there twice", f->name);
    }
    return ST_OK;
}

static enum status read_segment(const json_t *obj, struct baseline_segment *s,
                                const struct baseline *b, struct err *err)
{
    struct reader r = { obj, "a segment", err, ST_OK };
    const char *name = get_name(&r, "name", false);

    if (r.st != ST_OK)
        return r.st;
    s->name = calloc(1, strlen(name) + 1);
    if (!s->name)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(s->name, name, strlen(name));
    r.where = s->name;
    s->comments = get_int(&r, "comments", 1);
    s->videos = get_int(&r, "videos", 1);
    s->video_size = get_double(&r, "video_size");
    if (s->comments > b->comments || s->videos > s->comments || s->videos > b->videos ||
        !(s->video_size >= 1 && s->video_size <= (double)s->comments))
        fail(&r, "comments", "or videos are out of range");
    if (r.st != ST_OK)
        return r.st;
    return baseline_own_read(json_object_get(obj, "own"), b, s, err);
}

/* Of format 2 there are none. */
static enum status read_segments(const json_t *root, struct baseline *b, struct err *err)
{
    const json_t *list = json_object_get(root, "segments");
    size_t n = json_array_size(list);

    if ((list && !json_is_array(list)) || n > BASELINE_SEGMENTS_MAX)
        return err_set(err, ST_REJECT, "baseline: segments is not a list of at most %d",
                       BASELINE_SEGMENTS_MAX);
    b->segments = calloc(n + 1, sizeof(*b->segments));
    if (!b->segments)
        return err_set(err, ST_FATAL, "out of memory");
    for (; b->n_segments < n;) {
        struct baseline_segment *s = &b->segments[b->n_segments++];
        enum status st = read_segment(json_array_get(list, b->n_segments - 1), s, b, err);

        if (st != ST_OK)
            return st;
        if (s > b->segments && strcmp(s[-1].name, s->name) >= 0)
            return err_set(err, ST_REJECT, "baseline: segment %s is not in its place", s->name);
    }
    return ST_OK;
}

enum status baseline_read(struct slice bytes, struct baseline **out, struct err *err)
{
    enum dead_reason reason;
    json_t *root = NULL;
    struct baseline *b = NULL;
    enum status st = wire_json_parse(bytes, BASELINE_BYTES_MAX, 0, &root, &reason, err);

    *out = NULL;
    if (st != ST_OK) {
        err_prefix(err, "baseline");
        return st;
    }
    b = calloc(1, sizeof(*b));
    if (!b)
        st = err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK)
        st = read_head(root, b, err);
    if (st == ST_OK)
        st = calibration_read(json_object_get(root, "calibration"), &b->calibration, err);
    if (st == ST_OK)
        st = read_features(root, b, err);
    if (st == ST_OK)
        st = training_read(root, b, err);
    if (st == ST_OK)
        st = read_segments(root, b, err);
    if (st == ST_OK) {
        memcpy(b->id, "sha256:", 7);
        hash_sha256_hex(bytes, b->id + 7);
        *out = b;
    } else {
        baseline_free(b);
    }
    json_decref(root);
    return st;
}
