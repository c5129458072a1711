/* SPDX-License-Identifier: MIT */
/* alert.h -- an alert that explains itself. */
#ifndef RECORD_ALERT_H
#define RECORD_ALERT_H

#include "record/types.h"
#include "record/window.h"

enum alert_state {
    ALERT_FIRING,
    ALERT_RESOLVED,
};

/* Another feature of this window over a threshold. */
struct other_feature {
    struct slice name;
    double psi;
    enum severity severity;
    struct opt_double p;
    struct opt_double q;
    struct opt_double effect;
};

struct other_feature_list {
    struct other_feature *v;
    size_t n;
};

/* A PSI bin and its part of the PSI. */
struct moved_bin {
    int32_t bin;
    double share_before;
    double share_now;
    double psi_part;
};

struct moved_bin_list {
    struct moved_bin *v;
    size_t n;
};

/* Mean, deviation, skew and tails, from cells and sums. */
struct moments {
    double mean_before;
    double mean_now;
    double sd_before;
    double sd_now;
    double skew_before;
    double skew_now;
    double low_before;
    double low_now;
    double high_before;
    double high_now;
};

/* How sure it is, and all that this follows from. */
struct alert_evidence {
    struct slice test;
    double statistic;
    double df;
    double df_videos;
    double p_run;
    int32_t runs;
    double level;
    struct doubles family;
    int32_t index;
    double effect;
    double effect_min;
    int32_t streak;
    int32_t streak_min;
    double icc;
    double video_size;
    double baseline_video_size;
    struct doubles between_moments;
    struct doubles between_groups;
    struct doubles long_run;
    struct doubles moments;
    struct slice moved;
};

/* Where to find an example comment of the bins that grew most. */
struct alert_example {
    int32_t src;
    int64_t src_offset;
    int32_t src_index;
    struct slice comment_id;
    int32_t bin;
};

struct alert_example_list {
    struct alert_example *v;
    size_t n;
};

/* An alert: explains itself and can be checked from itself alone (absa verify-alert). */
struct alert {
    struct slice alert_id;
    int32_t seq;
    enum alert_state state;
    enum severity severity;
    struct slice kind;
    struct slice rule;
    int32_t rule_version;
    struct slice segment;
    struct slice feature;
    struct other_feature_list others;
    int64_t start_ms;
    int64_t end_ms;
    int64_t episode_ms;
    struct slice policy;
    struct opt_double psi;
    double threshold;
    struct opt_double ks;
    struct opt_double wasserstein;
    struct opt_double js;
    struct opt_double p;
    int64_t n;
    double n_eff;
    int64_t m;
    struct doubles edges;
    struct ints psi_bins;
    struct longs baseline_counts;
    struct longs window_counts;
    struct longs baseline_sums;
    struct longs window_sums;
    double unit;
    double baseline_sd;
    struct moved_bin_list moved;
    struct moments moments;
    struct alert_example_list examples;
    struct slice message;
    struct slice todo;
    struct slice baseline;
    struct slice bundle;
    struct slice config;
    int32_t method;
    struct opt_double q;
    struct alert_evidence *evidence; /* NULL with rule window */
    struct strings categories;       /* empty of numbers; else they have the next three */
    struct opt_double linf;
    struct opt_double chi2_p;
    struct opt_long unseen;
    struct moved_segment_list also;
    struct slice checksum;
};

#endif
