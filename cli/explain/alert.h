/* SPDX-License-Identifier: MIT */
/* alert.h -- one alert among many, by its id or how that begins.
 *
 *     search_init ── search_offer* (each record, as it comes) ── search_result ── search_release
 *
 * An episode writes several records under one id; the last one that holds examples
 * is the one that is meant. */
#ifndef CLI_EXPLAIN_ALERT_H
#define CLI_EXPLAIN_ALERT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "record/alert.h"
#include "wire/wire.h"

enum { SEARCH_ID_MIN = 6 }; /* characters that an id is asked for by, at least */

enum search_form {
    SEARCH_AVRO, /* the frame of a topic's record */
    SEARCH_JSON, /* a line as absa writes it      */
};

struct search {
    struct wire *wire;
    struct slice id;
    struct arena *kept;  /* of alert                     */
    struct arena *spare; /* of the record that is looked at */
    struct alert alert;
    bool found;
    bool ambiguous; /* another id begins alike */
};

/* id is borrowed. ST_FATAL: "usage: ..." where it is too short; memory. Release it in any case. */
MUST_USE enum status search_init(struct search *s, struct slice id, struct err *err);
void search_release(struct search *s);

/* Looks at one record. ST_REJECT: it is no alert. */
MUST_USE enum status search_offer(struct search *s, enum search_form form, struct slice record,
                                  struct err *err);

/* What was found, which lives as long as s. ST_REJECT: none, or several begin like that. */
MUST_USE enum status search_result(const struct search *s, const struct alert **out,
                                   struct err *err);

#endif
