/* SPDX-License-Identifier: MIT */
/* out.h -- what a stage emits, gathered in memory until the host takes it.
 *
 * A host gives process() an out; whatever is in it when process() returns is
 * committed together with the input that was used, or not at all. Limits split
 * and never stop: when out_put() says OUT_FULL, the stage undoes what it put for
 * the record at hand and returns a short count, and the host commits and calls
 * again. A record that does not fit alone is let through, so there is always
 * progress:
 *
 *     out_open(out);                  for each input record
 *     if (out_put(...) == OUT_FULL) {
 *         out_undo(out);
 *         break;                      used = i
 *     }
 */
#ifndef STAGE_OUT_H
#define STAGE_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "record/deadletter.h"
#include "record/mark.h"
#include "stage/counter.h"
#include "stage/topic.h"
#include "wire/wire.h"

struct hdr {
    struct slice name;
    struct slice value;
};

struct stage_rec;

enum out_rc { OUT_OK, OUT_FULL, OUT_ERROR /* memory or encoding: see out_error() */ };

struct out_rec {
    enum topic_id topic;
    int32_t part;
    struct slice key;
    struct slice value; /* p == NULL: a tombstone */
    const struct hdr *hdr;
    size_t nhdr;
};

struct out_limits {
    size_t records;
    size_t bytes; /* of keys, values and headers */
};

enum { OUT_BYTES_MAX = 256 << 20, OUT_RECORDS_MAX = 1 << 20 };
enum { DEAD_VALUE_MAX = 900000, DEAD_HEAD = 1024 }; /* bytes kept of a dead letter */

/* "json", "depth", ... */
const char *dead_reason_name(enum dead_reason r);

struct out;

/* Encodes with w (borrowed, must outlive the out). NULL: out of memory. */
struct out *out_new(struct wire *w, const struct topology *topo, struct out_limits limits);
void out_free(struct out *out);

/* Other limits from now on. */
void out_set_limits(struct out *out, struct out_limits limits);

/* For tests: asked at each put; true makes it say OUT_FULL. */
void out_set_fault(struct out *out, bool (*full)(void *ctx), void *ctx);

/* Starts the output of one input record, of a tick or of one step of resume(). */
void out_open(struct out *out);

/* Takes back all that was put since out_open(), counters and an error included. */
void out_undo(struct out *out);

/* Records that are encoded from now on, up to the next out_open(), carry this header too, dead
 * letters included; its strings are borrowed until then. NULL: none do. */
void out_tag(struct out *out, const struct hdr *tag);

/* Puts bytes; key, value and headers are copied. An empty key is no key. */
enum out_rc out_put(struct out *out, const struct out_rec *rec);

/* Encodes rec of the given kind and puts it. */
enum out_rc out_put_record(struct out *out, enum topic_id topic, int32_t part, struct slice key,
                           enum record_kind kind, const void *rec);

/* Puts a mark into one partition, with the header absa-kind=mark. */
enum out_rc out_put_mark(struct out *out, enum topic_id topic, int32_t part,
                         const struct mark *mark);

/* Puts a dead letter for rec into absa.dead, at the hash of its key (without
 * one, at its partition modulo); index >= 0 names one comment of a page. Keeps
 * the value whole up to DEAD_VALUE_MAX bytes, else its first DEAD_HEAD. why is
 * for a person and never holds the user's text. Counts it. */
enum out_rc out_dead(struct out *out, const char *stage, const struct stage_rec *rec, int32_t index,
                     enum dead_reason reason, const char *why);

/* As out_put_record(), whatever the limits: for checkpoint(). */
enum out_rc out_force_record(struct out *out, enum topic_id topic, int32_t part, struct slice key,
                             enum record_kind kind, const void *rec);

/* A tombstone, whatever the limits. */
enum out_rc out_force_tombstone(struct out *out, enum topic_id topic, int32_t part,
                                struct slice key);

/* Adds n to a counter; committed (and shown in /metrics) with the batch. */
void out_count(struct out *out, enum counter c, int64_t n);

/* What there is: borrowed until the next call that changes the out. */
size_t out_n(const struct out *out);
size_t out_bytes(const struct out *out);
const struct out_rec *out_at(const struct out *out, size_t i);
int64_t out_counter(const struct out *out, enum counter c);
int64_t out_dead_count(const struct out *out, enum dead_reason r);

/* After OUT_ERROR: copies the message and says ST_FATAL. */
enum status out_error(const struct out *out, struct err *err);

/* The topology that it was made with. */
const struct topology *out_topology(const struct out *out);

/* Empties it; keeps the memory. */
void out_clear(struct out *out);

#endif
