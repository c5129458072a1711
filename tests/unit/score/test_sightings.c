/* SPDX-License-Identifier: MIT */
#include "score/sightings.h"
#include "support/check.h"

static struct sightings *make(int64_t horizon_ms, size_t max)
{
    struct sightings *s = sightings_new(&(struct sightings_conf){ horizon_ms, max });

    assert_non_null(s);
    return s;
}

static struct sighted see(struct sightings *s, uint64_t id, int64_t arrival, int32_t src)
{
    struct err err = { 0 };
    struct sighted out;

    assert_int_equal(sightings_look(s, id, arrival, src, &out, &err), ST_OK);
    sightings_keep(s);
    return out;
}

static void within_the_horizon_it_is_an_update(void **state)
{
    struct sightings *s = make(1000, 100);

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

static void an_update_from_another_source_says_so(void **state)
{
    struct sightings *s = make(1000, 100);

    (void)state;
    assert_false(see(s, 7, 0, 0).cross_source);
    assert_true(see(s, 7, 10, 1).cross_source);
    assert_false(see(s, 7, 20, 1).cross_source);
    sightings_free(s);
}

static void what_was_looked_at_and_not_kept_was_never_there(void **state)
{
    struct sightings *s = make(1000, 100);
    struct err err = { 0 };
    struct sighted out;

    (void)state;
    assert_int_equal(sightings_look(s, 7, 0, 0, &out, &err), ST_OK);
    assert_int_equal(see(s, 7, 0, 0).sighting, SIGHTING_FIRST);
    sightings_free(s);
}

static void at_the_cap_new_ids_are_not_remembered_until_old_ones_are_forgotten(void **state)
{
    struct sightings *s = make(1000, 10);

    (void)state;
    for (uint64_t id = 1; id <= 10; id++)
        assert_false(see(s, id, (int64_t)id, 0).evicted);
    assert_true(see(s, 11, 20, 0).evicted);
    assert_true(see(s, 11, 21, 0).evicted); /* still: first may be wrong */
    assert_false(see(s, 5, 22, 0).evicted); /* the known ones are known  */
    assert_int_equal(see(s, 5, 23, 0).sighting, SIGHTING_UPDATE);
    /* Id 1 (seen at 1) is forgotten when the newest passes 1 + horizon + slack. */
    assert_true(see(s, 12, 1 + 1000 + SIGHTINGS_SLACK_MS, 0).evicted);
    assert_false(see(s, 12, 2 + 1000 + SIGHTINGS_SLACK_MS, 0).evicted);
    assert_true(see(s, 13, 2 + 1000 + SIGHTINGS_SLACK_MS, 0).evicted);
    sightings_free(s);
}

static void forgotten_ids_make_room_and_memory_stays_bounded(void **state)
{
    struct sightings *s = make(1000, 1 << 20);

    (void)state;
    for (int64_t i = 0; i < 200000; i++) {
        uint64_t id = (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15);

        assert_int_equal(see(s, id, i * SIGHTINGS_SLACK_MS / 1000, 0).sighting, SIGHTING_FIRST);
    }
    assert_true(sightings_n(s) < 4096);
    sightings_free(s);
}

static void times_at_the_ends_do_not_overflow(void **state)
{
    struct sightings *s = make(INT64_MAX, 10);

    (void)state;
    assert_int_equal(see(s, 1, INT64_MIN, 0).sighting, SIGHTING_FIRST);
    assert_int_equal(see(s, 1, INT64_MAX, 0).sighting, SIGHTING_FIRST);
    sightings_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_the_horizon_it_is_an_update),
        cmocka_unit_test(an_update_from_another_source_says_so),
        cmocka_unit_test(what_was_looked_at_and_not_kept_was_never_there),
        cmocka_unit_test(at_the_cap_new_ids_are_not_remembered_until_old_ones_are_forgotten),
        cmocka_unit_test(forgotten_ids_make_room_and_memory_stays_bounded),
        cmocka_unit_test(times_at_the_ends_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
