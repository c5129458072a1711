/* SPDX-License-Identifier: MIT */
/* The worked example of the original's README, with the default bundle: mixed
 * sentiment, aspects product (good) and shipping (bad), said and not implied. */
#include <math.h>

#include "model/bundle.h"
#include "support/check.h"

static void the_worked_example(void **state)
{
    static const char text[] = "This product is amazing but the shipping was slow";
    struct arena *a = arena_new(1 << 20);
    struct facts facts = { slice_str(text), false };
    struct bundle *b = NULL;
    struct err err = { 0 };
    struct scored s;

    (void)state;
    assert_non_null(a);
    if (bundle_load("models/default", &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(bundle_score(b, &facts, 1, a, &s, &err), ST_OK);
    assert_true(fabs(s.output[OUTPUT_SENTIMENT] - 0.3) < 0.15);
    assert_true(fabs(s.output[OUTPUT_IMPLICITNESS] - 0.1) < 0.05);
    assert_true(s.output[OUTPUT_CONFIDENCE] > 0.7);
    assert_int_equal(s.aspects.n, 2);
    assert_true(slice_is(s.aspects.v[0].category, "product"));
    assert_true(slice_is(s.aspects.v[0].term, "product"));
    assert_int_equal(s.aspects.v[0].start, 5);
    assert_int_equal(s.aspects.v[0].end, 12);
    assert_true(s.aspects.v[0].sentiment > 0.5);
    assert_true(slice_is(s.aspects.v[1].category, "shipping"));
    assert_int_equal(s.aspects.v[1].start, 32);
    assert_int_equal(s.aspects.v[1].end, 40);
    assert_true(s.aspects.v[1].sentiment < -0.2);
    bundle_free(b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_worked_example) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
