/* SPDX-License-Identifier: MIT */
/* Which partitions wait: a table of small cases, and the promise that nobody
 * waits for ever, for thousands of random ones. */
#include "support/check.h"

#include "flow/align.h"
#include "record/types.h"
#include "support/prop.h"

enum { SKEW = 600, LANES_MAX = 8 };

/* Lanes as text, one a letter: what is paused comes out as '#'. */
struct lane_case {
    const char *name;
    size_t n;
    struct lane in[4];
    const char *want;
};

static const struct lane_case cases[] = {
    { "alone", 1, { { 9000, false, false } }, "." },
    { "just as far as allowed", 2, { { 0, false, false }, { 600, false, false } }, ".." },
    { "too far", 2, { { 0, false, false }, { 601, false, false } }, ".#" },
    { "waits until it is half as far", 2, { { 299, false, false }, { 600, false, true } }, ".#" },
    { "goes on", 2, { { 300, false, false }, { 600, false, true } }, ".." },
    { "an idle one is not waited for", 2, { { 0, true, false }, { 5000, false, true } }, ".." },
    { "nor does it wait", 2, { { 0, false, false }, { 5000, true, false } }, ".." },
    { "an ended one is idle", 2, { { 0, false, false }, { WM_END, false, true } }, ".." },
    { "nor is it waited for", 2, { { WM_END, false, false }, { 7, false, true } }, ".." },
    { "unknown may be far behind", 2, { { WM_NONE, false, false }, { 7, false, false } }, ".#" },
    { "unknown and at its end", 2, { { WM_NONE, true, false }, { 7, false, true } }, ".." },
    { "nothing is known", 2, { { WM_NONE, false, false }, { WM_NONE, false, false } }, ".." },
    { "all others",
      4,
      { { 9, false, true }, { 0, true, true }, { 700, false, false }, { 5000, false, true } },
      "..##" },
    { "before 1970", 2, { { -5000, false, false }, { -4000, false, false } }, ".#" },
    { "the end of time", 2, { { WM_END - 1, false, true }, { WM_END - 9, false, true } }, ".." },
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        struct lane v[4];
        size_t want = 0;

        for (size_t i = 0; i < cases[k].n; i++)
            v[i] = cases[k].in[i];
        size_t n = align(v, cases[k].n, SKEW);
        for (size_t i = 0; i < cases[k].n; i++) {
            want += cases[k].want[i] == '#';
            if (v[i].paused != (cases[k].want[i] == '#'))
                fail_msg("%s: lane %zu", cases[k].name, i);
        }
        assert_int_equal(n, want);
    }
}

static bool may_move(const struct lane *l)
{
    return !l->idle && !l->paused;
}

/* Whoever has something to read is read, or waits for somebody who is. */
static void test_nobody_waits_for_ever(void **state)
{
    struct prop p = prop_begin(20000);

    (void)state;
    for (int k = 0; k < p.cases; k++) {
        struct lane v[LANES_MAX];
        size_t n = 1 + (size_t)prop_below(&p, LANES_MAX);
        size_t moving = 0;

        for (size_t i = 0; i < n; i++) {
            v[i] = (struct lane){ (int64_t)prop_below(&p, 4000), prop_below(&p, 3) == 0,
                                  prop_below(&p, 2) == 0 };
            if (prop_below(&p, 5) == 0)
                v[i].time_ms = prop_below(&p, 2) ? WM_NONE : WM_END;
        }
        size_t paused = align(v, n, (int64_t)prop_below(&p, 2000));
        for (size_t i = 0; i < n; i++)
            moving += may_move(&v[i]);
        if (paused > 0 && moving == 0)
            fail_msg("%zu wait for nobody", paused);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_nobody_waits_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
