/* SPDX-License-Identifier: MIT */
/* render_inner.h -- what text and HTML share. */
#ifndef NOTIFY_RENDER_INNER_H
#define NOTIFY_RENDER_INNER_H

#include "notify/bins.h"
#include "notify/render.h"

/* SHOWN_MAX: bytes of one string from elsewhere. So GROUP_ALERTS_MAX alerts are always less than
 * MESSAGE_MAX: an alert that nobody could be told of would stop everybody's. */
enum { VIEW_MOVED_MAX = 3, VIEW_OTHERS_MAX = 8, VIEW_ALSO_MAX = 5, SHOWN_MAX = 500 };

/* One alert, made ready for print. */
struct view {
    const struct alert *al;
    struct bin bins[BINS_MAX];
    size_t n_bins;
    size_t moved; /* how many of the moved bins are worth a line */
    const struct other_feature *others[VIEW_OTHERS_MAX]; /* by PSI, falling */
    size_t n_others;
};

void view_make(const struct alert *al, struct view *v);

/* "CRITICAL", or "RESOLVED". */
const char *view_state(const struct alert *al);

/* "absa tail -o beginning -e -J | grep ID | absa verify-alert -": it can be pasted. */
void view_command(const struct alert *al, struct buf *out);

/* "0.243, threshold 0.2"; without the second where evidence decided. */
void view_psi(const struct alert *al, struct buf *out);

/* How sure it is, and of what; nothing with rule window. */
void view_evidence(const struct alert *al, struct buf *out);

/* Of categories: the largest difference of a share, chi-square, comments of unseen ones. */
void view_shares(const struct alert *al, struct buf *out);

/* The other segments that moved, "lang:de sentiment_score CRITICAL, ...". */
void view_also(const struct alert *al, struct buf *out);

/* "2025-07-23 12:00 to 13:00 UTC", with the second day when it is another one. */
void view_window(const struct alert *al, struct buf *out);

void render_html(const struct telling *t, struct slice title, struct buf *out);

/* The head of a text in HTML: & < > " escaped, control characters blank. */
void put_html(struct buf *out, struct slice s);

#endif
