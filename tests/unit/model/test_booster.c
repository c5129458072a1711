/* SPDX-License-Identifier: MIT */
/* Boosters that a bundle must not hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xgboost/c_api.h>

#include "model/booster.h"
#include "support/check.h"

enum { ROWS = 64, FEATURES = 3 };

/* Trains a few rounds on noise and saves them as path. */
static void make_model(const char *path, const char *objective, size_t targets)
{
    float x[ROWS * FEATURES];
    float y[ROWS * 2];
    char values[160];
    char labels[160];
    DMatrixHandle data;
    BoosterHandle b;

    for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
        x[i] = (float)(i * 7919 % 101) / 101.0F;
    for (size_t i = 0; i < ROWS * targets; i++)
        y[i] = (float)(i * 31 % 2);
    snprintf(values, sizeof(values),
             "{\"data\":[%zu,true],\"shape\":[%d,%d],\"typestr\":\"<f4\",\"version\":3}", (size_t)x,
             ROWS, FEATURES);
    snprintf(labels, sizeof(labels),
             "{\"data\":[%zu,true],\"shape\":[%d,%zu],\"typestr\":\"<f4\",\"version\":3}",
             (size_t)y, ROWS, targets);
    assert_int_equal(XGDMatrixCreateFromDense(values, "{\"missing\":NaN,\"nthread\":1}", &data), 0);
    assert_int_equal(XGDMatrixSetInfoFromInterface(data, "label", labels), 0);
    assert_int_equal(XGBoosterCreate(&data, 1, &b), 0);
    assert_int_equal(XGBoosterSetParam(b, "objective", objective), 0);
    assert_int_equal(XGBoosterSetParam(b, "nthread", "1"), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(XGBoosterUpdateOneIter(b, i, data), 0);
    assert_int_equal(XGBoosterSaveModel(b, path), 0);
    XGBoosterFree(b);
    XGDMatrixFree(data);
}

static void only_one_plain_output_is_let_in(void **state)
{
    static const struct {
        const char *objective;
        size_t targets;
        const char *why; /* NULL: fine */
    } rows[] = {
        { "reg:squarederror", 1, NULL },
        { "reg:squarederror", 2, "has 2 targets" },
        { "binary:logistic", 1, "objective binary:logistic transforms its output" },
        { "reg:tweedie", 1, "objective reg:tweedie transforms its output" },
    };
    char dir[] = "/tmp/absa-booster-XXXXXX";
    char path[64];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/model.ubj", dir);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct booster *b;
        struct err err = { 0 };
        enum status st;

        make_model(path, rows[i].objective, rows[i].targets);
        st = booster_load(path, FEATURES, &b, &err);
        assert_int_equal(st, rows[i].why ? ST_FATAL : ST_OK);
        if (rows[i].why && !strstr(err.msg, rows[i].why))
            fail_msg("\"%s\" does not say \"%s\"", err.msg, rows[i].why);
        booster_free(b);
    }
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_one_plain_output_is_let_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
