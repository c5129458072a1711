/* SPDX-License-Identifier: MIT */
/* A digit for the kind of record, then a JSON line. What is taken must be
 * written, and be taken again. */
#include <stdlib.h>

#include "support/must.h"
#include "wire/wire.h"

static struct wire *wire;
static struct arena *arena;

/* avro-c packs its pointers where a leak checker does not look for them. */
static void release(void)
{
    wire_free(wire);
    arena_free(arena);
}

static void once(void)
{
    struct err err = { 0 };

    if (wire)
        return;
    if (wire_new(NULL, &wire, &err) != ST_OK)
        abort();
    arena = arena_new(256 << 20);
    must(arena && atexit(release) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = { 0 };
    char rec[1024];
    struct buf out;

    if (size == 0)
        return 0;
    once();
    arena_reset(arena);
    enum record_kind kind = (enum record_kind)(data[0] % RECORD_N);
    struct slice in = { (const char *)data + 1, size - 1 };
    enum status st = wire_from_json(wire, kind, in, rec, arena, &err);
    must(st == ST_OK || st == ST_REJECT);
    if (st != ST_OK)
        return 0;
    buf_init(&out, 64 << 20);
    if (wire_to_json(kind, rec, &out, &err) != ST_OK ||
        wire_from_json(wire, kind, buf_slice(&out), rec, arena, &err) != ST_OK)
        abort();
    buf_release(&out);
    return 0;
}
