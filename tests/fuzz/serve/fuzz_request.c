/* SPDX-License-Identifier: MIT */
/* Any bytes as a body of /invocations: refused with a reason, or rows within the bounds, whose
 * texts are there. */
#include <stdint.h>
#include <stdlib.h>

#include "cli/serve/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct request r = { NULL, 0 };
    struct err err = { 0 };

    if (!a)
        return 0;
    const enum status st = request_read((struct slice){ (const char *)data, size }, a, &r, &err);
    if (st != ST_OK ? err.msg[0] == '\0' : r.n > REQUEST_ROWS_MAX)
        abort();
    for (size_t i = 0; st == ST_OK && i < r.n; i++) {
        if (!r.v[i].text.p || r.v[i].text.n > size)
            abort();
    }
    arena_free(a);
    return 0;
}
