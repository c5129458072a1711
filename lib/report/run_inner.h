/* SPDX-License-Identifier: MIT */
/* run_inner.h -- what is gathered of a run before it becomes a page. */
#ifndef REPORT_RUN_INNER_H
#define REPORT_RUN_INNER_H

#include "base/arena.h"
#include "record/window.h"
#include "report/page.h"
#include "report/run.h"

enum { RUN_REASONS_MAX = 64, RUN_LEVELS = 3, RUN_STATES = WINDOW_STATES };

#define RUN_TEXT_MAX ((size_t)64 << 10)

/* summary.json, as far as the page shows it. */
struct run_summary {
    int64_t read;
    int64_t comments;
    int64_t updates;
    int64_t dead;
    int64_t late;
    struct identity_counters counters;
    bool exact; /* identity is I1 */
};

/* Reads it. What is missing is 0. ST_REJECT: not such an object; ST_FATAL: memory. */
MUST_USE enum status run_summary_read(struct slice json, struct run_summary *out, struct err *err);

/* A feature in the windows of the first segment. */
struct run_feature {
    int64_t n; /* values in judged windows, and in small ones that runs were judged of */
    int64_t missing;
    int64_t over;
    int64_t segments_over;
    enum severity severity;      /* the worst, of windows and of alerts         */
    struct window_feature worst; /* by PSI; name.p == NULL: it was never judged */
    int64_t worst_ms;
    int64_t worst_n; /* comments */
};

/* A window of the first segment: a point of each feature. */
struct run_time {
    int64_t start_ms;
    struct page_point *point;
};

struct run_segment {
    struct slice name;
    enum severity severity; /* the worst, of windows and of alerts */
    int64_t judged;
    int64_t not_judged;
    int64_t n;
    struct slice worst;
    double psi;
    int64_t worst_ms;
    bool *over; /* of each feature */
};

struct run_reason {
    struct slice stage;
    struct slice reason;
    int64_t n;
};

/* Alerts of one level, in the order in which they were written; as many as are shown. */
struct run_alerts {
    struct alert v[PAGE_ALERTS_MAX];
    size_t n;
    size_t left; /* more than that */
};

/* Accuracy without labels (drift/estimate.h), by comments. */
struct run_estimate {
    double sum; /* of accuracy times comments */
    double before;
    int64_t n;
};

struct run {
    struct wire *wire;
    const struct baseline *baseline;
    const struct run_end *end; /* while it is rendered */
    struct arena *keep;
    struct arena *line;
    struct buf text;
    bool failed; /* no memory for a text */

    struct slice segment; /* the first */
    struct slice rule;
    struct slice policy;
    bool scans; /* runs of panes are judged, however small windows are */
    struct slice bundle;
    int64_t length_ms; /* of a window */
    int64_t first_ms;
    int64_t last_ms;
    int64_t states[RUN_STATES];   /* windows of the first segment */
    int64_t stale_bundle;         /* of the stale: by another bundle  */
    int64_t stale_age;            /* ... and by age; the others: of before that was said */
    struct run_estimate estimate; /* of its judged windows        */
    struct run_feature *feature;  /* of the baseline's features  */
    struct run_time *time;
    size_t n_times;
    size_t cap_times;
    struct run_segment *segments;
    size_t n_segments;
    size_t cap_segments;
    size_t next_segment; /* where to look first */

    struct run_alerts alerts[RUN_LEVELS]; /* CRITICAL, WARNING, resolved */
    struct slice *open;                   /* alert_ids that fire          */
    size_t n_open;
    size_t cap_open;
    size_t n_alerts;

    struct run_reason reason[RUN_REASONS_MAX];
    size_t n_reasons;
    int64_t other_dead;
    struct run_summary summary;
};

/* What was written to r->text, kept; empties r->text. */
struct slice run_keep(struct run *r);

/* A zeroed array for the page; NULL sets r->failed. */
void *run_array(struct run *r, size_t n, size_t size);

/* Windows of the first segment that were judged. */
int64_t run_judged(const struct run *r);

/* Fill the page, from what was gathered. A lack of memory is seen in r->failed. */
void run_page(struct run *r, struct page *p);
void run_facts(struct run *r, struct page *p);

#endif
