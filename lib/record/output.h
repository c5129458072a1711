/* SPDX-License-Identifier: MIT */
/* output.h -- the four numbers that a model says of a comment, by name.
 *
 * Their order is that of every bundle and of every baseline of scores: what a model calls its
 * outputs, a baseline calls its first features, and the judge finds them by that. */
#ifndef RECORD_OUTPUT_H
#define RECORD_OUTPUT_H

enum output {
    OUTPUT_SENTIMENT,
    OUTPUT_ENGAGEMENT,
    OUTPUT_IMPLICITNESS,
    OUTPUT_CONFIDENCE,
    OUTPUT_N,
};

struct output_info {
    const char *name; /* "sentiment_score", ... as in schemas/score.avsc */
    double min, max;
};

extern const struct output_info output_table[OUTPUT_N];

#endif
