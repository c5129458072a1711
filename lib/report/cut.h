/* SPDX-License-Identifier: MIT */
/* cut.h -- the PSI bins of a feature with what was and what is in them.
 *
 * Of an alert, which brings its own cells, or of a window, whose bins are those of a
 * baseline. */
#ifndef REPORT_CUT_H
#define REPORT_CUT_H

#include "base/buf.h"
#include "drift/baseline.h"
#include "notify/bins.h"

struct cut {
    struct bin bin; /* its range, and the shares before and now */
    double part;    /* of PSI                                   */
};

/* The bins of al in order; 0 when its arrays do not fit each other. */
size_t cut_alert(const struct alert *al, struct cut v[BINS_MAX]);

/* The bins of f, with the counts of a feature of a window by PSI bin. 0 when these are not its
 * bins, which a window does not say: a segment or a season is compared with a reference of its own
 * (drift/reference.h), and then its PSI is another one than these bins have. */
size_t cut_window(const struct baseline_feature *f, const struct window_feature *w,
                  struct cut v[BINS_MAX]);

/* Appends what a bin is: "0.2 to 0.4", or the name of a category as it is (a stranger's text), of
 * the last two what they hold. */
void cut_label(const struct bin *b, struct buf *out);

/* Appends "<0.4", the value of a bin of one, or the head of a name: for an axis, where there is
 * little room. */
void cut_tick(const struct bin *b, struct buf *out);

#endif
