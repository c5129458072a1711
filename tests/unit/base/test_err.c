/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/err.h"
#include "support/check.h"

static void the_status_comes_back_with_the_message_set(void **state)
{
    struct err err = { 0 };

    (void)state;
    assert_int_equal(err_set(&err, ST_REJECT, "rating %d", 7), ST_REJECT);
    assert_string_equal(err.msg, "rating 7");
    err_prefix(&err, "%s:%d", "f", 3);
    assert_string_equal(err.msg, "f:3: rating 7");
}

static void long_messages_are_cut_never_overrun(void **state)
{
    struct {
        struct err err;
        char guard[16];
    } it = { { "" }, "guard" };
    char longer[3 * ERR_MSG_MAX];

    (void)state;
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    err_set(&it.err, ST_FATAL, "%s", longer);
    assert_int_equal(strlen(it.err.msg), ERR_MSG_MAX - 1);
    err_prefix(&it.err, "%s", longer);
    assert_int_equal(strlen(it.err.msg), ERR_MSG_MAX - 1);
    /* A long context is cut to half, so that the message itself still shows. */
    assert_string_equal(it.err.msg + ERR_MSG_MAX - 3, "xx");
    assert_non_null(strstr(it.err.msg, ": x"));
    assert_string_equal(it.guard, "guard");
}

static void every_status_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(status_name(ST_OK), "ok");
    assert_string_equal(status_name(ST_REJECT), "reject");
    assert_string_equal(status_name(ST_RETRY), "retry");
    assert_string_equal(status_name(ST_FATAL), "fatal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_comes_back_with_the_message_set),
        cmocka_unit_test(long_messages_are_cut_never_overrun),
        cmocka_unit_test(every_status_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
