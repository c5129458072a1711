/* SPDX-License-Identifier: MIT */
/* A delta that is accepted can be added twice, and gives an acceptable one. */
#include <stdint.h>
#include <stdlib.h>

#include "drift/tally.h"
#include "wire/wire.h"

static struct baseline *small_baseline(void)
{
    static const char *const names[] = { "x", "y" };
    static double x[64];
    const double *columns[] = { x, x };
    const struct baseline_input in = {
        .bundle_sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        .names = names,
        .columns = columns,
        .n = 2,
        .rows = 64,
    };
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    for (int i = 0; i < 64; i++)
        x[i] = i % 8;
    if (baseline_build(&in, &b, &err) != ST_OK)
        abort();
    return b;
}

static void add_twice(struct tally *t, const struct pane_delta *d, struct arena *a)
{
    struct pane_delta sum = *d;
    struct err err = { { 0 } };
    size_t bytes;
    struct pane_delta *copy = delta_copy(d, &bytes);

    if (!copy)
        abort();
    if (tally_merge(t, d, &err) == ST_OK && tally_merge(t, copy, &err) == ST_OK &&
        (tally_delta(t, a, &sum, &err) != ST_OK || delta_check(t->base, &sum, &err) != ST_OK))
        abort();
    tally_clear(t);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wire *wire;
    static struct arena *arena;
    static struct tally *tally;
    struct pane pane;
    struct err err = { { 0 } };

    if (!wire && wire_new(NULL, &wire, &err) != ST_OK)
        abort();
    if (!tally && (!(tally = tally_new(small_baseline())) || !(arena = arena_new(64 << 20))))
        abort();
    arena_reset(arena);
    if (wire_from_json(wire, RECORD_PANE, (struct slice){ (const char *)data, size }, &pane, arena,
                       &err) != ST_OK)
        return 0;
    for (size_t i = 0; i < pane.deltas.n; i++)
        if (delta_check(tally->base, &pane.deltas.v[i], &err) == ST_OK)
            add_twice(tally, &pane.deltas.v[i], arena);
    return 0;
}
