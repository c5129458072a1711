/* SPDX-License-Identifier: MIT */
/* Boosters that a bundle must not hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xgboost/c_api.h>

#include "base/buf.h"
#include "file/file.h"
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

/* Writes a model as JSON with every `from` made `to`, and loads it; *b is the caller's. */
static enum status load_edited(const char *from, const char *to, struct booster **b,
                               struct err *err)
{
    char dir[] = "/tmp/absa-booster-XXXXXX";
    char path[64];
    struct buf text;
    struct buf edited;
    enum status st;
    size_t found = 0;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/model.json", dir);
    make_model(path, "reg:squarederror", 1);
    buf_init(&text, 1 << 20);
    buf_init(&edited, 1 << 20);
    assert_int_equal(file_read(path, &text, err), ST_OK);
    for (size_t i = 0; i < text.n;) {
        if (text.n - i >= strlen(from) && memcmp(text.p + i, from, strlen(from)) == 0) {
            buf_str(&edited, to);
            i += strlen(from);
            found++;
        } else {
            buf_byte(&edited, text.p[i++]);
        }
    }
    assert_true(found > 0);
    assert_int_equal(file_write(path, buf_slice(&edited), err), ST_OK);
    st = booster_load(path, FEATURES, b, err);
    buf_release(&text);
    buf_release(&edited);
    unlink(path);
    rmdir(dir);
    return st;
}

/* A number alone harms nobody: golden rows judge what it says. */
static void a_newer_version_is_taken_by_what_it_says(void **state)
{
    static const char *const scores[][2] = { { "\"version\":[1", "\"version\":[9" },
                                             { "\"base_score\":\"5E-1\"",
                                               "\"base_score\":\"[5E-1]\"" } };
    const float row[FEATURES] = { 0.25F, 0.5F, 0.75F };
    struct booster *b = NULL;
    struct err err = { 0 };
    float want = 0.0F;

    (void)state;
    assert_int_equal(load_edited("\"version\"", "\"version\"", &b, &err), ST_OK);
    assert_int_equal(booster_predict(b, row, 1, &want, &err), ST_OK);
    booster_free(b);
    for (size_t i = 0; i < 2; i++) {
        float got = 0.0F;

        if (load_edited(scores[i][0], scores[i][1], &b, &err) != ST_OK)
            fail_msg("%s", err.msg);
        assert_int_equal(booster_predict(b, row, 1, &got, &err), ST_OK);
        assert_true(got == want);
        booster_free(b);
    }
}

/* What a newer format has under other names, or in other shapes, is not guessed. */
static void a_newer_format_is_refused(void **state)
{
    static const char *const edits[][2] = {
        { "\"split_conditions\"", "\"split_thresholds\"" },
        { "\"tree_param\"", "\"tree_parameters\"" },
        { "\"name\":\"gbtree\"", "\"name\":\"gbforest\"" },
        { "\"name\":\"reg:squarederror\"", "\"name\":\"reg:newest\"" },
        { "\"learner\"", "\"learners\"" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        struct booster *b = NULL;
        struct err err = { 0 };

        if (load_edited(edits[i][0], edits[i][1], &b, &err) != ST_FATAL)
            fail_msg("%s is taken", edits[i][1]);
        assert_null(b);
        assert_true(err.msg[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_one_plain_output_is_let_in),
        cmocka_unit_test(a_newer_version_is_taken_by_what_it_says),
        cmocka_unit_test(a_newer_format_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
