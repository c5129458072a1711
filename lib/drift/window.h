/* SPDX-License-Identifier: MIT */
/* window.h -- one stretch of time of one segment, judged against the baseline.
 *
 *   comments      x  x xx x   x  xx   x x x x    x  x   x x xx x x      arrival time ->
 *   panes       |_____|_____|_____|_____|_____|_____|_____|_____|        60 s each
 *   window      |_______________________________________________|        1 h, a whole number of
 * panes ^ closes when every source's watermark has passed here
 *
 * What is counted. A comment falls into the pane of its arrival_ms, the time at
 * which its raw record was appended to the log; when it was written is data, not
 * time. It is looked up in the cells of the baseline, feature by feature, and
 * counted in the pane's tally (drift/tally.h) of each segment that it belongs to
 * (drift/segment.h). Ingest has stamped it with src_wm_ms, the watermark of its
 * source just before it: the comment is late iff its pane ends at or before that.
 * So whether a comment is late is a property of the comment, not of who reads it
 * when. A late comment, and one that was seen before (an update), is counted as
 * such and enters no histogram.
 *
 * What is added up. Tallies are integers and bottom-k samples; a window's tally
 * is the sum of its panes', in whichever order and pieces they came. Doubles
 * appear only here, once, in a fixed order, with our own log and exp: the same
 * comments give the same bytes.
 *
 * When it closes. Marks in the log say how far each source has come in each
 * partition (drift/matrix.h); the minimum over all of them moves, and boundaries
 * are passed one by one, first the panes', then the window's. A comment on time
 * cannot come after that; should one come, it is counted as overtaken and the
 * window says incomplete.
 *
 * What it says. For each feature the distances of stats/distance.h between the
 * baseline's counts and the window's, with p-values (of KS with policy fixed, else
 * of drift/evidence.h); and, by the policy, a severity. With policies that weigh
 * evidence alerts come from rule scan (drift/scan.h), and the window reports. The comments of one
 * video resemble each other, so n comments are worth fewer: n_eff = n / (1 + (b - 1) icc), where b
 * is the size of the video that a comment belongs to, on average, and icc the intra-video
 * correlation that the baseline knows (drift/video_icc.h). A window below min_samples comments or
 * min_videos effective videos is insufficient_data: its distances stand in the record, but nothing
 * follows from them. */
#ifndef DRIFT_WINDOW_H
#define DRIFT_WINDOW_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "drift/policy.h"
#include "drift/tally.h"
#include "record/window.h"

#define WINDOW_RULE "window"
enum { WINDOW_RULE_VERSION = 1 };

/* Least standard deviation that a Wasserstein distance is divided by. */
#define WINDOW_SD_MIN 0.001

struct window_rules {
    const struct policy *policy;
    int64_t min_samples;
    double min_videos; /* effective                                               */
    double level;      /* largest q that is evidence; unused with policies that do
                          not weigh any                                           */
};

/* Judges a tally into out: its arrays live in a, its strings are borrowed from
 * the baseline, the policy and the caller, who fills run, segment, start_ms and
 * end_ms before or after. ST_FATAL: memory. */
MUST_USE enum status window_judge(const struct tally *t, const struct window_rules *rules,
                                  struct arena *a, struct window *out, struct err *err);

/* Whether the window has enough data for its severities to mean something. */
bool window_has_power(const struct window *w, const struct window_rules *rules);

/* The feature that moved most: highest severity, then highest PSI, then first;
 * -1 when none has a severity. */
int32_t window_worst(const struct window *w);

/* p of chi-square on categories whose comments are worth less than independent ones, by the
 * design effect (Rao and Scott 1981, the first-order correction): worth is n_eff / n. */
double category_p(const uint64_t *before, const uint64_t *now, size_t cells, double worth);

/* A double that may be undefined. */
static inline struct opt_double defined(double x)
{
    return isfinite(x) ? (struct opt_double){ x, true } : (struct opt_double){ 0, false };
}

#endif
