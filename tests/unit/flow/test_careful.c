/* SPDX-License-Identifier: MIT */
/* What a start makes of the attempts that it finds, also of those that version 0.1 wrote (0, 1, 2:
 * starts; 3 and more: a record alone), and what it commits of them. */
#include "support/check.h"

#include "flow/inner.h"

static struct part started(uint32_t attempts)
{
    struct part p = { .done = { .offset = 7, .meta = { .attempts = attempts } }, .wary = 99 };

    flow_take_deaths(&p);
    return p;
}

static void test_found(void **state)
{
    static const struct {
        uint32_t found;
        enum care care;
        uint32_t kept;
    } rows[] = {
        { 0, CARE_NONE, 0 },  { 1, CARE_CHILD, 1 }, { 2, CARE_ALONE, 3 },
        { 3, CARE_ALONE, 3 }, { 4, CARE_ALONE, 4 }, { 6, CARE_ALONE, 6 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct part p = started(rows[i].found);

        assert_int_equal(p.care, rows[i].care);
        assert_int_equal(p.done.meta.attempts, rows[i].kept);
        assert_int_equal(p.counted, rows[i].care == CARE_ALONE);
        /* a mark or a hello before the first record leaves the count as it was */
        assert_int_equal(flow_attempts(&p), rows[i].kept);
    }
}

static void test_committed(void **state)
{
    struct part p = started(1);

    (void)state;
    p.counted = true;
    p.wary = 10;
    p.done.meta.attempts = META_AGAIN;
    assert_int_equal(flow_attempts(&p), META_AGAIN);
    p.lived = true;
    assert_int_equal(flow_attempts(&p), META_STARTED);
    p.care = CARE_ALONE;
    assert_int_equal(flow_attempts(&p), META_ALONE);
    p.wary = 0;
    assert_int_equal(flow_attempts(&p), 0);
}

/* Records that an earlier process committed are no suspects. */
static void test_known(void **state)
{
    struct part p = started(1);

    (void)state;
    for (int i = 0; i < 5; i++)
        p.queue[i].rec.offset = 4 + i;
    p.n = 5;
    assert_int_equal(flow_known(&p), 3);
    p.first = 3;
    p.n = 2;
    assert_int_equal(flow_known(&p), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_committed),
        cmocka_unit_test(test_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
