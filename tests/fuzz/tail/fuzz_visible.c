/* SPDX-License-Identifier: MIT */
/* Any bytes, made harmless: valid UTF-8 without a control, and so once more the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/visible.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf once;
    struct buf twice;

    buf_init(&once, 8 * (n + 1));
    buf_init(&twice, 8 * (n + 1));
    visible_add((struct slice){ (const char *)data, n }, &once);
    visible_add(buf_slice(&once), &twice);
    if (buf_failed(&once) || !utf8_valid(buf_slice(&once)) ||
        !slice_eq(buf_slice(&once), buf_slice(&twice)))
        abort();
    for (size_t i = 0; i < once.n; i++)
        if ((unsigned char)once.p[i] < 0x20 || once.p[i] == 0x7f)
            abort();
    buf_release(&once);
    buf_release(&twice);
    return 0;
}
