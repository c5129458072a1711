/* SPDX-License-Identifier: MIT */
/* /readyz: every combination of what makes a consumer ready or not, written out. */
#include "support/check.h"

#include <string.h>

#include "obs/ready.h"

/* Facts and verdict of one combination. Facts: partitions (w waiting, s standby, o owned), restored
 * (r, else -), input (i, else -), commit within 30 s (c, else -), a circuit open (x, else -).
 * Verdict: the checks that are not met, by their first letters, or "ready". */
struct row {
    const char *facts;
    const char *unmet;
};

static const struct row rows[] = {
    { "w----", "a" },     { "w---x", "a ci" },  { "w--c-", "a" },     { "w--cx", "a ci" },
    { "w-i--", "a" },     { "w-i-x", "a ci" },  { "w-ic-", "a" },     { "w-icx", "a ci" },
    { "wr---", "a" },     { "wr--x", "a ci" },  { "wr-c-", "a" },     { "wr-cx", "a ci" },
    { "wri--", "a" },     { "wri-x", "a ci" },  { "wric-", "a" },     { "wricx", "a ci" },
    { "s----", "ready" }, { "s---x", "ci" },    { "s--c-", "ready" }, { "s--cx", "ci" },
    { "s-i--", "ready" }, { "s-i-x", "ci" },    { "s-ic-", "ready" }, { "s-icx", "ci" },
    { "sr---", "ready" }, { "sr--x", "ci" },    { "sr-c-", "ready" }, { "sr-cx", "ci" },
    { "sri--", "ready" }, { "sri-x", "ci" },    { "sric-", "ready" }, { "sricx", "ci" },
    { "o----", "r" },     { "o---x", "r ci" },  { "o--c-", "r" },     { "o--cx", "r ci" },
    { "o-i--", "r" },     { "o-i-x", "r ci" },  { "o-ic-", "r" },     { "o-icx", "r ci" },
    { "or---", "ready" }, { "or--x", "ci" },    { "or-c-", "ready" }, { "or-cx", "ci" },
    { "ori--", "co" },    { "ori-x", "co ci" }, { "oric-", "ready" }, { "oricx", "ci" },
};

static struct ready_facts facts_of(const char *s)
{
    return (struct ready_facts){
        .parts = s[0] == 'w'   ? PARTS_WAITING
                 : s[0] == 's' ? PARTS_STANDBY
                               : PARTS_OWNED,
        .restored = s[1] == 'r',
        .input = s[2] == 'i',
        .commit_age = s[3] == 'c' ? READY_COMMIT_MS - 1 : READY_COMMIT_MS,
        .circuits_open = s[4] == 'x' ? 2 : 0,
    };
}

static void every_combination(void **state)
{
    static const char *const letters[READY_N] = { "a", "r", "co", "ci" };

    (void)state;
    assert_int_equal(sizeof(rows) / sizeof(rows[0]), 3 * 2 * 2 * 2 * 2);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct ready_facts f = facts_of(rows[i].facts);
        struct ready_verdict v[READY_N];
        struct buf unmet;
        bool ready = ready_judge(&f, v);

        buf_init(&unmet, 32);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rows[k].facts, rows[i].facts);
        for (int c = 0; c < READY_N; c++) {
            if (v[c].ok)
                continue;
            assert_true(v[c].why[0] != '\0');
            buf_fmt(&unmet, "%s%s", unmet.n > 0 ? " " : "", letters[c]);
        }
        assert_int_equal(ready, unmet.n == 0);
        buf_str(&unmet, ready ? "ready" : "");
        buf_byte(&unmet, '\0');
        if (strcmp(unmet.p, rows[i].unmet) != 0)
            fail_msg("%s: %s, want %s", rows[i].facts, unmet.p, rows[i].unmet);
        buf_release(&unmet);
    }
}

static void reasons_are_for_people(void **state)
{
    const struct ready_facts stuck = { PARTS_OWNED, true, true, 95000, 0 };
    const struct ready_facts idle = { PARTS_STANDBY, false, false, 0, 0 };
    struct ready_verdict v[READY_N];

    (void)state;
    assert_false(ready_judge(&stuck, v));
    assert_string_equal(v[READY_COMMIT].why, "there is input, and no commit for 95 s");
    assert_true(ready_judge(&idle, v));
    assert_string_equal(v[READY_ASSIGNED].why, "standby: no partition is left for us");
}

static void the_page_names_every_check(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 16);
    ready_print_doc(&b);
    buf_byte(&b, '\0');
    assert_false(buf_failed(&b));
    for (int c = 0; c < READY_N; c++)
        assert_non_null(strstr(b.p, ready_check_name((enum ready_check)c)));
    assert_non_null(strstr(b.p, "| **no** | state is being restored |"));
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination),
        cmocka_unit_test(reasons_are_for_people),
        cmocka_unit_test(the_page_names_every_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
