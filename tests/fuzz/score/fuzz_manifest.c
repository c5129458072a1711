/* SPDX-License-Identifier: MIT */
/* A manifest that is read is written as it was read: write, read, write gives
 * the same bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "model/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct manifest m;
    struct manifest again;
    struct err err = { 0 };
    struct buf once;
    struct buf twice;

    buf_init(&once, 4 * MANIFEST_MAX);
    buf_init(&twice, 4 * MANIFEST_MAX);
    if (a && manifest_read((struct slice){ (const char *)data, size }, a, &m, &err) == ST_OK &&
        manifest_write(&m, &once, &err) == ST_OK && once.n <= MANIFEST_MAX) {
        if (manifest_read(buf_slice(&once), a, &again, &err) != ST_OK ||
            manifest_write(&again, &twice, &err) != ST_OK ||
            !slice_eq(buf_slice(&once), buf_slice(&twice)))
            abort();
    }
    buf_release(&once);
    buf_release(&twice);
    arena_free(a);
    return 0;
}
