/* SPDX-License-Identifier: MIT */
/* window.h -- a judged window. */
#ifndef RECORD_WINDOW_H
#define RECORD_WINDOW_H

#include "record/types.h"

enum window_state {
    WINDOW_EVALUATED,
    WINDOW_INSUFFICIENT_DATA,
    WINDOW_NO_DATA,
    WINDOW_WARMING,
    WINDOW_BASELINE_STALE,
    WINDOW_NO_BASELINE,
    WINDOW_INCOMPLETE,
    WINDOW_TRAINING_SKEW, /* of rule training alone: drift/training.h */
    WINDOW_STATES,
};

/* Why a window is stale; empty: it is not, or is of before this was said. */
#define STALE_BY_BUNDLE "bundle"
#define STALE_BY_AGE    "age"

enum severity {
    SEVERITY_NONE,
    SEVERITY_WARNING,
    SEVERITY_CRITICAL,
};

/* While all four are 0, the same raw records give the same bytes (I1). */
struct identity_counters {
    int64_t late_by_floor;
    int64_t overtaken;
    int64_t cross_source_updates;
    int64_t dedupe_evicted;
};

/* A segment that moved at a boundary. */
struct moved_segment {
    struct slice segment;
    struct slice feature;
    enum severity severity;
    struct opt_double psi;
    struct opt_double p;
};

struct moved_segment_list {
    struct moved_segment *v;
    size_t n;
};

/* One feature of the window against the baseline. */
struct window_feature {
    struct slice name;
    int64_t n;
    int64_t missing;
    int64_t infinite;
    double n_eff;
    struct opt_double psi;
    struct opt_double ks;
    struct opt_double ks_p;
    struct opt_double wasserstein;
    struct opt_double js;
    struct opt_double p;
    struct opt_double q;
    struct slice test;
    struct opt_double effect;
    enum severity severity;
    struct longs bins;
    /* Of categories alone. */
    struct opt_double linf;
    struct opt_double chi2_p;
    struct opt_long unseen;
};

struct window_feature_list {
    struct window_feature *v;
    size_t n;
};

/* One tumbling window of one segment, judged. */
struct window {
    int32_t run;
    struct slice segment;
    struct slice rule;
    int64_t start_ms;
    int64_t end_ms;
    enum window_state state;
    struct slice stale_by;
    int64_t n;
    double n_eff;
    int64_t videos;
    double videos_eff;
    int64_t late;
    int64_t updates;
    struct slice baseline;
    struct slice bundle;
    struct slice policy;
    struct identity_counters counters;
    /* Estimated without labels, see drift/estimate.h. */
    struct opt_double estimated_accuracy;
    struct opt_double estimated_accuracy_error;
    struct opt_double estimated_accuracy_before;
    struct window_feature_list features;
};

#endif
