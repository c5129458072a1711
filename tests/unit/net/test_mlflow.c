/* SPDX-License-Identifier: MIT */
/* Names of models, addresses, paths of artifacts, and what a registry's answer means. */
#include <string.h>

#include "net/mlflow.h"
#include "net/mlflow_inner.h"
#include "support/check.h"

static void names_are_a_version_or_an_alias(void **state)
{
    static const struct {
        const char *text, *name, *version, *alias; /* name NULL: refused */
    } rows[] = {
        { "models:/absa-sentiment-model/1", "absa-sentiment-model", "1", "" },
        { "models:/a model/1", NULL, NULL, NULL },
        { "models:/m@champion", "m", "", "champion" },
        { "models:/m/latest", NULL, NULL, NULL },
        { "models:/m/1/2", NULL, NULL, NULL },
        { "models:/m/-1", NULL, NULL, NULL },
        { "models:/m/", NULL, NULL, NULL },
        { "models:/m@", NULL, NULL, NULL },
        { "models:/m@a/b", NULL, NULL, NULL },
        { "models:/m", NULL, NULL, NULL },
        { "models:/", NULL, NULL, NULL },
        { "models:/m\n/1", NULL, NULL, NULL },
        { "models:/m/1234567890123456789", NULL, NULL, NULL },
        { "folder", NULL, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mlflow_model m;
        struct err err = { 0 };
        enum status st = mlflow_parse(rows[i].text, &m, &err);

        if ((st == ST_OK) != (rows[i].name != NULL))
            fail_msg("%s: %s", rows[i].text, st == ST_OK ? "taken" : err.msg);
        if (st != ST_OK)
            continue;
        assert_string_equal(m.name, rows[i].name);
        assert_string_equal(m.version, rows[i].version);
        assert_string_equal(m.alias, rows[i].alias);
    }
}

static void an_address_is_encrypted_or_here(void **state)
{
    static const struct {
        const char *base, *token;
        bool plain, ok;
    } rows[] = {
        { "https://mlflow.example", "t", false, true },
        { "http://127.0.0.1:5000", "t", false, true },
        { "http://localhost:5000", "", false, true },
        { "http://mlflow.example", "", false, false },
        { "http://mlflow.example", "", true, true },
        { "http://mlflow.example", "t", true, false },
        { "http://localhost.example", "", false, false },
        { "https://user:secret@mlflow.example", "", false, false },
        { "file:///etc/passwd", "", false, false },
        { "https://", "", false, false },
        { "https:///x", "", false, false },
        { "https://a b", "", false, false },
        { "", "", false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct rest w = { .base = rows[i].base,
                                .token = rows[i].token,
                                .plain = rows[i].plain };
        struct err err = { 0 };

        if ((rest_check(&w, &err) == ST_OK) != rows[i].ok)
            fail_msg("%s: %s", rows[i].base, rows[i].ok ? err.msg : "taken");
    }
}

static void artifacts_stay_below_the_registry(void **state)
{
    static const struct {
        const char *source, *path; /* NULL: refused */
    } rows[] = {
        { "mlflow-artifacts:/1/ab/artifacts/bundle",
          "/api/2.0/mlflow-artifacts/artifacts/1/ab/artifacts/bundle/a%20b.tsv" },
        { "mlflow-artifacts:/1/a?b#c/",
          "/api/2.0/mlflow-artifacts/artifacts/1/a%3Fb%23c/a%20b.tsv" },
        { "mlflow-artifacts:/1/../../secrets", NULL },
        { "mlflow-artifacts:/1/./x", NULL },
        { "mlflow-artifacts:/1//x", NULL },
        { "s3://bucket/x", NULL },
        { "file:///etc", NULL },
        { "models:/m-1234", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = { 0 };
        struct buf path;

        buf_init(&path, MLFLOW_PATH_MAX);
        enum status st = mlflow_artifact(rows[i].source, slice_str("a b.tsv"), &path, &err);
        assert_int_equal(st, rows[i].path ? ST_OK : ST_REJECT);
        if (rows[i].path)
            assert_string_equal(path.p, rows[i].path);
        buf_release(&path);
    }
}

static void answers_say_whose_fault_it_is(void **state)
{
    static const char text[] = "{\"error_code\": \"X\", \"message\": \"no\\nsuch \\u001b[31m\"}";
    struct err err = { 0 };

    (void)state;
    assert_int_equal(mlflow_judge(200, slice_str(text), &err), ST_OK);
    assert_int_equal(mlflow_judge(404, slice_str(text), &err), ST_REJECT);
    assert_string_equal(err.msg, "the registry says HTTP 404: no?such ?[31m");
    assert_int_equal(mlflow_judge(302, slice_str("<html>"), &err), ST_REJECT);
    assert_string_equal(err.msg, "the registry says HTTP 302");
    assert_int_equal(mlflow_judge(500, slice_str(text), &err), ST_RETRY);
    assert_int_equal(mlflow_judge(429, slice_str(""), &err), ST_RETRY);
    assert_int_equal(mlflow_judge(401, slice_str(text), &err), ST_FATAL);
}

static void members_of_an_answer_are_checked(void **state)
{
    json_t *doc =
        json_pack("{s:{s:s, s:s, s:i}, s:s}", "v", "good", "12", "bad", "a b", "n", 3, "top", "x");
    struct err err = { 0 };
    char out[4];

    (void)state;
    assert_int_equal(mlflow_take(doc, "v.good", 3, out, &err), ST_OK);
    assert_string_equal(out, "12");
    assert_int_equal(mlflow_take(doc, "top", 3, out, &err), ST_OK);
    assert_int_equal(mlflow_take(doc, "v.good", 1, out, &err), ST_REJECT);
    assert_int_equal(mlflow_take(doc, "v.bad", 3, out, &err), ST_REJECT);
    assert_int_equal(mlflow_take(doc, "v.n", 3, out, &err), ST_REJECT);
    assert_int_equal(mlflow_take(doc, "v.none", 3, out, &err), ST_REJECT);
    assert_int_equal(mlflow_take(NULL, "v.none", 3, out, &err), ST_REJECT);
    json_decref(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_a_version_or_an_alias),
        cmocka_unit_test(an_address_is_encrypted_or_here),
        cmocka_unit_test(artifacts_stay_below_the_registry),
        cmocka_unit_test(answers_say_whose_fault_it_is),
        cmocka_unit_test(members_of_an_answer_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
