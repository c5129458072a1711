/* SPDX-License-Identifier: MIT */
/* table.h -- the layout of a record as data, so that one codec serves all.
 *
 * Avro, JSON lines and the schema check all walk the same table; a new field is
 * a row here, a member of the struct and a field of the .avsc, and a test fails
 * until the three agree. */
#ifndef WIRE_TABLE_H
#define WIRE_TABLE_H

#include <stddef.h>

enum record_kind {
    RECORD_MARK,
    RECORD_COMMENT,
    RECORD_SCORE,
    RECORD_LABEL,
    RECORD_PANE,
    RECORD_STATE,
    RECORD_WINDOW,
    RECORD_ALERT,
    RECORD_NOTIFY,
    RECORD_DEADLETTER,
    RECORD_N,
};

enum wire_type {
    WIRE_BOOL,
    WIRE_INT,
    WIRE_LONG,
    WIRE_DOUBLE,
    WIRE_STRING,     /* struct slice                              */
    WIRE_BYTES,      /* struct slice                              */
    WIRE_ENUM,       /* an int-sized enum; names in the row       */
    WIRE_OPT_LONG,   /* struct opt_long                           */
    WIRE_OPT_DOUBLE, /* struct opt_double                         */
    WIRE_OPT_BOOL,   /* struct opt_bool                           */
    WIRE_INTS,       /* struct ints                               */
    WIRE_LONGS,      /* struct longs                              */
    WIRE_DOUBLES,    /* struct doubles                            */
    WIRE_STRINGS,    /* struct strings                            */
    WIRE_RECORD,     /* the struct of sub, in place               */
    WIRE_OPT_RECORD, /* a pointer to the struct of sub, or NULL   */
    WIRE_RECORDS,    /* { pointer to the struct of sub, count }   */
};

struct wire_table;

struct wire_field {
    const char *name;
    enum wire_type type;
    size_t offset;
    const struct wire_table *sub;
    const char *const *names; /* of an enum, in order, NULL at the end; else NULL or wire_sparse */
};

/* Of a field that came later: an empty array or string, or an optional one that has no value, is
 * left out of JSON, so that a record that does not use it is the line that it was, and its checksum
 * too. */
extern const char *const wire_sparse[];

struct wire_table {
    const char *name;
    size_t size; /* of the struct */
    const struct wire_field *fields;
    size_t n;
};

extern const struct wire_table *const wire_tables[RECORD_N];

/* Names of enums by value, NULL at the end: for who writes records elsewhere. */
extern const char *const wire_late_by_names[];
extern const char *const wire_sighting_names[];
extern const char *const wire_window_state_names[];
extern const char *const wire_severity_names[];
extern const char *const wire_alert_state_names[];

#endif
