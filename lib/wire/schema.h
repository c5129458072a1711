/* SPDX-License-Identifier: MIT */
/* schema.h -- a writer's schema, compiled: what is needed to read its records. */
#ifndef WIRE_SCHEMA_H
#define WIRE_SCHEMA_H

#include <avro/io.h>
#include <avro/value.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "record/deadletter.h"
#include "wire/bind.h"
#include "wire/defaults.h"
#include "wire/table.h"
#include "wire/walk.h"

struct schema {
    int32_t id;
    enum record_kind kind; /* RECORD_N: none of ours                           */
    struct walk_node *root;
    struct bind *bind; /* NULL: cannot be read as ours; why says more          */
    struct err why;
    enum dead_reason reason; /* of the last ST_REJECT */
    struct arena *a;
    avro_schema_t avro;
    avro_value_iface_t *iface;
    avro_value_t value; /* kept and reset, so that a record costs no new one   */
};

/* Compiles text. Hostile text is no failure: the schema is then kept without a
 * bind, so that it is not tried again. ST_FATAL: memory. */
MUST_USE enum status schema_new(int32_t id, struct slice text, const struct defaults *d,
                                struct schema **out, struct err *err);

/* NULL is fine. */
void schema_free(struct schema *s);

/* Reads body into rec: by the walker, avro-c and the bind, in this order. s must
 * have a bind. ST_REJECT, with s->reason: DEAD_AVRO or
 * DEAD_SCHEMA_INCOMPATIBLE; ST_FATAL: memory. */
MUST_USE enum status schema_read(struct schema *s, avro_reader_t reader, struct slice body,
                                 void *rec, struct arena *a, struct err *err);

#endif
