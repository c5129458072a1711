/* SPDX-License-Identifier: MIT */
/* Whatever the bytes are, what comes out is text: no tag, no quote, no entity that was
 * not made here, nothing that acts, valid UTF-8; and it can be read back. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/html.h"
#include "support/prop.h"
#include "text/visible.h"

enum { LEN_MAX = 64, OUT_MAX = 1 << 16 };

static const char *const pieces[] = {
    "<script>alert(1)</script>",
    "\"",
    "'",
    "&",
    "&lt;",
    "</td>",
    "\xE2\x80\xAE\xE2\x80\xAC",
    "\xE2\x81\xA6\xE2\x81\xA9",
    "\x1b[2J",
    "\xC3",
    "\xE6\x9D\xB1",
    "\xF0\x9F\x98\x80",
    "]]>",
    "-->",
    "\r\n",
    "\xFF",
};

struct entity {
    const char *text;
    char c;
};

/* What stands at the head of s, or NULL. */
static const struct entity *entity_of(struct slice s)
{
    static const struct entity all[] = {
        { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&#39;", '\'' },
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (s.n >= strlen(all[i].text) && memcmp(s.p, all[i].text, strlen(all[i].text)) == 0)
            return &all[i];
    }
    return NULL;
}

/* The entities back to what they stand for. */
static void read_back(struct slice s, struct buf *out)
{
    while (s.n > 0) {
        const struct entity *e = entity_of(s);
        const size_t n = e ? strlen(e->text) : 1;

        assert_true(e || s.p[0] != '&');
        buf_add(out, e ? &e->c : s.p, 1);
        s = (struct slice){ s.p + n, s.n - n };
    }
}

static void check(struct slice s)
{
    struct buf html;
    struct buf back;
    struct buf want;

    buf_init(&html, OUT_MAX);
    buf_init(&back, OUT_MAX);
    buf_init(&want, OUT_MAX);
    html_whole(&html, s);
    for (size_t i = 0; i < html.n; i++) {
        const unsigned char c = (unsigned char)html.p[i];

        assert_false(c == '<' || c == '>' || c == '"' || c == '\'' || c < 0x20 || c == 0x7f);
    }
    assert_true(utf8_valid(buf_slice(&html)));
    read_back(buf_slice(&html), &back);
    visible_add(s, &want);
    assert_true(slice_eq(buf_slice(&back), buf_slice(&want)));
    buf_release(&want);
    buf_release(&back);
    buf_release(&html);
}

static void test_any_bytes(void **state)
{
    struct prop p = prop_begin(2000);

    (void)state;
    for (int i = 0; i < p.cases; i++) {
        struct buf b;

        buf_init(&b, OUT_MAX);
        for (uint64_t n = prop_below(&p, LEN_MAX); n > 0; n--) {
            if (prop_below(&p, 3) == 0)
                buf_str(&b, pieces[prop_below(&p, sizeof(pieces) / sizeof(pieces[0]))]);
            else
                buf_byte(&b, (char)prop_below(&p, 256));
        }
        check(buf_slice(&b));
        buf_release(&b);
    }
}

static void expect(void (*put)(struct buf *, double), double x, const char *want)
{
    struct buf b;

    buf_init(&b, OUT_MAX);
    put(&b, x);
    assert_true(slice_is(buf_slice(&b), want));
    buf_release(&b);
}

static void put_count(struct buf *out, double x)
{
    html_count(out, (int64_t)x);
}

static void put_minute(struct buf *out, double x)
{
    html_minute(out, (int64_t)x);
}

static void test_numbers(void **state)
{
    (void)state;
    expect(put_count, 0, "0");
    expect(put_count, 999, "999");
    expect(put_count, 1000, "1,000");
    expect(put_count, -1234567, "-1,234,567");
    expect(html_share, 0.1234, "12.3 %");
    expect(html_share, (double)NAN, "\xE2\x80\x93");
    expect(html_number, 0.000123456, "0.000123");
    expect(put_minute, 1753228800000.0, "2025-07-23 00:00");
}

static void test_long_text_is_cut(void **state)
{
    struct slice s = { NULL, 3 * HTML_TEXT_MAX };
    char *text = malloc(s.n);
    struct buf b;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', s.n);
    s.p = text;
    buf_init(&b, OUT_MAX);
    html_text(&b, s);
    assert_int_equal(b.n, HTML_TEXT_MAX + 3);
    buf_release(&b);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_long_text_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
