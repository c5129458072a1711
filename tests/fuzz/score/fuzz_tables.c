/* SPDX-License-Identifier: MIT */
/* Any bytes as a table: taken or refused. The first byte says which table. */
#include <stdint.h>
#include <stdlib.h>

#include "model/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tables t = { .lexicon = NULL };
    struct err err = { 0 };

    if (size == 0)
        return 0;
    if (tables_init(&t, &err) != ST_OK)
        abort();
    if (tables_use(&t, data[0] % TABLE_GRAPH, (struct slice){ (const char *)data + 1, size - 1 },
                   &err) != ST_OK &&
        err.msg[0] == '\0')
        abort();
    tables_release(&t);
    return 0;
}
