/* SPDX-License-Identifier: MIT */
/* table.h -- the tables that the sink fills, and the struct that a row of each is.
 *
 * What can be is the record itself. schemas/sql has the same names; a test compares. */
#ifndef SINK_TABLE_H
#define SINK_TABLE_H

#include "record/alert.h"
#include "record/label.h"
#include "record/score.h"
#include "record/window.h"
#include "store/copy.h"

enum sink_table {
    TABLE_WINDOW,   /* struct window       */
    TABLE_DISTANCE, /* struct distance_row */
    TABLE_SCORE,    /* struct score        */
    TABLE_LABEL,    /* struct label        */
    TABLE_ALERT,    /* struct alert_row    */
    TABLE_DEAD,     /* struct dead_row     */
    TABLE_FLOW,     /* struct flow_row     */
    TABLE_REFUSED,  /* struct refused_row  */
    TABLE_N,
};

struct distance_row {
    int64_t start_ms;
    int64_t end_ms;
    struct slice segment;
    struct slice rule;
    int32_t run;
    struct window_feature f;
};

struct alert_row {
    struct alert a;
    struct slice evidence;
    int64_t written_ms;
};

struct dead_row {
    int64_t at_ms;
    struct slice stage;
    struct slice reason;
    int64_t n;
};

struct flow_row {
    int64_t at_ms;
    struct slice topic;
    int32_t part;
    int64_t records;
    int64_t bytes;
    int64_t waited; /* records of which it is known how long they waited */
    int64_t waited_ms;
};

struct refused_row {
    struct slice topic;
    int32_t part;
    int64_t offset;
    struct slice reason;
};

struct table {
    const char *name; /* in schema absa */
    const struct copy_column *columns;
    const char *cut; /* its first column, a time, and how it is rounded; NULL: no partitions */
    /* From the incoming rows into the table; NULL: what is there stays as it is. */
    const char *merge;
};

extern const struct table sink_tables[TABLE_N];

/* When a row of a table with partitions was: what they are cut by. Unix ms. */
int64_t table_time(const struct table *t, const void *row);

#endif
