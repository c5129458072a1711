/* SPDX-License-Identifier: MIT */
/* What the stream says from cells against what SciPy says from the values, on the
 * golden cases: KS and Wasserstein to the bounds that docs/DETECTION.md states.
 * Skipped without the folder of shared test data. */
#include "support/check.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cells.h"
#include "stats/distance.h"

/* KS is short of SciPy's by less than this, never above. */
#define KS_BOUND 0.005
/* Wasserstein differs by less than this many deviations of the reference, where
 * that has enough values for cells, */
#define WASSERSTEIN_BOUND 0.01
enum { ENOUGH = 100 };
/* in fixed point of which this is the unit. */
#define UNIT_OF_SD 0x1p-20

static json_t *inputs;
static json_t *expected;

static json_t *load(const char *folder, const char *name)
{
    char path[1024];
    json_error_t error;

    snprintf(path, sizeof(path), "%s/data/drift-golden/%s", folder, name);
    return json_load_file(path, 0, &error);
}

/* The finite numbers of an array. */
static size_t numbers(const json_t *array, double *v)
{
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_is_number(json_array_get(array, i)))
            v[n++] = json_number_value(json_array_get(array, i)) + 0.0;
    return n;
}

static json_t *case_of(const char *id)
{
    size_t i;
    json_t *c;

    json_array_foreach(json_object_get(expected, "cases"), i, c)
    {
        if (strcmp(json_string_value(json_object_get(c, "id")), id) == 0)
            return json_object_get(c, "scipy");
    }
    return NULL;
}

struct hist {
    uint64_t counts[CELLS_MAX];
    int64_t sums[CELLS_MAX];
};

static void count(const struct cells *c, const double *v, size_t n, double unit, struct hist *h)
{
    memset(h, 0, sizeof(*h));
    for (size_t i = 0; i < n; i++) {
        size_t at = cells_find(c, v[i]);

        h->counts[at]++;
        h->sums[at] += llround(fmax(fmin(v[i] / unit, 0x1p42), -0x1p42));
    }
}

static void check_case(const json_t *in, const json_t *scipy)
{
    size_t most = json_array_size(json_object_get(in, "ref")) +
                  json_array_size(json_object_get(in, "cur")) + 1;
    double *v = calloc(2 * most, sizeof(*v));
    struct err err = { 0 };
    struct hist ref;
    struct hist cur;
    struct cells *c;

    assert_non_null(v);
    size_t n = numbers(json_object_get(in, "ref"), v);
    size_t m = numbers(json_object_get(in, "cur"), v + most);
    const double sd = json_number_value(json_object_get(scipy, "std_ref_ddof0"));
    const double unit = sd > 0 ? ldexp(UNIT_OF_SD, ilogb(sd)) : UNIT_OF_SD;
    assert_int_equal(cells_build(v, n, &c, &err), ST_OK);
    count(c, v, n, unit, &ref);
    count(c, v + most, m, unit, &cur);
    double ks = dist_ks_cells(ref.counts, cur.counts, cells_n(c));
    double short_of = json_number_value(json_object_get(scipy, "ks_stat")) - ks;
    double area = dist_wasserstein_cells(ref.counts, ref.sums, cur.counts, cur.sums, cells_n(c));
    double want = json_number_value(json_object_get(scipy, "wasserstein"));
    double off = fabs(area * unit - want) / fmax(sd, 0.001);
    print_message("%-24s ks short by %.5f, wasserstein off by %.5f sd\n",
                  json_string_value(json_object_get(in, "id")), short_of, off);
    assert_true(short_of > -1e-12 && short_of < KS_BOUND);
    assert_true(n < ENOUGH || off < WASSERSTEIN_BOUND);
    cells_free(c);
    free(v);
}

static void test_binned(void **state)
{
    (void)state;
    size_t done = 0;
    size_t i;
    json_t *in;

    json_array_foreach(inputs, i, in)
    {
        const json_t *scipy = case_of(json_string_value(json_object_get(in, "id")));

        if (!json_object_get(scipy, "ks_stat"))
            continue;
        check_case(in, scipy);
        done++;
    }
    assert_true(done > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binned),
    };
    const char *folder = getenv("ABSA_SHARED");

    inputs = load(folder ? folder : "../shared", "inputs.json");
    expected = load(folder ? folder : "../shared", "expected.json");
    if (!inputs || !expected) {
        printf("skipped: no golden cases beside the sources\n");
        return 77;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(inputs);
    json_decref(expected);
    return failed;
}
