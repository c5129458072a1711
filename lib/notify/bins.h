/* SPDX-License-Identifier: MIT */
/* bins.h -- the two histograms of an alert as a person sees them: by PSI bin. */
#ifndef NOTIFY_BINS_H
#define NOTIFY_BINS_H

#include "record/alert.h"
#include "text/spark.h"

enum { BINS_MAX = SPARK_BINS_MAX };

struct bin {
    struct slice name; /* of a category; else p is NULL */
    double lo;         /* -infinity: none */
    bool above;        /* lo itself is not in it: that is a bin of its own */
    double hi;
    double before; /* share of the baseline */
    double now;    /* share of the window   */
    size_t cells;
    size_t last; /* cell */
    bool parted; /* values within it are bins of their own */
};

/* The bins of al in order; 0 when its arrays do not fit each other (it was not
 * checked) or there are more than BINS_MAX. */
size_t bins_of(const struct alert *al, struct bin v[BINS_MAX]);

/* Appends a sparkline, one character a bin, of the window or of the baseline. Both
 * have the scale of the larger one. */
void bins_spark(const struct bin *v, size_t n, bool window, struct buf *out);

/* Whether it is one value, as that of an atom. */
bool bins_one_value(const struct bin *b);

/* Appends "-0.5 to 0.25", "below -0.5", "from 0.25", "above 3"; "other below 3" of a bin that is
 * parted; or the name of a category, with a question mark for each character that text or HTML
 * might take for more than itself. */
void bins_range(const struct bin *b, struct buf *out);

#endif
