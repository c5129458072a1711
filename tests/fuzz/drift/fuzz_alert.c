/* SPDX-License-Identifier: MIT */
/* Whatever stands in a line, absa verify-alert says yes or why not. */
#include <stdint.h>
#include <stdlib.h>

#include "drift/alert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wire *wire;
    static struct arena *arena;
    struct alert_diff diff;
    struct err err = { { 0 } };

    if (!wire && wire_new(NULL, &wire, &err) != ST_OK)
        abort();
    if (!arena && !(arena = arena_new(64 << 20)))
        abort();
    arena_reset(arena);
    enum status st =
        alert_check_line(wire, (struct slice){ (const char *)data, size }, arena, &diff, &err);
    if (st != ST_OK && (st != ST_REJECT || err.msg[0] == '\0'))
        abort();
    return 0;
}
