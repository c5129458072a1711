/* SPDX-License-Identifier: MIT */
/* A baseline that is accepted writes itself again, and reads as the same. */
#include <stdint.h>
#include <stdlib.h>

#include "drift/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct baseline *b = NULL;
    struct baseline *again = NULL;
    struct err err = { { 0 } };
    struct buf first;
    struct buf second;

    if (baseline_read((struct slice){ (const char *)data, size }, &b, &err) != ST_OK)
        return 0;
    buf_init(&first, BASELINE_BYTES_MAX);
    buf_init(&second, BASELINE_BYTES_MAX);
    if (baseline_write(b, &first, &err) != ST_OK ||
        baseline_read(buf_slice(&first), &again, &err) != ST_OK ||
        baseline_write(again, &second, &err) != ST_OK ||
        !slice_eq(buf_slice(&first), buf_slice(&second)))
        abort();
    buf_release(&second);
    buf_release(&first);
    baseline_free(again);
    baseline_free(b);
    return 0;
}
