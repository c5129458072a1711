/* SPDX-License-Identifier: MIT */
/* encode.h -- a struct to the body of an Avro record, by its table. */
#ifndef WIRE_ENCODE_H
#define WIRE_ENCODE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "wire/table.h"
#include "wire/walk.h"

/* Appends the Avro binary encoding of rec, fields in the order of the table,
 * optional fields as ["null", T]; the same record gives the same bytes. The buf
 * remembers a lack of memory. ST_FATAL: an enum out of range or a missing
 * pointer: a defect of the caller. */
MUST_USE enum status encode_record(const struct wire_table *t, const void *rec, struct buf *out,
                                   struct err *err);

/* Whether that is what the schema compiled to node says: names, order, types and
 * symbols, exactly. */
bool encode_agrees(const struct walk_node *node, const struct wire_table *t);

#endif
