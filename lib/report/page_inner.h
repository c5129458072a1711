/* SPDX-License-Identifier: MIT */
/* page_inner.h -- the parts of a page, for page.c alone. */
#ifndef REPORT_PAGE_INNER_H
#define REPORT_PAGE_INNER_H

#include "report/html.h"
#include "report/page.h"

/* The style sheet. */
extern const char page_style[];

/* "ok", "undecided", "WARNING", "CRITICAL": what a level is called in class names. */
const char *page_class(enum page_level level);

/* The table of all features, and a section of each. */
void page_features(struct buf *out, const struct page *p);
void page_times(struct buf *out, const struct page *p);
void page_feature_section(struct buf *out, const struct page *p, size_t i);

/* A table of the bins, behind a picture; now: what the second column is of. */
void page_bins(struct buf *out, const struct page *p, const char *now, const struct page_bin *bin,
               size_t n);

/* Whether a bin is part of what moved. */
bool page_bin_moved(const struct page_bin *b);

/* Rows of a table: how sure an alert is. */
void page_proof(struct buf *out, const struct alert *al);

/* All alerts, and the evidence of the first. */
void page_alerts(struct buf *out, const struct page *p);
void page_evidence(struct buf *out, const struct page *p);

#endif
