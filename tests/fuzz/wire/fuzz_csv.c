/* SPDX-License-Identifier: MIT */
/* A chunk size, then a file: the same rows as when it is fed whole, each where it
 * says it is. */
#include <stdlib.h>

#include "base/hash.h"
#include "support/must.h"
#include "wire/csv.h"

enum { FUZZ_MAX = 200 };

static uint64_t mix(uint64_t h, struct slice s)
{
    return (h ^ hash64(s)) * UINT64_C(0x9E3779B97F4A7C15) + s.n;
}

static void feed(struct csv *c, struct slice *in, size_t chunk)
{
    size_t n = in->n < chunk ? in->n : chunk;
    struct err err = { 0 };

    if (n == 0) {
        csv_finish(c);
        return;
    }
    must(csv_feed(c, (struct slice){ in->p, n }, &err) == ST_OK);
    in->p += n;
    in->n -= n;
}

static uint64_t read_all(const struct slice all, size_t chunk)
{
    struct csv *c = csv_new(FUZZ_MAX);
    struct slice in = all;
    struct csv_row row;
    int64_t end = 0;
    uint64_t h = 0;
    enum csv_rc rc;

    while ((rc = csv_next(c, &row)) != CSV_END) {
        if (rc == CSV_MORE) {
            feed(c, &in, chunk);
            continue;
        }
        must(rc == CSV_ROW && row.raw.n <= FUZZ_MAX && row.offset >= end);
        must(slice_eq(row.raw, (struct slice){ all.p + row.offset, row.raw.n }));
        end = row.offset + (int64_t)row.raw.n;
        h = mix(h + row.faults, row.raw);
        for (size_t i = 0; i < row.n; i++)
            h = mix(h, row.field[i]);
    }
    csv_free(c);
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct slice in = { (const char *)data + 1, size - 1 };

    if (read_all(in, 1 + data[0] % 64u) != read_all(in, CSV_CHUNK_MAX))
        abort();
    return 0;
}
