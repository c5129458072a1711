/* SPDX-License-Identifier: MIT */
#include "score/sightings.h"
#include "support/check.h"

static struct sightings *make(int64_t horizon_ms, size_t max, int32_t sources)
{
    struct sightings *s = sightings_new(&(struct sightings_conf){ horizon_ms, max, sources });

    assert_non_null(s);
    return s;
}

static struct sighted see_after(struct sightings *s, uint64_t id, int64_t arrival, int32_t src,
                                int64_t wm)
{
    const struct origin from = { .src = src, .arrival_ms = arrival, .src_wm_ms = wm };
    struct err err = { 0 };
    struct sighted out;

    assert_int_equal(sightings_look(s, id, &from, &out, &err), ST_OK);
    sightings_keep(s);
    return out;
}

static struct sighted see(struct sightings *s, uint64_t id, int64_t arrival, int32_t src)
{
    return see_after(s, id, arrival, src, WM_NONE);
}

static void within_the_horizon_it_is_an_update(void **state)
{
    struct sightings *s = make(1000, 100, 1);

    (void)state;
    assert_int_equal(see(s, 7, 0, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 7, 1000, 0).sighting, SIGHTING_UPDATE); /* moves last_seen */
    assert_int_equal(see(s, 7, 2000, 0).sighting, SIGHTING_UPDATE);
    assert_int_equal(see(s, 7, 3001, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 7, 2500, 0).sighting, SIGHTING_UPDATE); /* late: last_seen stays */
    assert_int_equal(see(s, 7, 4001, 0).sighting, SIGHTING_UPDATE);
    assert_int_equal(see(s, 0, 4001, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 0, 4001, 0).sighting, SIGHTING_UPDATE);
    sightings_free(s);
}

static void a_comment_counts_at_the_watermark_of_its_source_when_it_is_late(void **state)
{
    struct sightings *s = make(1000, 100, 1);

    (void)state;
    assert_int_equal(see(s, 7, 0, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see_after(s, 7, 500, 0, 1001).sighting, SIGHTING_FIRST); /* = 1001 */
    assert_int_equal(see_after(s, 7, 2001, 0, 1900).sighting, SIGHTING_UPDATE);
    sightings_free(s);
}

static void an_update_from_another_source_says_so(void **state)
{
    struct sightings *s = make(1000, 100, 2);

    (void)state;
    assert_false(see(s, 7, 0, 0).cross_source);
    assert_true(see(s, 7, 10, 1).cross_source);
    assert_false(see(s, 7, 20, 1).cross_source);
    sightings_free(s);
}

/* A source that is far ahead makes nobody forget; nor is it met too far back. */
static void a_source_that_is_ahead_changes_nothing_for_the_others(void **state)
{
    struct sightings *s = make(1000, 100, 2);

    (void)state;
    assert_int_equal(see_after(s, 7, 0, 0, WM_NONE).sighting, SIGHTING_FIRST);
    assert_int_equal(see_after(s, 8, 900000, 1, 890000).sighting, SIGHTING_FIRST);
    assert_int_equal(see_after(s, 9, 5000, 0, 10).sighting, SIGHTING_FIRST);
    assert_int_equal(see_after(s, 7, 900, 0, 10).sighting, SIGHTING_UPDATE);
    assert_int_equal(see_after(s, 8, 6000, 0, 10).sighting, SIGHTING_FIRST); /* 894 s before */
    assert_int_equal(see_after(s, 8, 900010, 1, 890000).sighting, SIGHTING_UPDATE);
    assert_int_equal(see_after(s, 8, 6010, 0, 10).sighting, SIGHTING_UPDATE);
    assert_false(see_after(s, 8, 6020, 0, 10).cross_source);
    assert_true(see_after(s, 8, 899000, 0, 10).cross_source);
    sightings_free(s);
}

static void what_follows_the_end_of_its_source_is_first_and_leaves_no_trace(void **state)
{
    struct sightings *s = make(1000, 100, 1);

    (void)state;
    (void)see(s, 7, 0, 0);
    sightings_pass(s, 0, WM_END);
    assert_int_equal(sightings_since(s), WM_END);
    for (int i = 0; i < 3; i++)
        assert_int_equal(see_after(s, 7, 1, 0, WM_END).sighting, SIGHTING_FIRST);
    assert_true(sightings_n(s) <= 1);
    sightings_free(s);
}

static void what_was_looked_at_and_not_kept_was_never_there(void **state)
{
    const struct origin from = { .src = 0, .arrival_ms = 0, .src_wm_ms = WM_NONE };
    struct sightings *s = make(1000, 100, 1);
    struct err err = { 0 };
    struct sighted out;

    (void)state;
    assert_int_equal(sightings_look(s, 7, &from, &out, &err), ST_OK);
    assert_int_equal(see(s, 7, 0, 0).sighting, SIGHTING_FIRST);
    sightings_free(s);
}

static void at_the_cap_new_ids_are_not_remembered_until_all_have_passed_old_ones(void **state)
{
    struct sightings *s = make(640, 10, 2);
    const int64_t step = 11; /* how finely it forgets: a 64th of the horizon, and one */

    (void)state;
    for (uint64_t id = 1; id <= 10; id++)
        assert_false(see(s, id, (int64_t)id * step, 0).evicted);
    assert_true(see(s, 11, 200, 0).evicted);
    assert_true(see(s, 11, 201, 0).evicted); /* still: first may be wrong */
    assert_false(see(s, 5, 202, 0).evicted); /* the known ones are known  */
    sightings_pass(s, 1, 1000000);           /* one source alone */
    assert_true(see(s, 12, 900, 0).evicted);
    sightings_pass(s, 0, 640 + 2 * step - 1); /* id 1 is within reach of source 0 */
    assert_true(see(s, 12, 900, 0).evicted);
    sightings_pass(s, 0, 640 + 2 * step);
    assert_false(see(s, 12, 900, 0).evicted);
    assert_true(see(s, 13, 900, 0).evicted);
    sightings_free(s);
}

static void a_source_that_nobody_knows_holds_all_and_its_end_frees_all(void **state)
{
    struct sightings *s = make(1000, 1 << 20, 3);

    (void)state;
    for (int64_t i = 0; i < 100000; i++)
        (void)see_after(s, (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15), i * 1000, (int32_t)(i % 2),
                        i * 1000 - 10000);
    assert_int_equal(sightings_n(s), 100000);
    assert_int_equal(sightings_since(s), WM_NONE);
    sightings_pass(s, 2, WM_END);
    assert_int_equal(sightings_since(s), WM_NONE); /* nobody can say when that was */
    for (int64_t i = 100000; i < 200000; i++)
        (void)see_after(s, (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15), i * 1000, (int32_t)(i % 2),
                        i * 1000 - 10000);
    assert_true(sightings_n(s) < 4096); /* and the memory is given back */
    sightings_free(s);
}

static void forgotten_ids_make_room_and_memory_stays_bounded(void **state)
{
    struct sightings *s = make(1000, 1 << 20, 1);

    (void)state;
    for (int64_t i = 0; i < 200000; i++) {
        uint64_t id = (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15);

        assert_int_equal(see_after(s, id, i * 3, 0, i * 3 - 1).sighting, SIGHTING_FIRST);
    }
    assert_true(sightings_n(s) < 4096);
    sightings_free(s);
}

/* Just below its cap, where each new id comes as one is forgotten, half a million
 * ids take as long as anywhere: a scan for each would take minutes. */
static void close_below_the_cap_a_new_id_costs_what_it_costs_elsewhere(void **state)
{
    enum { MAX = 100000, HORIZON = 1000000 };
    struct sightings *s = make(HORIZON, MAX, 1);
    int64_t evicted = 0;

    (void)state;
    for (int64_t i = 0; i < 6 * MAX; i++) {
        uint64_t id = (uint64_t)(i + 1) * UINT64_C(0x9E3779B97F4A7C15);

        evicted += see_after(s, id, i * HORIZON / MAX, 0, i * HORIZON / MAX).evicted;
    }
    assert_true(evicted > 0); /* it was at the cap */
    sightings_free(s);
}

static void times_at_the_ends_do_not_overflow(void **state)
{
    struct sightings *s = make(1000, 10, 2);

    (void)state;
    assert_int_equal(see(s, 1, INT64_MIN, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 1, INT64_MAX, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see_after(s, 2, INT64_MIN, 1, INT64_MAX - 1).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 2, INT64_MIN, 0).sighting, SIGHTING_FIRST);
    sightings_free(s);
    s = make(INT64_MAX, 10, 1);
    assert_int_equal(see(s, 1, 0, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 1, INT64_MAX, 0).sighting, SIGHTING_UPDATE);
    sightings_free(s);
    s = make(0, 10, 1);
    assert_int_equal(see(s, 1, INT64_MIN, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 1, INT64_MIN, 0).sighting, SIGHTING_UPDATE);
    assert_int_equal(see_after(s, 1, INT64_MAX, 0, INT64_MAX - 1).sighting, SIGHTING_FIRST);
    sightings_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_the_horizon_it_is_an_update),
        cmocka_unit_test(a_comment_counts_at_the_watermark_of_its_source_when_it_is_late),
        cmocka_unit_test(an_update_from_another_source_says_so),
        cmocka_unit_test(a_source_that_is_ahead_changes_nothing_for_the_others),
        cmocka_unit_test(what_follows_the_end_of_its_source_is_first_and_leaves_no_trace),
        cmocka_unit_test(what_was_looked_at_and_not_kept_was_never_there),
        cmocka_unit_test(at_the_cap_new_ids_are_not_remembered_until_all_have_passed_old_ones),
        cmocka_unit_test(a_source_that_nobody_knows_holds_all_and_its_end_frees_all),
        cmocka_unit_test(forgotten_ids_make_room_and_memory_stays_bounded),
        cmocka_unit_test(close_below_the_cap_a_new_id_costs_what_it_costs_elsewhere),
        cmocka_unit_test(times_at_the_ends_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
