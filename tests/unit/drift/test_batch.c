/* SPDX-License-Identifier: MIT */
/* What pane keeps between two commits: which tally is whose, and when it is enough. */
#include "support/check.h"

#include <stdlib.h>

#include "consumers/drift/batch.h"
#include "support/drift/stream.h"

#define MINUTE INT64_C(60000)

struct fixture {
    struct baseline *base;
    struct spare spare;
    struct batch batch;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->base = stream_baseline(500);
    f->spare.base = f->base;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    batch_release(&f->batch, &f->spare);
    spare_release(&f->spare);
    baseline_free(f->base);
    free(f);
    return 0;
}

static struct tally *find(struct fixture *f, int64_t minute, size_t segment)
{
    struct tally *t = batch_find(&f->batch, &f->spare, minute * MINUTE, segment);

    assert_non_null(t);
    return t;
}

/* In whichever order panes and segments are met. */
static void test_one_tally_a_pane_and_segment(void **state)
{
    struct fixture *f = *state;
    static const int64_t minutes[] = { 5, 2, 9, 5, 2, -3, 9 };
    struct tally *first[10][3] = { { NULL } };

    for (size_t i = 0; i < sizeof(minutes) / sizeof(*minutes); i++) {
        for (size_t segment = 3; segment-- > 0;) {
            struct tally **kept = &first[minutes[i] < 0 ? 0 : minutes[i]][segment];
            struct tally *t = find(f, minutes[i], segment);

            assert_true(!*kept || *kept == t);
            *kept = t;
        }
    }
    assert_int_equal(f->batch.n, 12);
    assert_int_equal(f->batch.panes, 4);
    for (size_t i = 1; i < f->batch.n; i++) {
        const struct slot *a = &f->batch.v[i - 1];
        const struct slot *b = &f->batch.v[i];

        assert_true(a->start_ms < b->start_ms ||
                    (a->start_ms == b->start_ms && a->segment < b->segment));
    }
}

/* Another segment of a pane is no pane more. */
static void test_full_by_panes(void **state)
{
    struct fixture *f = *state;

    for (int64_t i = 0; i < BATCH_PANES; i++) {
        (void)find(f, 100 - i, 0);
        (void)find(f, 100 - i, 1);
        assert_false(batch_is_full(&f->batch));
    }
    (void)find(f, 1000, 0);
    assert_true(batch_is_full(&f->batch));
}

static void test_full_by_bytes(void **state)
{
    struct fixture *f = *state;
    size_t segment = 0;
    struct tally *last = NULL;

    while (!batch_is_full(&f->batch))
        last = find(f, 0, segment++);
    assert_int_equal(f->batch.panes, 1);
    assert_in_range(f->batch.bytes, BATCH_BYTES + 1, BATCH_BYTES + tally_wire_size(last));
}

/* Emptied ones come again, as new; no more of them are kept than so many. */
static void test_tallies_are_used_again(void **state)
{
    struct fixture *f = *state;
    struct tally *t = find(f, 0, 0);

    t->late = 7;
    batch_clear(&f->batch, &f->spare);
    assert_int_equal(f->batch.n + f->batch.panes + f->batch.bytes, 0);
    assert_ptr_equal(find(f, 44, 3), t);
    assert_int_equal(t->late, 0);
    for (size_t i = 0; i < 2 * (size_t)BATCH_SPARE; i++)
        (void)find(f, 1, i);
    batch_clear(&f->batch, &f->spare);
    assert_int_equal(f->spare.n, BATCH_SPARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_tally_a_pane_and_segment, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_by_panes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_by_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tallies_are_used_again, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
