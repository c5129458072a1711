/* SPDX-License-Identifier: MIT */
/* fuzz_report.c -- any lines are a report or refused: no crash, and every tag of the page
 * is one of ours. The first byte of a line says which file it is of. */
#include <stdint.h>
#include <string.h>

#include "report/page.h"
#include "report/run.h"
#include "support/must.h"

enum { ROWS = 400 };

static const char *const tags[] = {
    "!doctype", "html",    "head", "meta",    "title", "style", "body",  "header",
    "h1",       "h2",      "h3",   "p",       "main",  "dl",    "div",   "dt",
    "dd",       "nav",     "a",    "section", "table", "thead", "tbody", "tr",
    "th",       "td",      "span", "svg",     "path",  "text",  "tspan", "details",
    "figure",   "summary", "code", "pre",     "em",
};

static const struct baseline *baseline(void)
{
    static struct baseline *b;
    static double x[ROWS];
    static double y[ROWS];
    const double *const columns[] = { x, y };
    const char *const names[] = { "x", "y" };
    struct baseline_input in = { .names = names, .columns = columns, .n = 2, .rows = ROWS };
    struct err err = { 0 };

    if (b)
        return b;
    in.bundle_sha256 = "0000000000000000000000000000000000000000000000000000000000000000";
    for (int i = 0; i < ROWS; i++) {
        x[i] = i % 37;
        y[i] = i % 3;
    }
    must(baseline_build(&in, &b, &err) == ST_OK);
    b->id[0] = '\0'; /* so that a line can name it */
    return b;
}

static bool is_ours(const char *p, const char *end)
{
    p += *p == '/' ? 1 : 0;
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        const size_t n = strlen(tags[i]);

        if ((size_t)(end - p) > n && memcmp(p, tags[i], n) == 0 && (p[n] == '>' || p[n] == ' '))
            return true;
    }
    return false;
}

static void check_page(struct run *run)
{
    const struct run_end end = { { "{}", 2 }, { "<b>", 3 }, "1" };
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, PAGE_BYTES_MAX);
    must(run_render(run, &end, &out, &err) == ST_OK);
    for (const char *p = out.p; (p = memchr(p, '<', (size_t)(out.p + out.n - p))); p++)
        must(is_ours(p + 1, out.p + out.n));
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wire *wire;
    const char *text = (const char *)data;
    struct err err = { 0 };
    struct run *run = NULL;

    if (!wire)
        must(wire_new(NULL, &wire, &err) == ST_OK);
    must(run_new(wire, baseline(), &run, &err) == ST_OK);
    for (size_t at = 0; at < size;) {
        const char *cut = memchr(text + at, '\n', size - at);
        const size_t n = cut ? (size_t)(cut - text) - at : size - at;

        if (n > 1) {
            const enum run_file file = (enum run_file)((unsigned char)text[at] % RUN_FILES);

            (void)run_take(run, file, (struct slice){ text + at + 1, n - 1 }, &err);
        }
        at += n + 1;
    }
    check_page(run);
    run_free(run);
    return 0;
}
