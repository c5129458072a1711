/* SPDX-License-Identifier: MIT */
/* evidence.h -- how sure is it that a feature moved?
 *
 * Tests of one histogram against its baseline, on ranks (stats/ranks.h):
 *
 *   neyman   the four smooth moments: shifts, widths, skews, tails; the most
 *            powerful for what is smooth (Neyman 1937; Ledwina 1994)
 *   groups   chi-square over up to 16 groups: whatever is local, a value that
 *            got stuck (Pearson 1900)
 *
 * Each is T = d' S^-1 d, d the difference of means between window and baseline
 * and S its covariance,
 *
 *     S = A (1/n + 1/m) + B ((b - 1)/n + (bm - 1)/m),
 *
 * A the long-run covariance of a comment, B that between videos (drift/spread.h),
 * n and m the finite values, b and bm the mean size of the video that a comment
 * belongs to, in window and baseline. With b = 1 and A = C that is the plain test
 * with the finite-baseline factor 1/(1 + n/m). Directions without variance are
 * dropped, k remain (stats/eigen.h). T / k is held against F(k, 3 n/(b l)), l the
 * comments that are worth one in the long run: as if the covariance had been
 * learnt from so few, since asymptotic p-values from few are far too small.
 *
 * A direction is used only where n is at least 8 times its kurtosis over the
 * baseline's comments, and m 50 times, both divided by their own design effects: a
 * rare value (an emoji in one comment of 200) is no normal variable in 67 comments,
 * and three of them are no evidence. It comes in with the longer runs. Why 8 and 50:
 * the kurtosis of a value of small share s is 1/s, so that n s >= 8 is expected in the
 * window (Cochran 1954 asks for 5 in each class, at levels of 0.01 and not 0.0001), and
 * the first term by which a tail at x standard errors is off, e^(kurtosis x^4 / 24 n)
 * (Feller 1971, XVI.7), is within a factor of 4 at x = 4. The variance of a direction is
 * the baseline's, with a relative standard error of sqrt(kurtosis / m), so 1/7 at 50.
 *
 * Categories have no order, hence no moments: neyman is not tested of them.
 *
 *   rest     in place of groups where there is but one, since nearly all of the baseline
 *            is in one cell: how likely is it that of the comments beside the commonest
 *            cell, x in the window and r in the baseline, at least x are in the window.
 *            Given their number each of them is, with probability n / (n + m), so
 *            P(Bin(x + r, n / (n + m)) >= x) = I(x, r + 1; n / (n + m)) (Przyborowski and
 *            Wilenski 1940; the beta by DLMF 8.17.5). How alike the comments of a video are
 *            in so rare a thing no baseline tells: each is worth as its video, b l of them
 *            one and bm l, x rounded down and r up. Nor do b and n tell how unequal videos
 *            are, and one large video of the rest is no evidence. So p is asked for again
 *            as if all that the window varies by, s b l n with s = r / m, were of videos of
 *            the size M that the largest has at most, M^2 + n - M = n b: of b n / (M^2 l)
 *            events at a share of s there are (x - s n) / (M l) more (after Bennett 1962,
 *            whose bound has a sum of such variance and terms no tail above that
 *            Poisson's); the larger of both is p. Its effect is at most the difference of
 *            shares: the variance of what is rare is nothing to measure by, and where r is 0
 *            the unseen have that effect too
 *
 *   unseen   where the baseline has cells without comments (beside atoms; the
 *            only test of a feature that never changed): how likely is it that
 *            all x comments there, of n + m, fell into the window (Fisher's exact
 *            test of 0 of m and x of n, in videos: divided by bm and b). Where s of the
 *            baseline's comments are alone in their cells, about s of m more would have
 *            fallen into empty ones (Good 1953): then s of m and x of n, by the binomial
 *
 * p is the smallest of the tests' by Bonferroni. The effect is the part of the
 * squared shift that noise does not explain, in baseline variances: about the PSI
 * on the same bins, without its bias. */
#ifndef DRIFT_EVIDENCE_H
#define DRIFT_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/spread.h"

/* Comments a direction needs for each unit of its kurtosis, in a window and in the
 * baseline. */
#define EVIDENCE_PER_KURTOSIS          8
#define EVIDENCE_BASELINE_PER_KURTOSIS 50

/* Which tests there are, as alerts and calibrations name them. 3: rest too. */
enum { EVIDENCE_METHOD = 3, EVIDENCE_METHOD_NO_REST = 2 };

enum evidence_test {
    EVIDENCE_NONE,
    EVIDENCE_NEYMAN,
    EVIDENCE_GROUPS,
    EVIDENCE_UNSEEN,
    EVIDENCE_REST
};

struct evidence; /* immutable; of one feature of a baseline */

/* A histogram; borrowed. */
struct evidence_counts {
    const uint64_t *v;
    size_t cells;
    bool nominal; /* cells are categories, in no order that means anything: no moments */
    bool no_rest; /* as method EVIDENCE_METHOD_NO_REST tests                           */
};

/* From the baseline's counts by cell, copied into it, and its mean size of the
 * video that a comment belongs to (>= 1). NULL: out of memory. O(cells). */
struct evidence *evidence_new(const struct evidence_counts *counts, const struct spread *spread,
                              double video_size);

/* NULL is fine. */
void evidence_free(struct evidence *e);

/* Groups that the baseline has. */
size_t evidence_groups(const struct evidence *e);

/* What the tests found. */
struct outcome {
    enum evidence_test test; /* with the smaller p; NONE: nothing could be tested       */
    double p;                /* of all tests together; NaN when there was none          */
    double statistic;        /* T of that test; x for unseen and rest                   */
    double df;               /* k; 0 for unseen and rest                                */
    double df_videos;        /* 3 n/(b l)                                               */
    double effect;           /* at least 0                                              */
};

/* A histogram to test: n values with counts by cell, whose mean video size is b. Borrowed. */
struct evidence_case {
    const struct evidence *of;
    const uint64_t *counts;
    const uint64_t *below; /* the same, cells_cumulate()d */
    int64_t n;
    double b;
};

/* Tests each of them, sooner together than one by one. O(cells). */
void evidence_test(const struct evidence_case *cases, size_t n, struct outcome *out);

/* How far each moment of one of them moved, in its standard errors; 0 where it has none. */
void evidence_moments(const struct evidence_case *c, double out[RANK_MOMENTS]);

/* "neyman", ... */
const char *evidence_test_name(enum evidence_test test);

#endif
