/* SPDX-License-Identifier: MIT */
#include "report/words.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>

#include "record/window.h"

static const struct {
    const char *title;
    const char *meaning;
} words[WORD_N] = {
    [WORD_PSI] = { "PSI, population stability index",
                   "How differently the values spread over the same bins: the sum over bins of "
                   "(share now - share before) times the logarithm of their ratio. 0 is the same; "
                   "below 0.1 is usually nothing, 0.2 is worth a look, above 0.3 is another "
                   "population." },
    [WORD_KS] = { "KS, Kolmogorov-Smirnov distance",
                  "The widest gap between the two cumulative curves, 0 to 1." },
    [WORD_WASSERSTEIN] = { "Wasserstein distance",
                           "How far the values had to move on average to turn one histogram into "
                           "the other, in standard deviations of what was before." },
    [WORD_JS] = { "Jensen-Shannon distance",
                  "0 for the same shares, 0.83 for histograms that have nothing in common." },
    [WORD_KL] = { "Kullback-Leibler divergence",
                  "What is lost when the old shares stand for the new ones; 0 is nothing." },
    [WORD_HELLINGER] = { "Hellinger distance", "0 for the same shares, 1 for nothing in common." },
    [WORD_LINF] = { "Largest difference of shares", "Of the bin that changed most." },
    [WORD_P] = { "p",
                 "How often chance alone would show at least as much, if nothing had changed." },
    [WORD_Q] = { "q",
                 "p with the number of tests taken into account (Benjamini and Hochberg): of all "
                 "that is reported at this q, about this share is expected to be false." },
    [WORD_EFFECT] = { "Effect",
                      "How large the change is beyond what noise explains, by the strongest test: "
                      "the squared shift in variances of the baseline. About the PSI, without what "
                      "few comments add to it; a mean that moved by a fifth of a standard "
                      "deviation has 0.04." },
};

const char *word_title(enum word w)
{
    return words[w].title;
}

const char *word_meaning(enum word w)
{
    return words[w].meaning;
}

static const char *psi_step(double psi)
{
    if (psi < 0.1)
        return "hardly any change";
    if (psi <= 0.2)
        return "some change";
    return psi <= 0.3 ? "a shift worth a look" : "a different population";
}

/* How rare, in words that do not need an exponent. */
static void say_share(struct buf *out, double share)
{
    if (share < 1e-6)
        buf_str(out, "fewer than one in a million");
    else if (share < 0.01)
        buf_fmt(out, "one in %.0f", 1.0 / share);
    else
        buf_fmt(out, "%.0f in 100", fmin(share, 1) * 100.0);
}

/* A shift of the mean by d deviations has an effect of d squared. */
static void say_effect(struct buf *out, double effect)
{
    if (effect > 0)
        buf_fmt(out, "as much as a mean moved by %.2g standard deviations", sqrt(effect));
    else
        buf_str(out, "no more than noise");
}

void word_say(struct buf *out, enum word w, double value)
{
    if (!isfinite(value))
        return;
    switch (w) {
    case WORD_PSI:
        buf_str(out, psi_step(value));
        break;
    case WORD_KS:
        buf_fmt(out, "the curves part by %.1f %% of the values", value * 100.0);
        break;
    case WORD_WASSERSTEIN:
        buf_fmt(out, "moved by %.2g standard deviations on average", value);
        break;
    case WORD_JS:
        buf_fmt(out, "%.0f %% of the way to nothing in common", fmin(value / 0.8325546, 1) * 100.0);
        break;
    case WORD_HELLINGER:
        buf_fmt(out, "%.0f %% of the way to nothing in common", value * 100.0);
        break;
    case WORD_LINF:
        buf_fmt(out, "the bin that changed most: by %.1f %% of all values", value * 100.0);
        break;
    case WORD_P:
        buf_str(out, "by chance alone: ");
        say_share(out, value);
        break;
    case WORD_Q:
        buf_str(out, "of such reports, false: ");
        say_share(out, value);
        break;
    case WORD_EFFECT:
        say_effect(out, value);
        break;
    case WORD_KL:
    case WORD_N:
        break;
    }
}

struct meaning {
    const char *name;
    const char *says;
};

static const char *meaning_of(const struct meaning *v, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_is(name, v[i].name))
            return v[i].says;
    }
    return NULL;
}

const char *word_test(struct slice test)
{
    static const struct meaning all[] = {
        { "neyman", "level, width, skew and tails of all values" },
        { "groups", "shares of groups of values" },
        { "unseen", "values that never were before" },
        { "rest", "all but the one value that nearly all had" },
        { "ks", "widest gap of the cumulative curves" },
        { "chi2", "shares of the categories" },
    };

    return meaning_of(all, sizeof(all) / sizeof(all[0]), test);
}

const char *word_moved(struct slice moved)
{
    static const struct meaning all[] = {
        { "mean", "the level of the values" },         { "variance", "how wide they spread" },
        { "skew", "to which side they lean" },         { "tails", "how many are far out" },
        { "shares", "how often each category comes" },
    };

    return meaning_of(all, sizeof(all) / sizeof(all[0]), moved);
}

const char *word_stale(struct slice by)
{
    if (slice_is(by, STALE_BY_BUNDLE))
        return "comments of another bundle than the baseline's are among it";
    return slice_is(by, STALE_BY_AGE) ? "the baseline is older than drift.baseline.max_age.ms"
                                      : NULL;
}

const char *word_stale_todo(struct slice by)
{
    if (slice_is(by, STALE_BY_BUNDLE))
        return "a baseline of the bundle that scored it: absa baseline, docs/runbook/new-bundle.md";
    return slice_is(by, STALE_BY_AGE) ? "a newer baseline: absa baseline" : NULL;
}

void word_stale_windows(struct buf *out, int64_t stale, int64_t windows, struct slice by)
{
    if (stale > 0)
        buf_fmt(out,
                "%" PRId64 " of %" PRId64
                " windows were not judged, baseline_stale: %s. What it needs: %s\n",
                stale, windows, word_stale(by), word_stale_todo(by));
}
