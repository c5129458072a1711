/* SPDX-License-Identifier: MIT */
/* Likes become ranks among the comments of a video. */
#include "support/check.h"

#include <math.h>

#include "producers/train/rank.h"

static struct sample comment(const char *video, double likes)
{
    return (struct sample){ .video = slice_str(video), .likes = likes, .engagement = (double)NAN };
}

static void ranks_are_within_a_video(void **state)
{
    struct sample v[] = {
        comment("a", 5.0),   comment("b", 900.0), comment("a", 0.0),
        comment("b", 100.0), comment("a", 100.0), comment("b", 0.0),
        comment("a", 50.0),  comment("ab", 7.0),  comment("a", 7.0),
    };
    static const double want[] = { 0.25, 1.0, 0.0, 0.5, 1.0, 0.0, 0.75, -1.0, 0.5 };
    struct err err = { 0 };
    size_t ranked;

    (void)state;
    assert_int_equal(rank_likes(v, 9, &ranked, &err), ST_OK);
    assert_int_equal(ranked, 8);
    for (size_t i = 0; i < 9; i++) {
        if (want[i] < 0.0)
            assert_true(isnan(v[i].engagement)); /* alone under its video */
        else
            assert_true(v[i].engagement == want[i]);
    }
}

static void equal_likes_share_their_rank(void **state)
{
    struct sample v[] = { comment("a", 0.0), comment("a", 0.0), comment("a", 0.0),
                          comment("a", 9.0), comment("b", 1.0), comment("b", 1.0) };
    static const double want[] = { 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 1.0, 0.5, 0.5 };
    struct err err = { 0 };
    size_t ranked;

    (void)state;
    assert_int_equal(rank_likes(v, 6, &ranked, &err), ST_OK);
    for (size_t i = 0; i < 6; i++)
        assert_true(v[i].engagement == want[i]);
}

static void likes_that_are_unknown_are_left_out(void **state)
{
    struct sample v[] = { comment("a", (double)NAN), comment("a", 3.0), comment("", 1.0),
                          comment("a", 4.0) };
    struct err err = { 0 };
    size_t ranked;

    (void)state;
    assert_int_equal(rank_likes(v, 4, &ranked, &err), ST_OK);
    assert_int_equal(ranked, 2);
    assert_true(isnan(v[0].engagement) && isnan(v[2].engagement));
    assert_true(v[1].engagement == 0.0 && v[3].engagement == 1.0);
    assert_int_equal(rank_likes(v, 0, &ranked, &err), ST_OK);
    assert_int_equal(ranked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_within_a_video),
        cmocka_unit_test(equal_likes_share_their_rank),
        cmocka_unit_test(likes_that_are_unknown_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
