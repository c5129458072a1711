/* SPDX-License-Identifier: MIT */
/* Broken UTF-8 and what Python's bytes.decode("utf-8", "replace") makes of it. */
#include "support/check.h"

#include "base/utf8.h"

static const struct {
    const char *in;
    const char *want;
    size_t repaired;
} cases[] = {
    { "", "", 0 },
    { "plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
      "plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", 0 },
    { "\x80", "\xEF\xBF\xBD", 1 },
    { "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD", 2 },
    { "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3 },
    { "\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 4 },
    { "\x61\xE2\x82\x62", "\x61\xEF\xBF\xBD\x62", 1 },
    { "\xE2\x82", "\xEF\xBF\xBD", 1 },
    { "\xF0\x9F\x98", "\xEF\xBF\xBD", 1 },
    { "\xF0\x9F\x98\x80\x78", "\xF0\x9F\x98\x80\x78", 0 },
    { "\xC3\xA9\xFF", "\xC3\xA9\xEF\xBF\xBD", 1 },
    { "\xF8\x88\x80\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 5 },
    { "\xF0\x80\x80\x41", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\x41", 3 },
    { "\xE0\x9F\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3 },
};

static void repair(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slice in = slice_str(cases[i].in);
        struct buf out;

        buf_init(&out, 64);
        assert_int_equal(utf8_repair(in, &out), cases[i].repaired);
        assert_true(slice_is(buf_slice(&out), cases[i].want));
        assert_int_equal(utf8_valid(in), cases[i].repaired == 0);
        assert_true(utf8_valid(buf_slice(&out)));
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(repair) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
