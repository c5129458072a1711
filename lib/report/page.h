/* SPDX-License-Identifier: MIT */
/* page.h -- a drift report as one HTML file that needs nothing else.
 *
 *     records of a run ──> report/run.h ──┐
 *                                         ├──> struct page ──> page_render() ──> HTML
 *     two tables ──> absa compare ────────┘
 *
 * The page has no script and loads nothing (its Content-Security-Policy says so),
 * obeys the reader's light or dark mode, prints, and fits a telephone. Behind each
 * chart stands a table. What is empty or NULL is left out, heading and all.
 *
 * The same struct gives the same bytes: no clock, no place of this machine. All
 * strings are of strangers, and shown as text (report/html.h); const char * are
 * ours, for ever, and go out as they are. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "record/alert.h"
#include "report/words.h"

enum {
    PAGE_TIMES_MAX = 22,    /* points of a line, columns of the table of PSI over time */
    PAGE_SEGMENTS_MAX = 50, /* rows */
    PAGE_ALERTS_MAX = 100,  /* rows */
    PAGE_EVIDENCE_MAX = 6,  /* alerts whose evidence is shown                          */
};

#define PAGE_BYTES_MAX ((size_t)256 << 20)

enum page_level { PAGE_OK, PAGE_UNDECIDED, PAGE_WARNING, PAGE_CRITICAL };

/* Shares of one bin or category. */
struct page_bin {
    struct slice label; /* "0.2 to 0.4" */
    struct slice tick;  /* short, for the axis; may be empty */
    double before;
    double now;
    double part; /* of PSI; NaN: these bins are not PSI's */
};

struct page_figure {
    const char *name;
    enum word word; /* WORD_N: nothing to say of it */
    double value;   /* NaN: not defined             */
};

struct page_point {
    double psi; /* NaN: nothing was judged then */
    enum severity severity;
};

struct page_feature {
    struct slice name;
    const char *verdict; /* "CRITICAL", "ok", ... */
    enum page_level level;
    double psi;            /* by which features are ranked              */
    struct slice said;     /* what happened, in a sentence or two       */
    struct slice why;      /* what is not defined, and why              */
    int64_t n_before;      /* values                                    */
    int64_t n_now;         /* values                                    */
    double missing_before; /* share, NaN: not known                     */
    double missing_now;    /* share, NaN: not known                     */
    struct slice when;     /* which window the figures are of; may be empty */
    int64_t over;          /* windows over a threshold                  */
    int64_t segments_over; /* segments with such a window               */
    struct page_bin *bin;  /* n_bins                                    */
    size_t n_bins;         /* 0: no picture                             */
    struct slice test;     /* that saw most of it, "neyman"; may be empty */
    struct page_figure *figure;
    size_t n_figures;
    struct page_point *point; /* page.n_times; NULL: no line               */
};

struct page_segment {
    struct slice name;
    enum page_level level;
    int64_t judged;
    int64_t not_judged;
    int64_t n;
    struct slice worst; /* feature */
    double psi;
    int64_t worst_ms;
};

/* An alert and its two histograms. */
struct page_alert {
    const struct alert *alert;
    struct page_bin *bin;
    size_t n_bins;
};

/* A name, a value, and what to make of it. */
struct page_fact {
    struct slice name;
    struct slice value;
    const char *note; /* or NULL */
};

struct page_facts {
    const char *title;
    struct page_fact *v;
    size_t n;
};

struct page {
    const char *kind; /* "Drift report", the title */
    enum page_level level;
    struct slice verdict;
    struct slice lead;  /* one paragraph below it */
    const char *before; /* "baseline"            */
    const char *now;    /* "window"              */
    const char *thing;  /* "feature": what is compared */
    struct page_facts tiles;
    struct page_feature *feature; /* in the order in which they are shown */
    size_t n_features;
    int64_t *time_ms;
    size_t n_times;
    size_t windows_per_time; /* windows behind a point: the worst of them is shown */
    double warning;
    double critical;
    struct page_segment *segment;
    size_t n_segments;
    size_t n_segments_left;
    struct page_alert *alert;
    size_t n_alerts;
    size_t n_alerts_left;
    struct page_facts *facts; /* data quality, identity, method: a table each */
    size_t n_facts;
    struct slice command; /* how to make it again */
};

/* Appends the page. ST_FATAL: memory, or out's maximum. O(all). */
MUST_USE enum status page_render(const struct page *p, struct buf *out, struct err *err);

/* "ok", "WARNING", "CRITICAL". */
const char *page_severity(enum severity s);

/* Order of features: worst verdict first, then the greatest PSI, then the name;
 * for qsort(). */
int page_by_drift(const void *a, const void *b);

#endif
