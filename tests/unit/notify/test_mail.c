/* SPDX-License-Identifier: MIT */
/* Headers that may not be, bodies that may be anything, and what answers mean. */
#include "support/check.h"

#include <string.h>

#include "base/utf8.h"
#include "net/mail.h"
#include "net/smtp.h"
#include "net/sns.h"

static const struct mail plain = {
    .from = "absa@example.org",
    .to = { "me@example.org" },
    .n_to = 1,
    .subject = { "drift", 5 },
    .text = { "text\n.\nmore", 11 },
    .html = { "<p>", 3 },
    .key = { "0123abcd", 8 },
    .date = "Mon, 23 Nov 2026 18:00:00 +0000",
    .state = "firing",
};

static enum status write_mail(const struct mail *m, struct buf *out)
{
    struct err err = { 0 };

    buf_init(out, MAIL_BYTES_MAX);
    enum status st = mail_write(m, out, &err);
    buf_byte(out, '\0');
    return st;
}

static void test_a_mail(void **state)
{
    struct buf b;

    (void)state;
    assert_int_equal(write_mail(&plain, &b), ST_OK);
    assert_non_null(strstr(b.p, "From: absa-drift <absa@example.org>\r\nTo: <me@example.org>\r\n"));
    assert_non_null(strstr(b.p, "\r\nSubject: drift\r\n"));
    assert_non_null(strstr(b.p, "\r\nMessage-ID: <0123abcd@example.org>\r\n"));
    assert_non_null(strstr(b.p, "\r\n\r\ndGV4dAouCm1vcmU=\r\n"));
    assert_null(strstr(b.p, "\n."));
    for (const char *p = strchr(b.p, '\n'); p; p = strchr(p + 1, '\n'))
        assert_int_equal(p[-1], '\r');
    buf_release(&b);
}

static void test_headers_are_refused(void **state)
{
    static const char *const addresses[] = {
        "a@b\r\nBcc: x@y", "a@b\n", "a@b>",       "<a@b", "a b@c", "a@b,c@d", "@b", "a@", "ab",
        "a@b@c",           "",      "\xc3\xa4@b",
    };
    static const struct slice subjects[] = {
        { "a\r\nBcc: x@y", 12 }, { "a\nb", 3 }, { "a\0b", 3 }, { "a\x7f", 2 }, { "\xff", 1 }
    };
    struct mail m = plain;
    struct buf b;

    (void)state;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        m = plain;
        m.to[0] = addresses[i];
        assert_int_equal(write_mail(&m, &b), ST_REJECT);
        buf_release(&b);
        m = plain;
        m.from = addresses[i];
        assert_int_equal(write_mail(&m, &b), ST_REJECT);
        buf_release(&b);
    }
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        m = plain;
        m.subject = subjects[i];
        assert_int_equal(write_mail(&m, &b), ST_REJECT);
        buf_release(&b);
    }
    m = plain;
    m.key = (struct slice){ "a>\r\nb", 5 };
    assert_int_equal(write_mail(&m, &b), ST_REJECT);
    buf_release(&b);
}

/* 60 times a character of three bytes: words of at most 75 columns, none cut. */
static void test_encoded_subject(void **state)
{
    char text[180];
    struct mail m = plain;
    struct buf b;
    size_t words = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i += 3)
        memcpy(text + i, "\xe2\x96\x88", 3);
    m.subject = (struct slice){ text, sizeof(text) };
    assert_int_equal(write_mail(&m, &b), ST_OK);
    for (const char *p = strstr(b.p, "=?UTF-8?B?"); p; p = strstr(p + 1, "=?UTF-8?B?")) {
        const char *end = strstr(p, "?=");

        assert_non_null(end);
        assert_true(end + 2 - p <= 75);
        assert_memory_equal(p, "=?UTF-8?B?4paI4paI", 18); /* begins with a whole character */
        words++;
    }
    assert_int_equal(words, 5);
    buf_release(&b);
}

static void test_what_answers_mean(void **state)
{
    const struct slice none = { NULL, 0 };

    (void)state;
    assert_int_equal(smtp_how(421), EFFECT_RETRY);
    assert_int_equal(smtp_how(451), EFFECT_RETRY);
    assert_int_equal(smtp_how(535), EFFECT_HOLD);
    assert_int_equal(smtp_how(530), EFFECT_HOLD);
    assert_int_equal(smtp_how(550), EFFECT_REFUSED);
    assert_int_equal(sns_how(200, none), EFFECT_SENT);
    assert_int_equal(sns_how(401, none), EFFECT_HOLD);
    assert_int_equal(sns_how(403, none), EFFECT_HOLD);
    assert_int_equal(sns_how(404, none), EFFECT_REFUSED);
    assert_int_equal(sns_how(400, slice_str("<Error><Code>Throttling</Code>")), EFFECT_RETRY);
    assert_int_equal(sns_how(400, slice_str("<Code>InvalidParameter</Code>")), EFFECT_REFUSED);
    assert_int_equal(sns_how(400, slice_str("<Code>RequestExpired</Code>")), EFFECT_HOLD);
    assert_int_equal(sns_how(400, slice_str("<Code>RequestTimeTooSkewed</Code>")), EFFECT_HOLD);
    assert_int_equal(sns_how(429, none), EFFECT_RETRY);
    assert_int_equal(sns_how(503, none), EFFECT_RETRY);
}

static void test_sns_clock(void **state)
{
    const struct slice body = slice_str("<Error><Code>SignatureDoesNotMatch</Code></Error>");
    char why[EFFECT_WHY_MAX];

    (void)state;
    sns_explain(403, body, SNS_CLOCK_OFF_S - 1, why, sizeof(why));
    assert_string_equal(why, "HTTP 403 SignatureDoesNotMatch");
    sns_explain(403, body, -1834, why, sizeof(why));
    assert_string_equal(why, "HTTP 403 SignatureDoesNotMatch: the clock here is 1834 s behind "
                             "theirs, set it (timedatectl)");
    sns_explain(400, slice_str("<Code>RequestExpired</Code>"), 7200, why, sizeof(why));
    assert_string_equal(why, "HTTP 400 RequestExpired: the clock here is 7200 s ahead of theirs, "
                             "set it (timedatectl)");
    sns_explain(503, body, 7200, why, sizeof(why)); /* who cannot answer need not be right */
    assert_string_equal(why, "HTTP 503 SignatureDoesNotMatch");
    sns_explain(403, body, INT64_MAX, why, sizeof(why));
    assert_true(strlen(why) < sizeof(why) - 1);
}

static void test_cut_between_characters(void **state)
{
    static char text[SNS_MESSAGE_MAX + 10];
    struct slice s = { text, sizeof(text) };

    (void)state;
    memset(text, 'a', sizeof(text));
    for (size_t lead = 0; lead < 4; lead++) { /* a character of three bytes over the cut */
        memset(text, 'a', sizeof(text));
        memcpy(text + SNS_MESSAGE_MAX - lead, "\xe2\x96\x88", 3);
        size_t want = lead == 1 || lead == 2 ? SNS_MESSAGE_MAX - lead : SNS_MESSAGE_MAX;

        assert_int_equal(utf8_cut(s, SNS_MESSAGE_MAX).n, want);
    }
    s.n = SNS_MESSAGE_MAX;
    assert_int_equal(utf8_cut(s, SNS_MESSAGE_MAX).n, SNS_MESSAGE_MAX);
}

static void test_sns_subject(void **state)
{
    char text[300];
    struct buf b;

    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, "a\n\xc3\xa4z", 5);
    buf_init(&b, 400);
    sns_subject((struct slice){ text, sizeof(text) }, &b);
    assert_int_equal(b.n, SNS_SUBJECT_MAX);
    assert_memory_equal(b.p, "a??zxx", 6);
    buf_release(&b);
}

static void test_loopback(void **state)
{
    (void)state;
    assert_true(net_is_loopback("smtp://127.0.0.1:25"));
    assert_true(net_is_loopback("http://localhost/"));
    assert_true(net_is_loopback("smtp://[::1]"));
    assert_false(net_is_loopback("smtp://127.0.0.1.evil.org"));
    assert_false(net_is_loopback("smtp://localhost@evil.org"));
    assert_false(net_is_loopback("smtp://localhost:x@evil.org"));
    assert_false(net_is_loopback("127.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mail),
        cmocka_unit_test(test_headers_are_refused),
        cmocka_unit_test(test_encoded_subject),
        cmocka_unit_test(test_what_answers_mean),
        cmocka_unit_test(test_cut_between_characters),
        cmocka_unit_test(test_sns_subject),
        cmocka_unit_test(test_sns_clock),
        cmocka_unit_test(test_loopback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
