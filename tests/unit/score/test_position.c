/* SPDX-License-Identifier: MIT */
#include "consumers/score/position.h"

#include <stdlib.h>

#include "record/types.h"
#include "stage/stage.h"
#include "support/check.h"

enum { MANY = 2000 };

static struct position_src *make(int64_t n)
{
    struct position_src *v = calloc(MANY, sizeof(*v));

    assert_non_null(v);
    for (int i = 0; i < MANY; i++)
        v[i] = (struct position_src){ .known = true, .read = n, .doubt = n, .written = n };
    return v;
}

/* Whatever stands in it: legal, readable, and what did not fit is unknown. */
static void writes_and_reads(int32_t n, int64_t count, int64_t since)
{
    struct position_src *in = make(count);
    struct position_src *out = calloc(MANY, sizeof(*out));
    struct err err = { 0 };
    struct buf meta;
    int64_t got = 0;
    int32_t known = 0;

    assert_non_null(out);
    buf_init(&meta, STAGE_META_MAX); /* as a host does */
    position_write(in, n, since, STAGE_META_MAX, &meta);
    assert_false(buf_failed(&meta));
    assert_true(meta.n <= STAGE_META_MAX);
    assert_int_equal(position_read(buf_slice(&meta), out, n, &got, &err), ST_OK);
    assert_int_equal(got, since);
    for (int32_t i = 0; i < n; i++) {
        known += out[i].known;
        assert_true(!out[i].known || (out[i].read == count && out[i].written == count));
    }
    assert_true(n > 10 || known == n);
    assert_true(known > 0 && known <= n);
    buf_release(&meta);
    free(in);
    free(out);
}

static void any_number_of_sources_fits(void **state)
{
    (void)state;
    for (int32_t n = 1; n <= MANY; n = n < 200 ? n + 1 : n + 300) {
        writes_and_reads(n, 0, WM_NONE);
        writes_and_reads(n, 123456, INT64_C(1763900000000));
        writes_and_reads(n, INT64_MAX, WM_END);
    }
    writes_and_reads(MANY, INT64_MAX, WM_NONE);
}

static void what_is_not_ours_is_refused(void **state)
{
    static const char *const bad[] = {
        "s1 5", "s2", "s2 ", "s2 x", "s2 5 1", "s2 5 1:2:3", "s2 5 1:2:", "s2 99999999999999999999"
    };
    struct position_src one = { 0 };
    struct err err = { 0 };
    int64_t since = 7;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(position_read(slice_str(bad[i]), &one, 1, &since, &err), ST_FATAL);
    since = 7;
    assert_int_equal(position_read(slice_str(""), &one, 1, &since, &err), ST_OK);
    assert_int_equal(since, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_sources_fits),
        cmocka_unit_test(what_is_not_ours_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
