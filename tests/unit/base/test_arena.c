/* SPDX-License-Identifier: MIT */
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "support/check.h"
#include "support/prop.h"

static void memory_is_aligned_and_does_not_overlap(void **state)
{
    enum { N = 300 };
    struct prop p = prop_begin(1);
    struct arena *a = arena_new(64 << 20);
    unsigned char *at[N];
    size_t len[N];

    (void)state;
    for (int i = 0; i < N; i++) {
        len[i] = (size_t)prop_below(&p, i % 50 == 0 ? 200000 : 500);
        at[i] = arena_alloc(a, len[i]);
        assert_non_null(at[i]);
        assert_int_equal((uintptr_t)at[i] % alignof(max_align_t), 0);
        memset(at[i], i & 0xff, len[i]);
    }
    for (int i = 0; i < N; i++) {
        for (size_t k = 0; k < len[i]; k++)
            assert_int_equal(at[i][k], i & 0xff);
    }
    arena_free(a);
}

static void the_maximum_holds(void **state)
{
    struct arena *a = arena_new(1 << 20);

    (void)state;
    assert_null(arena_alloc(a, (1 << 20) + 64));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_array(a, SIZE_MAX / 2, 3));
    assert_non_null(arena_alloc(a, 1 << 19));
    assert_null(arena_alloc(a, (1 << 19) + 64));
    assert_non_null(arena_alloc(a, 1000));
    arena_free(a);
}

/* A warm arena gives the same memory again: nothing grows from batch to batch. */
static void a_reset_keeps_the_blocks(void **state)
{
    struct arena *a = arena_new(1 << 20);
    void *first = arena_alloc(a, 100);

    (void)state;
    for (int round = 0; round < 1000; round++) {
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
        assert_ptr_equal(arena_alloc(a, 100), first);
        assert_non_null(arena_alloc(a, 700000)); /* twice would pass the maximum */
    }
    arena_free(a);
}

static void zeroed_memory_is_zero_after_a_reset_too(void **state)
{
    static const char zero[5000];
    struct arena *a = arena_new(1 << 20);
    char *p = arena_alloc(a, sizeof(zero));

    (void)state;
    memset(p, 0xaa, sizeof(zero));
    arena_reset(a);
    assert_memory_equal(arena_zalloc(a, sizeof(zero)), zero, sizeof(zero));
    arena_reset(a);
    assert_memory_equal(arena_array(a, 50, 100), zero, sizeof(zero));
    arena_free(a);
}

static void a_copy_ends_with_a_nul(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct slice s = arena_copy(a, (struct slice){ "abcdef", 3 });

    (void)state;
    assert_string_equal(s.p, "abc");
    assert_int_equal(s.n, 3);
    s = arena_copy(a, (struct slice){ NULL, 0 });
    assert_string_equal(s.p, "");
    assert_null(arena_copy(a, (struct slice){ "x", SIZE_MAX }).p);
    arena_free(a);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_does_not_overlap),
        cmocka_unit_test(the_maximum_holds),
        cmocka_unit_test(a_reset_keeps_the_blocks),
        cmocka_unit_test(zeroed_memory_is_zero_after_a_reset_too),
        cmocka_unit_test(a_copy_ends_with_a_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
