/* SPDX-License-Identifier: MIT */
/* Any bytes as the metadata of an offset: refused, or written back so that they
 * read the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "flow/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct meta m;
    struct meta again;
    struct err err = { 0 };
    struct buf b;

    if (meta_parse((struct slice){ (const char *)data, n }, &m, &err) != ST_OK)
        return 0;
    buf_init(&b, META_LEN_MAX);
    meta_format(&m, &b);
    if (buf_failed(&b) || meta_parse(buf_slice(&b), &again, &err) != ST_OK ||
        again.attempts != m.attempts || again.fresh != m.fresh || again.n != m.n ||
        memcmp(again.stage, m.stage, m.n) != 0)
        abort();
    buf_release(&b);
    return 0;
}
