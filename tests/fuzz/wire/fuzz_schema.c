/* SPDX-License-Identifier: MIT */
/* A schema from a registry and a body that is said to be of it: the text of the
 * schema, a NUL, the body. */
#include <stdlib.h>
#include <string.h>

#include "support/must.h"
#include "wire/defaults.h"
#include "wire/schema.h"
#include "wire/wire.h"

/* avro-c 1.11.1 leaks parts of a schema that it refuses; as a refused schema is
 * kept and not tried again, that is bounded. unit/wire_hostile looks for leaks of
 * the others. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static struct defaults *defaults;
static struct arena *arena;
static avro_reader_t reader;

static void once(void)
{
    struct err err = { 0 };

    if (defaults)
        return;
    if (defaults_new(&defaults, &err) != ST_OK)
        abort();
    arena = arena_new(256 << 20);
    reader = avro_reader_memory("", 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    size_t n = nul ? (size_t)(nul - data) : size;
    struct slice text = { (const char *)data, n };
    struct slice body = { nul ? (const char *)nul + 1 : "", nul ? size - n - 1 : 0 };
    struct err err = { 0 };
    struct schema *s;
    char rec[1024];

    once();
    arena_reset(arena);
    if (schema_new(1, text, defaults, &s, &err) != ST_OK)
        abort();
    if (s->bind) {
        enum status st = schema_read(s, reader, body, rec, arena, &err);

        must(st == ST_OK || st == ST_REJECT);
        must(strcmp(err.msg, "avro: refused by avro-c") != 0);
    }
    schema_free(s);
    return 0;
}
