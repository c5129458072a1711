/* SPDX-License-Identifier: MIT */
/* model.h -- what the console remembers: recent windows, alerts, dead letters.
 *
 *     records of the log ──┐                     ┌──> view.h: JSON for the page
 *                          ├──> struct model ────┤
 *     rows of a database ──┘   (bounded)         └──> verdict.h
 *
 * A window is kept twice: a few numbers of each feature, from which features are ranked
 * and their lines drawn, and the record itself as it came (Avro), which is read again when
 * somebody looks at that window. 200 features are about 25 kB a window.
 *
 * Everything has a maximum. What is too much makes the oldest window go, whatever its
 * segment; so does what ended longer than keep_ms before the newest window: by the records'
 * own time, so that a replay of last year is not forgotten as it comes. A record that is
 * known already, from the log or the database, changes nothing.
 *
 * No lock and no clock. Strings are copied, and are strangers' text. */
#ifndef CONSOLE_MODEL_H
#define CONSOLE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "record/alert.h"
#include "record/window.h"

enum {
    MODEL_SERIES_MAX = 2000, /* segments, by rule                              */
    MODEL_NAMES_MAX = 8192,  /* of segments, rules and features                */
    MODEL_NAME_BYTES = 200,  /* of one; what is longer is cut                  */
    MODEL_ALERTS_MAX = 1000, /* records of alerts: about three an episode      */
    MODEL_DEAD_MAX = 64,     /* stage and reason; the rest is one row, "other" */
};

/* A name that was seen before is the same pointer. */
struct model_point {
    const char *name;
    float psi; /* NaN: not defined */
    unsigned char severity;
};

struct model_window {
    int64_t start_ms;
    int64_t end_ms;
    int32_t run;
    enum window_state state;
    const char *stale_by;   /* as in the record */
    enum severity severity; /* the worst of its features                    */
    double psi;             /* the greatest, NaN when nothing was judged    */
    const char *worst;      /* whose it is; "" for none                     */
    const char *policy;
    int64_t n;
    int64_t videos;
    double accuracy;        /* estimated without labels, NaN when it is not     */
    double accuracy_before; /* that of the baseline                             */
    struct slice frame;     /* the record, Avro                               */
    struct model_point *point;
    size_t n_points;
};

/* The windows of a segment and a rule, by their end. */
struct model_series {
    const char *segment;
    const char *rule;
    struct model_window **v;
    size_t n;
    size_t cap;
};

/* A record of an alert; the last of an alert_id says how it is now. */
struct model_alert {
    const char *alert_id;
    const char *segment;
    const char *rule;
    const char *feature;
    const char *kind;
    int32_t seq;
    enum alert_state state;
    enum severity severity;
    int64_t start_ms;
    int64_t end_ms;
    int64_t episode_ms;
    double psi; /* NaN: not defined */
    double threshold;
    size_t others;
    struct slice message;
    struct slice frame;
};

struct model_dead {
    char stage[32];
    char reason[48];
    int64_t n;
    int64_t last_ms; /* when the newest came into the log */
    int32_t part;    /* and where it lies; -1: not known  */
    int64_t offset;
};

struct model {
    size_t bytes_max;
    int64_t keep_ms;

    struct model_series *series; /* by segment, then rule; "all" first */
    size_t n_series;
    size_t cap_series;
    struct model_alert **alert; /* as they came */
    size_t n_alerts;
    struct model_dead dead[MODEL_DEAD_MAX];
    size_t n_dead;
    char **name; /* a hash table */
    size_t n_names;
    size_t bytes;       /* of windows                         */
    size_t alert_bytes; /* at most a third of bytes_max       */
    int64_t newest_ms;  /* end of the newest window; 0: none  */
    int64_t dropped;    /* windows that went for want of room */
    uint64_t changes;   /* rises with each change             */
};

struct model *model_new(size_t bytes_max, int64_t keep_ms);
void model_free(struct model *m);

/* w and the record that it was read from, both copied. What a run says of its baseline (state
 * training_skew) is no window of a series and passed over: the page of the model says it, by the
 * baseline's file. ST_FATAL: memory. */
MUST_USE enum status model_take_window(struct model *m, const struct window *w, struct slice frame,
                                       struct err *err);
MUST_USE enum status model_take_alert(struct model *m, const struct alert *al, struct slice frame,
                                      struct err *err);

/* n more dead letters of a stage and reason. */
void model_take_dead(struct model *m, struct slice stage, struct slice reason,
                     const struct model_dead *more);

/* rule NULL: the one of the segment that has the newest window. NULL: there is none. */
const struct model_series *model_series_of(const struct model *m, const char *segment,
                                           const char *rule);

/* The window of s that holds at_ms (its end included), or the last before it; at_ms < 0: the
 * newest. NULL: none. */
const struct model_window *model_window_at(const struct model_series *s, int64_t at_ms);

/* The newest record of an alert, and whether record i is the newest of its alert. */
const struct model_alert *model_alert_of(const struct model *m, const char *alert_id);
bool model_is_latest(const struct model *m, size_t i);

/* A feature over the windows of a series. */
struct model_rank {
    const char *name;
    double psi;             /* in the window that is looked at; NaN: not judged there */
    enum severity severity; /* there                                                  */
    double worst;           /* PSI, of all windows of the series; NaN: never judged   */
    int64_t worst_ms;       /* end of that window                                     */
    int64_t over;           /* windows over a threshold                               */
};

/* Ranks the features of a series as window w has them, w NULL: none: worst first. Without past,
 * what they were in all windows is not looked for. *out is malloc()ed; ST_FATAL: memory.
 * O(windows x features), without past O(features log features). */
MUST_USE enum status model_rank(const struct model_series *s, const struct model_window *w,
                                bool past, struct model_rank **out, size_t *n, struct err *err);

/* A stretch of a series, cut into as many lots as a line has points. */
struct model_lots {
    size_t first; /* window */
    size_t count; /* windows, at least 1 */
    size_t lots;
};

/* The greatest PSI of each ranked feature in each lot, NaN where nothing was judged: out has
 * n x lots floats, a feature after the other. ST_FATAL: memory. O(windows x features). */
MUST_USE enum status model_lines(const struct model_series *s, const struct model_lots *l,
                                 const struct model_rank *rank, size_t n, float *out,
                                 struct err *err);

#endif
