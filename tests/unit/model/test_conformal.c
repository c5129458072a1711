/* SPDX-License-Identifier: MIT */
/* Half widths by split conformal prediction: the right rank, groups that keep what is alike
 * together, the promised coverage on other texts, and a file that says the same. */
#include <math.h>
#include <string.h>

#include "model/conformal.h"
#include "support/check.h"
#include "support/prop.h"

enum { MANY = 700 };

static void near(double a, double b, double tolerance)
{
    assert_true(fabs(a - b) <= tolerance);
}

/* Errors 0.001, 0.002, ... in some order. */
static struct conformal fit_ranks(size_t n, double confidence)
{
    double c[MANY];
    double e[MANY];
    struct conformal out;
    struct err err = { 0 };

    for (size_t i = 0; i < n; i++) {
        c[i] = confidence;
        e[i] = (double)(1 + i * 7 % n) / 1000.0;
    }
    assert_int_equal(conformal_fit(c, e, n, &out, &err), ST_OK);
    return out;
}

/* The ceil((n + 1) level)-th smallest, and nothing where there are not so many. */
static void ranks(void **state)
{
    static const struct {
        size_t n;
        double within[CONFORMAL_LEVELS];
    } cases[] = {
        { 99, { 0.080, 0.090, 0.095 } }, /* (n + 1) level is whole           */
        { 100, { 0.081, 0.091, 0.096 } },
        { 19, { 0.016, 0.018, 0.019 } },
        { 18, { 0.016, 0.018, CONFORMAL_ALL } },
        { 8, { 0.008, CONFORMAL_ALL, CONFORMAL_ALL } },
        { 3, { CONFORMAL_ALL, CONFORMAL_ALL, CONFORMAL_ALL } },
        { 0, { CONFORMAL_ALL, CONFORMAL_ALL, CONFORMAL_ALL } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct conformal c = fit_ranks(cases[i].n, 0.5);

        assert_int_equal(c.n, 1);
        assert_int_equal(c.v[0].n, cases[i].n);
        for (size_t l = 0; l < CONFORMAL_LEVELS; l++)
            near(conformal_within(&c, 0.7, l), cases[i].within[l], 1e-12);
    }
}

/* Errors of nothing promise no more than a thousandth. */
static void least(void **state)
{
    double c[MANY] = { 0 };
    double e[MANY] = { 0 };
    struct conformal out;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(conformal_fit(c, e, MANY, &out, &err), ST_OK);
    for (size_t l = 0; l < CONFORMAL_LEVELS; l++)
        near(conformal_within(&out, 0.5, l), CONFORMAL_LEAST, 0.0);
}

/* Groups of 100 or more, five at most; equal confidences are in one. */
static void groups(void **state)
{
    double c[MANY];
    double e[MANY];
    struct conformal out;
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        c[i] = i < 350 ? 0.5 : 0.5 + (double)(i - 349) / 1000.0;
        e[i] = 1.0 - c[i];
    }
    assert_int_equal(conformal_fit(c, e, MANY, &out, &err), ST_OK);
    /* Cuts at 140 and 280 fall into the 350 equal ones, which are the least: no group ends there.
     */
    assert_int_equal(out.n, 3);
    assert_true(out.v[0].from == 0.0 && out.v[0].n == 420);
    assert_true(out.v[1].n == 140 && out.v[2].n == 140);
    near(conformal_within(&out, 0.5, 1), 0.5, 1e-12);
    near(conformal_within(&out, out.v[1].from, 1), 1.0 - out.v[1].from, 0.02);
    near(conformal_within(&out, nextafter(out.v[1].from, 0.0), 1), 0.5, 1e-12);
    near(conformal_within(&out, 1.0, 0), 1.0 - out.v[2].from, 0.03);
    assert_int_equal(conformal_fit(c, e, 399, &out, &err), ST_OK);
    assert_true(out.n <= 3);
}

/* An error that depends on confidence, wildly: whatever it is, other texts are covered. */
static void draw(struct prop *p, double *confidence, double *error)
{
    double u = prop_double(p, 0.0, 1.0);

    *confidence = u;
    *error = u < 0.5 ? prop_double(p, 0.0, 1.5) : (1.0 - u) * -log(prop_double(p, 1e-9, 1.0));
}

/* Over many fits the mean coverage is at least the level and not more than 1 / (n + 1) above it, in
 * each half of the confidences too: 60 x 1,000 texts leave 0.003 of chance, 4 times that is borne.
 */
static void coverage(void **state)
{
    struct prop p = prop_begin(60);
    double hits[2][CONFORMAL_LEVELS] = { { 0 } };
    double n[2] = { 0 };

    (void)state;
    for (int k = 0; k < p.cases; k++) {
        double c[MANY];
        double e[MANY];
        struct conformal fit;
        struct err err = { 0 };

        for (size_t i = 0; i < MANY; i++)
            draw(&p, &c[i], &e[i]);
        assert_int_equal(conformal_fit(c, e, MANY, &fit, &err), ST_OK);
        for (int i = 0; i < 1000; i++) {
            double confidence;
            double error;

            draw(&p, &confidence, &error);
            const int half = confidence >= 0.5;
            n[half] += 1.0;
            for (size_t l = 0; l < CONFORMAL_LEVELS; l++)
                hits[half][l] += error <= conformal_within(&fit, confidence, l);
        }
    }
    for (size_t l = 0; l < CONFORMAL_LEVELS; l++) {
        const double all = (hits[0][l] + hits[1][l]) / (n[0] + n[1]);

        assert_true(all > conformal_levels[l] - 0.012 && all < conformal_levels[l] + 0.02);
        for (int half = 0; half < 2; half++)
            assert_true(hits[half][l] / n[half] > conformal_levels[l] - 0.03);
    }
}

static enum status read_text(const char *text, struct conformal *out, struct err *err)
{
    return conformal_read(slice_str(text), out, err);
}

/* What was written is what is read; what was not written by us is refused. */
static void as_a_file(void **state)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{\"format\": 2, \"levels\": [0.8, 0.9, 0.95], \"groups\": [{\"confidence\": 0, \"n\": 1, "
        "\"within\": [1, 1, 1]}]}",
        "{\"format\": 1, \"levels\": [0.8, 0.9, 0.99], \"groups\": [{\"confidence\": 0, \"n\": 1, "
        "\"within\": [1, 1, 1]}]}",
        "{\"format\": 1, \"levels\": [0.8, 0.9, 0.95], \"groups\": []}",
        "{\"format\": 1, \"levels\": [0.8, 0.9, 0.95], \"groups\": [{\"confidence\": 0.1, \"n\": "
        "1, \"within\": [1, 1, 1]}]}",
        "{\"format\": 1, \"levels\": [0.8, 0.9, 0.95], \"groups\": [{\"confidence\": 0, \"n\": 1, "
        "\"within\": [1, 1, 3]}]}",
        "{\"format\": 1, \"levels\": [0.8, 0.9, 0.95], \"groups\": [{\"confidence\": 0, \"n\": -1, "
        "\"within\": [1, 1, 1]}]}",
        "{\"format\": 1, \"levels\": [0.8, 0.9, 0.95], \"groups\": [{\"confidence\": 0, \"n\": 1, "
        "\"within\": [1, 1]}]}",
        "{\"format\": 1, \"levels\": [0.8, 0.9, 0.95], \"groups\": [{\"confidence\": 0, \"n\": 1, "
        "\"within\": [1, 1, 1]}, "
        "{\"confidence\": 0, \"n\": 1, \"within\": [1, 1, 1]}]}",
    };
    struct conformal c = fit_ranks(150, 0.25);
    struct conformal back;
    struct err err = { 0 };
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 16);
    conformal_write(&c, &text);
    assert_int_equal(conformal_read(buf_slice(&text), &back, &err), ST_OK);
    assert_int_equal(back.n, c.n);
    for (size_t g = 0; g < c.n; g++) {
        assert_true(back.v[g].from == c.v[g].from && back.v[g].n == c.v[g].n);
        assert_memory_equal(back.v[g].within, c.v[g].within, sizeof(c.v[g].within));
    }
    buf_release(&text);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(read_text(wrong[i], &back, &err), ST_FATAL);
        assert_int_equal(back.n, 0);
        assert_non_null(strstr(err.msg, "conformal.json: "));
    }
    assert_int_equal(conformal_load("/nonexistent", &back, &err), ST_OK);
    assert_int_equal(back.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks),    cmocka_unit_test(least),     cmocka_unit_test(groups),
        cmocka_unit_test(coverage), cmocka_unit_test(as_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
