/* SPDX-License-Identifier: MIT */
/* Canaries: each through every hop, once; whoever is lost or doubled is named. */
#include <string.h>

#include "cli/canary/account.h"
#include "support/check.h"

static void met_everywhere(struct account *a, const char *ids, int64_t now)
{
    for (int hop = 0; hop < HOP_N; hop++)
        account_met(a, (enum canary_hop)hop, slice_str(ids), now + hop);
}

static bool report(const struct account *a, struct buf *out)
{
    buf_clear(out);
    bool well = account_report(a, out);
    buf_byte(out, '\0');
    return well;
}

static void all_come_through(void **state)
{
    struct account a;
    struct err err = { 0 };
    struct buf out;
    char id[CANARY_ID_MAX];

    (void)state;
    buf_init(&out, 4096);
    assert_int_equal(account_init(&a, "run", 3, &err), ST_OK);
    for (size_t i = 0; i < 3; i++)
        account_sent(&a, i, 1000);
    account_id(&a, 2, id);
    assert_string_equal(id, "run-2");
    met_everywhere(&a, "run-0,other-1,run-1", 1100);
    met_everywhere(&a, "run-3,run-,run,-1,,run-x", 1100); /* none of ours */
    assert_false(account_complete(&a));
    met_everywhere(&a, "run-2", 1500);
    assert_true(account_complete(&a));
    assert_true(report(&a, &out));
    assert_string_equal(out.p, "comments     3 of 3   median    100 ms   longest    500 ms\n"
                               "scores       3 of 3   median    101 ms   longest    501 ms\n"
                               "panes        3 of 3   median    102 ms   longest    502 ms\n");
    account_release(&a);
    buf_release(&out);
}

static void who_is_lost_is_named(void **state)
{
    struct account a;
    struct err err = { 0 };
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    assert_int_equal(account_init(&a, "run", 4, &err), ST_OK);
    met_everywhere(&a, "run-0", 5);
    account_met(&a, HOP_COMMENTS, slice_str("run-1"), 5);
    met_everywhere(&a, "run-2", 5);
    account_met(&a, HOP_SCORES, slice_str("run-2"), 6);
    account_dead(&a, slice_str("run-3,other"));
    assert_false(account_complete(&a)); /* run-1 may still come */
    assert_false(report(&a, &out));
    assert_non_null(strstr(out.p, "\nrun-1 was not met in absa.scores\n"
                                  "run-2 was met more than once in absa.scores\n"
                                  "run-3 is a dead letter\n"));
    assert_null(strstr(out.p, "run-0"));
    account_release(&a);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_come_through),
        cmocka_unit_test(who_is_lost_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
