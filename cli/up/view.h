/* SPDX-License-Identifier: MIT */
/* view.h -- what is known of a run at a moment: what the picture shows. */
#ifndef CLI_UP_VIEW_H
#define CLI_UP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/window.h"

enum { VIEW_STAGES_MAX = 6, VIEW_TOP = 5, VIEW_ALERTS = 5, VIEW_NAME = 48, VIEW_PAST = 60 };

struct stage_view {
    const char *name;
    bool running;
    bool seen; /* it answered: the figures are its own */
    int restarts;
    int64_t records;
    double rate; /* records a second */
    int64_t lag;
    int64_t wrote;        /* comments, scores, ...: its own unit */
    int64_t dead;         /* dead letters                        */
    int64_t untold;       /* notify: tries that failed           */
    int64_t watermark_ms; /* INT64_MIN: it has none              */
};

struct feature_view {
    char name[VIEW_NAME];
    double psi;
    enum severity severity;
};

struct alert_view {
    char id[VIEW_NAME];
    char segment[VIEW_NAME];
    char feature[VIEW_NAME];
    bool resolved;
    enum severity severity;
    double psi;
    int64_t start_ms;
};

struct view {
    struct stage_view stages[VIEW_STAGES_MAX];
    size_t n_stages;
    int64_t windows;
    int64_t alerts;
    /* of the newest window of all comments that was written */
    int64_t start_ms, end_ms;
    enum window_state state;
    char stale_by[VIEW_NAME]; /* as in the record */
    int64_t n;
    int64_t videos;
    struct feature_view top[VIEW_TOP]; /* by PSI, falling */
    size_t n_top;
    double past[VIEW_PAST]; /* greatest PSI of each of the last windows, the newest last; 0: not
                               judged */
    size_t n_past;
    struct alert_view last[VIEW_ALERTS]; /* newest first */
    size_t n_last;
};

/* What stays the same, and what the terminal is like. */
struct frame {
    const char *broker;
    const char *conf_file; /* of -c; NULL: none */
    const char *dir;
    bool embedded;
    int64_t elapsed_ms;
    int64_t for_ms; /* 0: no end */
    int width, height;
    bool colour;
    bool help;
    bool paused;
};

/* The command by which comments get in. */
void view_import(const struct frame *f, struct buf *out);

/* A whole screen, lines cut to the width and the number of lines to the height. */
void view_picture(const struct view *v, const struct frame *f, struct buf *out);

/* One line for a log. */
void view_line(const struct view *v, const struct frame *f, struct buf *out);

/* One line an alert, without its newline. */
void view_alert(const struct alert_view *a, struct buf *out);

#endif
