/* SPDX-License-Identifier: MIT */
/* score.h -- what score says of a comment. */
#ifndef RECORD_SCORE_H
#define RECORD_SCORE_H

#include "record/types.h"

/* What confidence means: the share of such comments whose sentiment is within this of the truth. */
#define CONFIDENCE_INTERVAL 0.25

enum sighting {
    SIGHTING_FIRST,
    SIGHTING_UPDATE,
};

/* One aspect that the comment names. */
struct aspect {
    struct slice category;
    struct slice term;
    int32_t start;
    int32_t end;
    double sentiment;
};

struct aspect_list {
    struct aspect *v;
    size_t n;
};

/* What score says of one comment; same partition and order as absa.comments. */
struct score {
    struct slice comment_id;
    struct slice video_id;
    struct slice lang;
    int64_t created_ms;
    struct opt_long likes;
    struct opt_long replies;
    bool is_reply;
    enum sighting sighting;
    bool cross_source;
    bool dedupe_evicted;
    double sentiment_score;
    double engagement_score;
    double implicitness_degree;
    double confidence;
    struct aspect_list aspects_detected;
    struct doubles features;
    struct slice model;
    struct slice model_version;
    struct slice encoder;
    struct slice bundle_sha256;
    struct origin origin;
};

#endif
