/* SPDX-License-Identifier: MIT */
/* tables_alert.c -- an alert's rows; see tables.c. */
#include "record/alert.h"
#include "wire/tables_inner.h"

const char *const wire_alert_state_names[] = { "firing", "resolved", NULL };

static const struct wire_field other_feature_fields[] = {
    { "name", WIRE_STRING, offsetof(struct other_feature, name), NULL, NULL },
    { "psi", WIRE_DOUBLE, offsetof(struct other_feature, psi), NULL, NULL },
    { "severity", WIRE_ENUM, offsetof(struct other_feature, severity), NULL, wire_severity_names },
    { "p", WIRE_OPT_DOUBLE, offsetof(struct other_feature, p), NULL, NULL },
    { "q", WIRE_OPT_DOUBLE, offsetof(struct other_feature, q), NULL, NULL },
    { "effect", WIRE_OPT_DOUBLE, offsetof(struct other_feature, effect), NULL, NULL },
};
static const struct wire_table other_feature_table = {
    "other_feature", sizeof(struct other_feature), other_feature_fields,
    sizeof(other_feature_fields) / sizeof(other_feature_fields[0])
};

static const struct wire_field moved_bin_fields[] = {
    { "bin", WIRE_INT, offsetof(struct moved_bin, bin), NULL, NULL },
    { "share_before", WIRE_DOUBLE, offsetof(struct moved_bin, share_before), NULL, NULL },
    { "share_now", WIRE_DOUBLE, offsetof(struct moved_bin, share_now), NULL, NULL },
    { "psi_part", WIRE_DOUBLE, offsetof(struct moved_bin, psi_part), NULL, NULL },
};
static const struct wire_table moved_bin_table = { "moved_bin", sizeof(struct moved_bin),
                                                   moved_bin_fields,
                                                   sizeof(moved_bin_fields) /
                                                       sizeof(moved_bin_fields[0]) };

static const struct wire_field moments_fields[] = {
    { "mean_before", WIRE_DOUBLE, offsetof(struct moments, mean_before), NULL, NULL },
    { "mean_now", WIRE_DOUBLE, offsetof(struct moments, mean_now), NULL, NULL },
    { "sd_before", WIRE_DOUBLE, offsetof(struct moments, sd_before), NULL, NULL },
    { "sd_now", WIRE_DOUBLE, offsetof(struct moments, sd_now), NULL, NULL },
    { "skew_before", WIRE_DOUBLE, offsetof(struct moments, skew_before), NULL, NULL },
    { "skew_now", WIRE_DOUBLE, offsetof(struct moments, skew_now), NULL, NULL },
    { "low_before", WIRE_DOUBLE, offsetof(struct moments, low_before), NULL, NULL },
    { "low_now", WIRE_DOUBLE, offsetof(struct moments, low_now), NULL, NULL },
    { "high_before", WIRE_DOUBLE, offsetof(struct moments, high_before), NULL, NULL },
    { "high_now", WIRE_DOUBLE, offsetof(struct moments, high_now), NULL, NULL },
};
static const struct wire_table moments_table = { "moments", sizeof(struct moments), moments_fields,
                                                 sizeof(moments_fields) /
                                                     sizeof(moments_fields[0]) };

static const struct wire_field alert_example_fields[] = {
    { "src", WIRE_INT, offsetof(struct alert_example, src), NULL, NULL },
    { "src_offset", WIRE_LONG, offsetof(struct alert_example, src_offset), NULL, NULL },
    { "src_index", WIRE_INT, offsetof(struct alert_example, src_index), NULL, NULL },
    { "comment_id", WIRE_STRING, offsetof(struct alert_example, comment_id), NULL, NULL },
    { "bin", WIRE_INT, offsetof(struct alert_example, bin), NULL, NULL },
};
static const struct wire_table alert_example_table = {
    "alert_example", sizeof(struct alert_example), alert_example_fields,
    sizeof(alert_example_fields) / sizeof(alert_example_fields[0])
};

static const struct wire_field alert_evidence_fields[] = {
    { "test", WIRE_STRING, offsetof(struct alert_evidence, test), NULL, NULL },
    { "statistic", WIRE_DOUBLE, offsetof(struct alert_evidence, statistic), NULL, NULL },
    { "df", WIRE_DOUBLE, offsetof(struct alert_evidence, df), NULL, NULL },
    { "df_videos", WIRE_DOUBLE, offsetof(struct alert_evidence, df_videos), NULL, NULL },
    { "p_run", WIRE_DOUBLE, offsetof(struct alert_evidence, p_run), NULL, NULL },
    { "runs", WIRE_INT, offsetof(struct alert_evidence, runs), NULL, NULL },
    { "level", WIRE_DOUBLE, offsetof(struct alert_evidence, level), NULL, NULL },
    { "family", WIRE_DOUBLES, offsetof(struct alert_evidence, family), NULL, NULL },
    { "index", WIRE_INT, offsetof(struct alert_evidence, index), NULL, NULL },
    { "effect", WIRE_DOUBLE, offsetof(struct alert_evidence, effect), NULL, NULL },
    { "effect_min", WIRE_DOUBLE, offsetof(struct alert_evidence, effect_min), NULL, NULL },
    { "streak", WIRE_INT, offsetof(struct alert_evidence, streak), NULL, NULL },
    { "streak_min", WIRE_INT, offsetof(struct alert_evidence, streak_min), NULL, NULL },
    { "icc", WIRE_DOUBLE, offsetof(struct alert_evidence, icc), NULL, NULL },
    { "video_size", WIRE_DOUBLE, offsetof(struct alert_evidence, video_size), NULL, NULL },
    { "baseline_video_size", WIRE_DOUBLE, offsetof(struct alert_evidence, baseline_video_size),
      NULL, NULL },
    { "between_moments", WIRE_DOUBLES, offsetof(struct alert_evidence, between_moments), NULL,
      NULL },
    { "between_groups", WIRE_DOUBLES, offsetof(struct alert_evidence, between_groups), NULL, NULL },
    { "long_run", WIRE_DOUBLES, offsetof(struct alert_evidence, long_run), NULL, NULL },
    { "moments", WIRE_DOUBLES, offsetof(struct alert_evidence, moments), NULL, NULL },
    { "moved", WIRE_STRING, offsetof(struct alert_evidence, moved), NULL, NULL },
};
static const struct wire_table alert_evidence_table = {
    "alert_evidence", sizeof(struct alert_evidence), alert_evidence_fields,
    sizeof(alert_evidence_fields) / sizeof(alert_evidence_fields[0])
};

static const struct wire_field moved_segment_fields[] = {
    { "segment", WIRE_STRING, offsetof(struct moved_segment, segment), NULL, NULL },
    { "feature", WIRE_STRING, offsetof(struct moved_segment, feature), NULL, NULL },
    { "severity", WIRE_ENUM, offsetof(struct moved_segment, severity), NULL, wire_severity_names },
    { "psi", WIRE_OPT_DOUBLE, offsetof(struct moved_segment, psi), NULL, NULL },
    { "p", WIRE_OPT_DOUBLE, offsetof(struct moved_segment, p), NULL, NULL },
};
const struct wire_table moved_segment_table = { "moved_segment", sizeof(struct moved_segment),
                                                moved_segment_fields,
                                                sizeof(moved_segment_fields) /
                                                    sizeof(moved_segment_fields[0]) };

static const struct wire_field alert_fields[] = {
    { "alert_id", WIRE_STRING, offsetof(struct alert, alert_id), NULL, NULL },
    { "seq", WIRE_INT, offsetof(struct alert, seq), NULL, NULL },
    { "state", WIRE_ENUM, offsetof(struct alert, state), NULL, wire_alert_state_names },
    { "severity", WIRE_ENUM, offsetof(struct alert, severity), NULL, wire_severity_names },
    { "kind", WIRE_STRING, offsetof(struct alert, kind), NULL, NULL },
    { "rule", WIRE_STRING, offsetof(struct alert, rule), NULL, NULL },
    { "rule_version", WIRE_INT, offsetof(struct alert, rule_version), NULL, NULL },
    { "segment", WIRE_STRING, offsetof(struct alert, segment), NULL, NULL },
    { "feature", WIRE_STRING, offsetof(struct alert, feature), NULL, NULL },
    { "others", WIRE_RECORDS, offsetof(struct alert, others), &other_feature_table, NULL },
    { "start_ms", WIRE_LONG, offsetof(struct alert, start_ms), NULL, NULL },
    { "end_ms", WIRE_LONG, offsetof(struct alert, end_ms), NULL, NULL },
    { "episode_ms", WIRE_LONG, offsetof(struct alert, episode_ms), NULL, NULL },
    { "policy", WIRE_STRING, offsetof(struct alert, policy), NULL, NULL },
    { "psi", WIRE_OPT_DOUBLE, offsetof(struct alert, psi), NULL, NULL },
    { "threshold", WIRE_DOUBLE, offsetof(struct alert, threshold), NULL, NULL },
    { "ks", WIRE_OPT_DOUBLE, offsetof(struct alert, ks), NULL, NULL },
    { "wasserstein", WIRE_OPT_DOUBLE, offsetof(struct alert, wasserstein), NULL, NULL },
    { "js", WIRE_OPT_DOUBLE, offsetof(struct alert, js), NULL, NULL },
    { "p", WIRE_OPT_DOUBLE, offsetof(struct alert, p), NULL, NULL },
    { "n", WIRE_LONG, offsetof(struct alert, n), NULL, NULL },
    { "n_eff", WIRE_DOUBLE, offsetof(struct alert, n_eff), NULL, NULL },
    { "m", WIRE_LONG, offsetof(struct alert, m), NULL, NULL },
    { "edges", WIRE_DOUBLES, offsetof(struct alert, edges), NULL, NULL },
    { "psi_bins", WIRE_INTS, offsetof(struct alert, psi_bins), NULL, NULL },
    { "baseline_counts", WIRE_LONGS, offsetof(struct alert, baseline_counts), NULL, NULL },
    { "window_counts", WIRE_LONGS, offsetof(struct alert, window_counts), NULL, NULL },
    { "baseline_sums", WIRE_LONGS, offsetof(struct alert, baseline_sums), NULL, NULL },
    { "window_sums", WIRE_LONGS, offsetof(struct alert, window_sums), NULL, NULL },
    { "unit", WIRE_DOUBLE, offsetof(struct alert, unit), NULL, NULL },
    { "baseline_sd", WIRE_DOUBLE, offsetof(struct alert, baseline_sd), NULL, NULL },
    { "moved", WIRE_RECORDS, offsetof(struct alert, moved), &moved_bin_table, NULL },
    { "moments", WIRE_RECORD, offsetof(struct alert, moments), &moments_table, NULL },
    { "examples", WIRE_RECORDS, offsetof(struct alert, examples), &alert_example_table, NULL },
    { "message", WIRE_STRING, offsetof(struct alert, message), NULL, NULL },
    { "todo", WIRE_STRING, offsetof(struct alert, todo), NULL, NULL },
    { "baseline", WIRE_STRING, offsetof(struct alert, baseline), NULL, NULL },
    { "bundle", WIRE_STRING, offsetof(struct alert, bundle), NULL, NULL },
    { "config", WIRE_STRING, offsetof(struct alert, config), NULL, NULL },
    { "method", WIRE_INT, offsetof(struct alert, method), NULL, NULL },
    { "q", WIRE_OPT_DOUBLE, offsetof(struct alert, q), NULL, NULL },
    { "evidence", WIRE_OPT_RECORD, offsetof(struct alert, evidence), &alert_evidence_table, NULL },
    { "categories", WIRE_STRINGS, offsetof(struct alert, categories), NULL, wire_sparse },
    { "linf", WIRE_OPT_DOUBLE, offsetof(struct alert, linf), NULL, wire_sparse },
    { "chi2_p", WIRE_OPT_DOUBLE, offsetof(struct alert, chi2_p), NULL, wire_sparse },
    { "unseen", WIRE_OPT_LONG, offsetof(struct alert, unseen), NULL, wire_sparse },
    { "also", WIRE_RECORDS, offsetof(struct alert, also), &moved_segment_table, wire_sparse },
    { "checksum", WIRE_STRING, offsetof(struct alert, checksum), NULL, NULL },
};
const struct wire_table alert_table = { "alert", sizeof(struct alert), alert_fields,
                                        sizeof(alert_fields) / sizeof(alert_fields[0]) };
