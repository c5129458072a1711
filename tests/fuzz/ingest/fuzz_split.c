/* SPDX-License-Identifier: MIT */
/* Splitting ends, and no record is longer than it may be; the first byte picks
 * the ending of the file's name. */
#include <stdint.h>
#include <stdio.h>

#include "producers/import/split.h"
#include "support/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct split *s = NULL;
    struct raw_record rec;
    struct raw_headers h;
    struct err err = { 0 };
    bool more = true;
    size_t records = 0;

    if (n < 2)
        return 0;
    FILE *f = fmemopen((void *)(uintptr_t)(data + 1), n - 1, "rb");
    must(f != NULL);
    must(split_new(f, data[0] & 1 ? "x.csv" : "7123456789012345678.json", &s, &err) == ST_OK);
    while (more) {
        must(split_next(s, &rec, &more, &err) == ST_OK);
        if (!more)
            break;
        must(rec.value.n <= SPLIT_VALUE_MAX && rec.row == (int64_t)++records);
        raw_headers(&rec, 1, &h);
        must(h.n <= SPLIT_HEADERS_MAX);
    }
    must(records <= n);
    split_free(s);
    fclose(f);
    return 0;
}
