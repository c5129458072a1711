/* SPDX-License-Identifier: MIT */
/* From a booster's answer to a score, and back to the features that made it. */
#include "support/check.h"

#include <math.h>

#include "model/bundle.h"
#include "model/manifest.h"

static void the_parts_of_a_score_are_the_score(void **state)
{
    struct facts facts = { slice_str("so good, but the price is too high"), false };
    struct arena *a = arena_new(1 << 20);
    struct explained e;
    struct scored s;
    struct err err = { 0 };
    struct bundle *b = NULL;
    double sum;

    (void)state;
    if (bundle_load("models/default", &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(bundle_score(b, &facts, 1, a, &s, &err), ST_OK);
    assert_int_equal(bundle_explain(b, &facts, a, &e, &err), ST_OK);
    assert_memory_equal(e.scored.output, s.output, sizeof(s.output));
    sum = (double)e.start[OUTPUT_SENTIMENT];
    for (size_t i = 0; i < bundle_info(b)->features.n; i++)
        sum += (double)e.part[OUTPUT_SENTIMENT][i];
    assert_true(fabs(sum - s.output[OUTPUT_SENTIMENT]) < 1e-4);
    assert_true(slice_is(bundle_info(b)->features.v[0], "chars") && e.value[0] == 34.0F);
    bundle_free(b);
    arena_free(a);
}

static void transforms_do_what_they_are_called(void **state)
{
    static const struct output_info unit = { "x", 0.0, 1.0 };
    struct manifest_output o = { .transform = TRANSFORM_IDENTITY };

    (void)state;
    assert_true(transform_apply(&o, &unit, 9.46) == 9.46); /* the caller clamps and counts */
    o.transform = TRANSFORM_CLIP;
    assert_true(transform_apply(&o, &unit, 9.46) == 1.0);
    assert_true(transform_apply(&o, &unit, -0.1) == 0.0);
    assert_true(isnan(transform_apply(&o, &unit, (double)NAN)));
    o.transform = TRANSFORM_ONE_MINUS_EXP;
    assert_true(transform_apply(&o, &unit, 0.0) == 0.0);
    assert_true(fabs(transform_apply(&o, &unit, 1.0) - 0.63212055882855767) < 1e-15);
    o = (struct manifest_output){ .transform = TRANSFORM_TABLE,
                                  .points = { { 1.0, 0.9 }, { 2.0, 0.5 }, { 4.0, 0.1 } },
                                  .n_points = 3 };
    assert_true(transform_apply(&o, &unit, -1.0) == 0.9);
    assert_true(transform_apply(&o, &unit, 1.0) == 0.9);
    assert_true(fabs(transform_apply(&o, &unit, 1.5) - 0.7) < 1e-12);
    assert_true(fabs(transform_apply(&o, &unit, 3.0) - 0.3) < 1e-12);
    assert_true(transform_apply(&o, &unit, 5.0) == 0.1);
    assert_true(isnan(transform_apply(&o, &unit, (double)NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_of_a_score_are_the_score),
        cmocka_unit_test(transforms_do_what_they_are_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
