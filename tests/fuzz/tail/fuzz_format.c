/* SPDX-License-Identifier: MIT */
/* Any text as a format: refused, or written without a byte that it did not ask for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/tail/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct stage_rec rec = { .part = 1, .offset = 2, .key = slice_str("\x1b") };
    const struct entry e = { .topic = "t", .rec = &rec, .json = slice_str("{}") };
    struct err err = { { 0 } };
    struct buf out;
    char *text = malloc(n + 1);

    if (!text)
        return 0;
    memcpy(text, data, n);
    text[n] = '\0';
    if (format_check(text, &err) == ST_OK) {
        buf_init(&out, 32 * (n + 1));
        format_add(text, &e, true, &out);
        if (buf_failed(&out) || (out.n > 0 && memchr(out.p, 0x1b, out.n) && !strstr(text, "\\x1") &&
                                 !strchr(text, 0x1b)))
            abort();
        buf_release(&out);
    } else if (strncmp(err.msg, "usage: ", 7) != 0) {
        abort();
    }
    free(text);
    return 0;
}
