/* SPDX-License-Identifier: MIT */
/* wire.h -- records to bytes and back: Avro in the Confluent frame, JSON lines.
 *
 *     byte 0: 0   bytes 1-4: schema id, big-endian   then the Avro body
 *
 * Decoding never trusts its input. avro-c 1.11.1 hands a declared length
 * straight to malloc() and leaks a truncated string, so a walker goes over the
 * bytes with the writer's schema first (wire/walk.h): lengths within what
 * remains, block counts capped, depth bounded, nothing behind the end. Then
 * avro-c decodes with the writer's schema, and fields are mapped by name onto
 * our struct; a field that the writer lacks gets our schema's default (avro-c's
 * resolver refuses that case).
 *
 * Which schema an id means says the table in schemas/ids that is compiled in,
 * and else a struct wire_source: a schema registry's client. */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "record/deadletter.h"
#include "wire/table.h"

enum {
    WIRE_FRAME_LEN = 5,
    WIRE_DEPTH_MAX = 16,
    WIRE_RECORD_MAX = 8 << 20,   /* bytes of a frame, or of a record as JSON     */
    WIRE_SCHEMA_MAX = 64 * 1024, /* bytes of a schema's text that a source gives */
};

/* Where schemas come from when an id is not in schemas/ids: a registry's
 * client fills it. Text is borrowed until wire_free(). ST_REJECT: the id does
 * not exist; ST_RETRY: cannot be asked now. */
struct wire_source {
    void *ctx;
    enum status (*by_id)(void *ctx, int32_t id, struct slice *text, struct err *err);
};

struct wire;

/* Compiles the built-in schemas. src may be NULL (copied otherwise). The result
 * is for one thread. ST_FATAL: memory, or a schema and its table disagree. */
MUST_USE enum status wire_new(const struct wire_source *src, struct wire **out, struct err *err);

/* NULL is fine. */
void wire_free(struct wire *w);

/* Appends frame and body of rec (the struct of kind) to out. ST_FATAL: memory
 * or out's maximum; out is then as it was. */
MUST_USE enum status wire_encode(struct wire *w, enum record_kind kind, const void *rec,
                                 struct buf *out, struct err *err);

/* Says what a frame holds without decoding it. ST_REJECT: no frame, an unknown
 * id, a schema that is none of our records or does not fit ours; ST_RETRY: the
 * registry cannot be asked now. */
MUST_USE enum status wire_peek(struct wire *w, struct slice framed, enum record_kind *kind,
                               struct err *err);

/* Decodes a frame of the given kind into rec, zeroed first; strings and arrays
 * live in a. ST_REJECT: another kind, hostile or broken bytes, or a schema that
 * does not fit ours; ST_RETRY: the registry cannot be asked now; ST_FATAL:
 * memory. O(bytes). */
MUST_USE enum status wire_decode(struct wire *w, enum record_kind kind, struct slice framed,
                                 void *rec, struct arena *a, struct err *err);

/* The same for what a program reads back of its own kind (its state, what its other
 * role wrote): for that there is no dead letter, it stops. ST_FATAL instead of
 * ST_REJECT, "config: ..." when the writer's schema is the trouble: a newer version
 * has been here. */
MUST_USE enum status wire_decode_own(struct wire *w, enum record_kind kind, struct slice framed,
                                     void *rec, struct arena *a, struct err *err);

/* Which dead letter the last ST_REJECT of wire_peek() or wire_decode() makes:
 * DEAD_SCHEMA (no frame, an id that does not exist, another kind of record),
 * DEAD_AVRO (the bytes are not what their schema says) or
 * DEAD_SCHEMA_INCOMPATIBLE (the writer's schema, or a value of it, cannot be
 * read as ours). */
enum dead_reason wire_reason(const struct wire *w);

/* Appends rec as one JSON object, without a newline: the schema's field names,
 * in its order; doubles by %.17g shortened to what reads back the same; NaN and
 * infinities as null; enums by name; bytes as base64. ST_FATAL: memory or out's
 * maximum; out is then as it was. */
MUST_USE enum status wire_to_json(enum record_kind kind, const void *rec, struct buf *out,
                                  struct err *err);

/* Reads such an object. A field that is not there gets its default, an unknown
 * one is ignored; null is NaN for a double. ST_REJECT: not JSON, a field of
 * another type, or none and no default. ST_FATAL: memory. */
MUST_USE enum status wire_from_json(struct wire *w, enum record_kind kind, struct slice json,
                                    void *rec, struct arena *a, struct err *err);

/* Text of the built-in schema of a record, for ever. */
struct slice wire_schema_text(enum record_kind kind);

/* Id of a record's schema in schemas/ids. */
int32_t wire_schema_id(enum record_kind kind);

#endif
