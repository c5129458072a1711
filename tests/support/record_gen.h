/* SPDX-License-Identifier: MIT */
/* record_gen.h -- random records of any kind, and whether two are equal. */
#ifndef RECORD_GEN_H
#define RECORD_GEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "support/prop.h"
#include "wire/table.h"

struct record_gen {
    struct prop *prop;
    struct arena *a;
    size_t items; /* at most this many in an array                        */
    bool finite;  /* no infinities and no optional NaN: what JSON can say */
};

/* Fills rec (t->size bytes) with random values, edges included. */
void record_gen(const struct record_gen *g, const struct wire_table *t, void *rec);

/* Member by member; 0 and -0 differ, any NaN equals any other. */
bool record_equal(const struct wire_table *t, const void *a, const void *b);

#endif
