/* SPDX-License-Identifier: MIT */
/* view.h -- what the page asks for, as JSON with the schemas' field names.
 *
 *     /api/state      verdict, flow, segments, windows over time, features ranked,
 *                     alerts, dead letters
 *     /api/feature    one feature in one window: distances, both histograms, its line
 *     /api/window     a window record, as it stands in absa.windows
 *     /api/alerts/ID  all records of an alert, as they stand in absa.alerts, with the bins
 *                     that a picture of them has
 *
 * Nothing here holds a comment's text: windows and alerts have none, and of dead letters
 * only counts, reasons and places are kept. */
#ifndef CONSOLE_VIEW_H
#define CONSOLE_VIEW_H

#include "base/arena.h"
#include "base/buf.h"
#include "consumers/console/flow.h"
#include "consumers/console/model.h"
#include "drift/baseline.h"
#include "wire/wire.h"

enum {
    VIEW_TIMES_MAX = 1500,   /* windows of a series that are listed  */
    VIEW_LOTS = 96,          /* points of a feature's line in a list */
    VIEW_SEGMENTS_MAX = 300, /* series that are listed               */
    VIEW_ALERTS_MAX = 200,   /* alerts that are listed               */
};

/* What is looked at. All borrowed. */
struct view {
    const struct model *model;
    const struct flow *flow;         /* NULL: of the past, when nothing flows */
    const struct baseline *baseline; /* NULL: there is none                   */
    struct wire *wire;
    struct arena *arena; /* reset by each call */
    const char *version;
    const char *broker;
    int64_t now_ms;
    bool away;     /* no broker answers */
    bool database; /* there is more than what is kept here */
};

struct view_query {
    const char *segment; /* NULL: "all", or the first that there is */
    const char *rule;    /* NULL: the one with the newest window    */
    const char *feature;
    int64_t at_ms; /* end of a window; -1: the newest */
    bool step; /* of view_state(): what the window that is looked at does not change is left out */
};

/* Each appends one JSON object. ST_REJECT: there is no such thing; ST_FATAL: memory. */
MUST_USE enum status view_state(const struct view *v, const struct view_query *q, struct buf *out,
                                struct err *err);
MUST_USE enum status view_feature(const struct view *v, const struct view_query *q, struct buf *out,
                                  struct err *err);
MUST_USE enum status view_window(const struct view *v, const struct view_query *q, struct buf *out,
                                 struct err *err);
MUST_USE enum status view_alert(const struct view *v, const char *alert_id, struct buf *out,
                                struct err *err);

/* The series and the window that are asked for. */
const struct model_series *view_series(const struct view *v, const struct view_query *q);

#endif
