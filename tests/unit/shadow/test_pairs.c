/* SPDX-License-Identifier: MIT */
/* Pairs are found whatever the order, and the figures are those of a pocket calculator. */
#include <math.h>
#include <string.h>

#include "cli/shadow/pairs.h"
#include "support/check.h"

static void add(struct pairs *p, enum pairs_side side, const char *id, int64_t offset, double v)
{
    const struct score s = { .comment_id = slice_str(id),
                             .sentiment_score = v,
                             .engagement_score = 0.5,
                             .bundle_sha256 = slice_str(side == PAIRS_SHADOW ? "bb" : "aa"),
                             .origin = { .src_offset = offset } };
    struct err err = { 0 };

    assert_int_equal(pairs_add(p, side, &s, &err), ST_OK);
}

static void figures_are_right(void **state)
{
    struct pairs p;
    struct pairs_report r;

    (void)state;
    pairs_init(&p);
    add(&p, PAIRS_SCORES, "a", 1, 0.1);
    add(&p, PAIRS_SCORES, "b", 2, -0.2);
    add(&p, PAIRS_SCORES, "c", 3, 0.7);
    add(&p, PAIRS_SCORES, "a", 9, 0.0); /* crawled again, the shadow's end is nearer */
    add(&p, PAIRS_SHADOW, "c", 3, 0.5);
    add(&p, PAIRS_SHADOW, "a", 1, 0.2);
    add(&p, PAIRS_SHADOW, "b", 2, 0.1);
    add(&p, PAIRS_SHADOW, "z", 0, 0.1);
    pairs_compare(&p, 0.15, &r);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.alone[PAIRS_SCORES], 1);
    assert_int_equal(r.alone[PAIRS_SHADOW], 1);

    const struct pairs_output *o = &r.output[OUTPUT_SENTIMENT];
    assert_true(fabs(o->mean[PAIRS_SCORES] - 0.2) < 1e-12);
    assert_true(fabs(o->mean[PAIRS_SHADOW] - 0.8 / 3) < 1e-12);
    assert_true(fabs(o->diff_mean - 0.2 / 3) < 1e-12); /* 0.1, 0.3, -0.2 */
    assert_true(fabs(o->diff_sd - sqrt(0.14 / 3 - 0.04 / 9)) < 1e-12);
    assert_true(fabs(o->diff_abs - 0.2) < 1e-12);
    assert_true(fabs(o->diff_max - 0.3) < 1e-12);
    assert_true(fabs(o->correlation - 0.9958705948858224) < 1e-12);
    assert_true(fabs(o->beyond - 2.0 / 3) < 1e-12);
    assert_true(fabs(o->flipped - 1.0 / 3) < 1e-12);
    assert_true(isnan(r.output[OUTPUT_ENGAGEMENT].correlation));
    assert_true(r.output[OUTPUT_ENGAGEMENT].diff_max == 0.0);
    pairs_release(&p);
}

static void reports_are_whole(void **state)
{
    struct pairs p;
    struct pairs_report r;
    struct buf out;

    (void)state;
    pairs_init(&p);
    buf_init(&out, 1 << 16);
    pairs_compare(&p, 0.1, &r);
    pairs_json(&p, &r, &out); /* nothing at all */
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "\"pairs\":0"));
    assert_non_null(strstr(out.p, "\"correlation\":null"));
    assert_null(strstr(out.p, "nan"));
    buf_clear(&out);
    add(&p, PAIRS_SCORES, "a", 1, 0.1);
    add(&p, PAIRS_SHADOW, "a", 1, 0.4);
    pairs_compare(&p, 0.1, &r);
    pairs_text(&p, &r, &out);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "1 comments scored by both"));
    assert_non_null(strstr(out.p, "+0.3000"));
    buf_release(&out);
    pairs_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_right),
        cmocka_unit_test(reports_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
