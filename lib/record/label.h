/* SPDX-License-Identifier: MIT */
/* label.h -- a judgement of a score. */
#ifndef RECORD_LABEL_H
#define RECORD_LABEL_H

#include "record/types.h"

/* A person's (or tool's) judgement of a scored comment. */
struct label {
    struct slice comment_id;
    struct slice annotator;
    struct slice stage;
    int64_t labelled_ms;
    struct opt_double sentiment;
    struct opt_double engagement;
    struct opt_double implicitness;
    struct opt_double predicted_sentiment;
    struct opt_double predicted_engagement;
    struct opt_double predicted_implicitness;
    int64_t arrival_ms;
    struct slice bundle_sha256;
    struct opt_double confidence; /* 0..1                                               */
    struct opt_double interval;   /* half-width around the sentiment that confidence means */
    struct slice video_id;        /* empty: unknown                                      */
};

#endif
