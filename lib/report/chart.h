/* SPDX-License-Identifier: MIT */
/* chart.h -- two pictures as inline SVG, coloured by the page's style sheet.
 *
 *     bars                          line
 *      _       _                    0.3 - - - - - - /- - critical
 *     |a|_    |a|b|                 0.2 - - - - - -/- -  warning
 *     |a|b|.. |a|b|                    _/\___/\___/
 *                                                 ====   called so
 *
 * The same bins give the same bytes. A table with the same numbers stands beside
 * each. */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "report/page.h"

/* Shares of the bins, before (class a) and now (class b, or m where moved). */
void chart_bins(struct buf *out, const struct page_feature *f);

/* PSI at the page's times, against its thresholds; a gap where nothing was judged. */
void chart_line(struct buf *out, const struct page *p, const struct page_feature *f);

#endif
