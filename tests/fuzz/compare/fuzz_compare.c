/* SPDX-License-Identifier: MIT */
/* fuzz_compare.c -- any two files are compared or refused: no crash, no NaN, and the
 * report is JSON. The two are what stands before and after the first NUL byte. */
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "cli/compare/column.h"
#include "cli/compare/table.h"
#include "support/must.h"

#define OUT_MAX ((size_t)64 << 20)

static void print_all(const struct report *r)
{
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, OUT_MAX);
    must(report_json(r, &out, &err) == ST_OK);
    json_t *back = json_loadb(out.p, out.n, JSON_ALLOW_NUL, NULL);
    must(back != NULL);
    json_decref(back);
    buf_clear(&out);
    must(report_text(r, &out, &err) == ST_OK);
    buf_clear(&out);
    must(report_html(r, &out, &err) == ST_OK);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *cut = size > 0 ? memchr(text, '\0', size) : NULL;
    struct slice a = { text, cut ? (size_t)(cut - text) : size };
    struct slice b = cut ? (struct slice){ cut + 1, size - a.n - 1 } : a;
    struct report r = { .ref_name = "a", .cur_name = "b" };
    struct err err = { 0 };
    struct table ref;
    struct table cur;

    table_init(&ref);
    table_init(&cur);
    if (table_read(&ref, a, &err) == ST_OK && table_read(&cur, b, &err) == ST_OK) {
        must(report_make(&r, &ref, &cur, NULL, 0, &err) == ST_OK);
        print_all(&r);
    }
    report_release(&r);
    table_release(&ref);
    table_release(&cur);
    return 0;
}
