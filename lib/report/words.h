/* SPDX-License-Identifier: MIT */
/* words.h -- what a figure means, for a person who does not know its name. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

enum word {
    WORD_PSI,
    WORD_KS,
    WORD_WASSERSTEIN, /* in standard deviations of what was before */
    WORD_JS,
    WORD_KL,
    WORD_HELLINGER,
    WORD_LINF,
    WORD_P,
    WORD_Q,
    WORD_EFFECT,
    WORD_N,
};

/* Appends what this value of it says, as HTML; nothing of one that is not finite. */
void word_say(struct buf *out, enum word w, double value);

/* What it measures: plain text, for ever. */
const char *word_title(enum word w);
const char *word_meaning(enum word w);

/* What a test of a record ("neyman", "chi2", ...) looks at: "the shape of all values: ..."; NULL
 * for one that is not known. */
const char *word_test(struct slice test);

/* What of a feature moved most ("mean", "shares", ...), as evidence.moved has it; NULL for what is
 * not known. */
const char *word_moved(struct slice moved);

/* Why a window is baseline_stale, as window.stale_by has it, in a clause: "comments of another
 * bundle ..."; NULL for what is not known. */
const char *word_stale(struct slice by);

/* What to do about it, in a clause; NULL for what is not known. */
const char *word_stale_todo(struct slice by);

/* Appends, as a line of text, that so many windows of all were not judged since they are stale,
 * why, and what that needs. by: STALE_BY_*. Nothing when there are none. */
void word_stale_windows(struct buf *out, int64_t stale, int64_t windows, struct slice by);

#endif
