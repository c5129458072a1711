/* SPDX-License-Identifier: MIT */
/* A person's own taxonomy instead of the bundle's. */
#include "support/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "model/bundle.h"

/* The default bundle with the taxonomy of a file. */
static enum status load_with(const char *table, struct bundle **b, struct err *err)
{
    char path[] = "/tmp/absa-taxonomy-XXXXXX";
    int fd = mkstemp(path);
    enum status st;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, table, strlen(table)), (ssize_t)strlen(table));
    close(fd);
    assert_int_equal(bundle_load("models/default", b, err), ST_OK);
    st = bundle_taxonomy(*b, path, err);
    unlink(path);
    return st;
}

static void ones_own_aspects_are_found_and_named(void **state)
{
    const struct facts facts = { slice_str("the gearbox and the clutch of this lorry"), false };
    struct arena *a = arena_new(1 << 20);
    struct bundle *plain = NULL;
    struct bundle *b = NULL;
    struct scored scored;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(bundle_load("models/default", &plain, &err), ST_OK);
    assert_int_equal(load_with("drive\tgearbox\ndrive\tclutch\n", &b, &err), ST_OK);
    assert_false(slice_eq(bundle_info(b)->sha256, bundle_info(plain)->sha256));
    assert_int_equal(bundle_info(b)->sha256.n, SHA256_HEX_LEN);
    assert_int_equal(bundle_score(b, &facts, 1, a, &scored, &err), ST_OK);
    assert_int_equal(scored.aspects.n, 2);
    assert_true(slice_is(scored.aspects.v[0].category, "drive"));
    assert_true(slice_is(scored.aspects.v[1].term, "clutch"));
    bundle_free(b);
    bundle_free(plain);
    arena_free(a);
}

static void a_taxonomy_that_is_none_is_refused_by_line(void **state)
{
    static const char *const bad[][2] = {
        { "", "there is no term in it" },
        { "# a comment\n", "there is no term in it" },
        { "drive\tgearbox\nclutch\n", "line 2: not a category, a TAB and a term" },
        { "drive\tgear\ndoor\tgears\n", "line 2: the term gears stands there twice" },
        { "drive\tone two three four\n", "line 1: a term has one to 3 words" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct bundle *b = NULL;
        struct err err = { 0 };

        assert_int_equal(load_with(bad[i][0], &b, &err), ST_FATAL);
        if (!strstr(err.msg, bad[i][1]) || strncmp(err.msg, "config: taxonomy: /tmp/", 23) != 0)
            fail_msg("\"%s\" does not say \"%s\"", err.msg, bad[i][1]);
        bundle_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ones_own_aspects_are_found_and_named),
        cmocka_unit_test(a_taxonomy_that_is_none_is_refused_by_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
