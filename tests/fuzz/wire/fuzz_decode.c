/* SPDX-License-Identifier: MIT */
/* A frame of one of our ids. What is taken must encode, and read back the same
 * from what was encoded. */
#include <stdlib.h>
#include <string.h>

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
    struct slice in = { (const char *)data, size };
    struct err err = { 0 };
    enum record_kind kind;
    char rec[1024];
    struct buf one;
    struct buf two;

    once();
    arena_reset(arena);
    if (wire_peek(wire, in, &kind, &err) != ST_OK)
        return 0;
    enum status st = wire_decode(wire, kind, in, rec, arena, &err);
    must(st == ST_OK || st == ST_REJECT);
    if (st != ST_OK) {
        must(strcmp(err.msg, "avro: refused by avro-c") != 0); /* the walker comes first */
        return 0;
    }
    buf_init(&one, 64 << 20);
    buf_init(&two, 64 << 20);
    if (wire_encode(wire, kind, rec, &one, &err) != ST_OK ||
        wire_decode(wire, kind, buf_slice(&one), rec, arena, &err) != ST_OK ||
        wire_encode(wire, kind, rec, &two, &err) != ST_OK)
        abort();
    if (!slice_eq(buf_slice(&one), buf_slice(&two)))
        abort();
    buf_release(&one);
    buf_release(&two);
    return 0;
}
