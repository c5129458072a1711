/* SPDX-License-Identifier: MIT */
/* tables.c -- where each field of each record lives. One row a field of
 * schemas/<record>.avsc, in the same order; tests/unit/wire checks that. */
#include "wire/table.h"
#include "wire/tables_inner.h"

#include "record/alert.h"
#include "record/comment.h"
#include "record/deadletter.h"
#include "record/label.h"
#include "record/mark.h"
#include "record/notify.h"
#include "record/pane.h"
#include "record/score.h"
#include "record/state.h"
#include "record/window.h"

static const char *const mark_kind_names[] = { "hello", "data", "idle", "end", NULL };
static const char *const time_source_names[] = { "field", "id", "zone", "arrival", NULL };
const char *const wire_late_by_names[] = { "none", "floor", NULL };
const char *const wire_sighting_names[] = { "first", "update", NULL };
const char *const wire_window_state_names[] = { "evaluated",  "insufficient_data", "no_data",
                                                "warming",    "baseline_stale",    "no_baseline",
                                                "incomplete", "training_skew",     NULL };
const char *const wire_severity_names[] = { "NONE", "WARNING", "CRITICAL", NULL };
static const char *const state_kind_names[] = { "judge", "pane", "alert", "close", "scan", NULL };
static const char *const notify_state_names[] = {
    "waiting", "sending", "sent", "held", "dead", NULL
};

static const struct wire_field mark_fields[] = {
    { "src", WIRE_INT, offsetof(struct mark, src), NULL, NULL },
    { "src_count", WIRE_INT, offsetof(struct mark, src_count), NULL, NULL },
    { "src_epoch", WIRE_INT, offsetof(struct mark, src_epoch), NULL, NULL },
    { "next_offset", WIRE_LONG, offsetof(struct mark, next_offset), NULL, NULL },
    { "wm_ms", WIRE_LONG, offsetof(struct mark, wm_ms), NULL, NULL },
    { "floor_ms", WIRE_LONG, offsetof(struct mark, floor_ms), NULL, NULL },
    { "kind", WIRE_ENUM, offsetof(struct mark, kind), NULL, mark_kind_names },
    { "seq", WIRE_LONG, offsetof(struct mark, seq), NULL, NULL },
    { "n_since_last", WIRE_LONG, offsetof(struct mark, n_since_last), NULL, NULL },
};
static const struct wire_table mark_table = { "mark", sizeof(struct mark), mark_fields,
                                              sizeof(mark_fields) / sizeof(mark_fields[0]) };

static const struct wire_field comment_fields[] = {
    { "comment_id", WIRE_STRING, offsetof(struct comment, comment_id), NULL, NULL },
    { "video_id", WIRE_STRING, offsetof(struct comment, video_id), NULL, NULL },
    { "parent_id", WIRE_STRING, offsetof(struct comment, parent_id), NULL, NULL },
    { "user", WIRE_STRING, offsetof(struct comment, user), NULL, NULL },
    { "text", WIRE_STRING, offsetof(struct comment, text), NULL, NULL },
    { "lang", WIRE_STRING, offsetof(struct comment, lang), NULL, NULL },
    { "created_ms", WIRE_LONG, offsetof(struct comment, created_ms), NULL, NULL },
    { "time_source", WIRE_ENUM, offsetof(struct comment, time_source), NULL, time_source_names },
    { "likes", WIRE_OPT_LONG, offsetof(struct comment, likes), NULL, NULL },
    { "replies", WIRE_OPT_LONG, offsetof(struct comment, replies), NULL, NULL },
    { "followers", WIRE_OPT_LONG, offsetof(struct comment, followers), NULL, NULL },
    { "verified", WIRE_OPT_BOOL, offsetof(struct comment, verified), NULL, NULL },
    { "is_reply", WIRE_BOOL, offsetof(struct comment, is_reply), NULL, NULL },
    { "media_only", WIRE_BOOL, offsetof(struct comment, media_only), NULL, NULL },
    { "empty", WIRE_BOOL, offsetof(struct comment, empty), NULL, NULL },
    { "repaired_text", WIRE_BOOL, offsetof(struct comment, repaired_text), NULL, NULL },
    { "shape", WIRE_STRING, offsetof(struct comment, shape), NULL, NULL },
    { "src", WIRE_INT, offsetof(struct comment, origin.src), NULL, NULL },
    { "src_offset", WIRE_LONG, offsetof(struct comment, origin.src_offset), NULL, NULL },
    { "src_index", WIRE_INT, offsetof(struct comment, origin.src_index), NULL, NULL },
    { "arrival_ms", WIRE_LONG, offsetof(struct comment, origin.arrival_ms), NULL, NULL },
    { "src_wm_ms", WIRE_LONG, offsetof(struct comment, origin.src_wm_ms), NULL, NULL },
    { "late_by", WIRE_ENUM, offsetof(struct comment, origin.late_by), NULL, wire_late_by_names },
};
static const struct wire_table comment_table = { "comment", sizeof(struct comment), comment_fields,
                                                 sizeof(comment_fields) /
                                                     sizeof(comment_fields[0]) };

static const struct wire_field aspect_fields[] = {
    { "category", WIRE_STRING, offsetof(struct aspect, category), NULL, NULL },
    { "term", WIRE_STRING, offsetof(struct aspect, term), NULL, NULL },
    { "start", WIRE_INT, offsetof(struct aspect, start), NULL, NULL },
    { "end", WIRE_INT, offsetof(struct aspect, end), NULL, NULL },
    { "sentiment", WIRE_DOUBLE, offsetof(struct aspect, sentiment), NULL, NULL },
};
static const struct wire_table aspect_table = { "aspect", sizeof(struct aspect), aspect_fields,
                                                sizeof(aspect_fields) / sizeof(aspect_fields[0]) };

static const struct wire_field score_fields[] = {
    { "comment_id", WIRE_STRING, offsetof(struct score, comment_id), NULL, NULL },
    { "video_id", WIRE_STRING, offsetof(struct score, video_id), NULL, NULL },
    { "lang", WIRE_STRING, offsetof(struct score, lang), NULL, NULL },
    { "created_ms", WIRE_LONG, offsetof(struct score, created_ms), NULL, NULL },
    { "likes", WIRE_OPT_LONG, offsetof(struct score, likes), NULL, NULL },
    { "replies", WIRE_OPT_LONG, offsetof(struct score, replies), NULL, NULL },
    { "is_reply", WIRE_BOOL, offsetof(struct score, is_reply), NULL, NULL },
    { "sighting", WIRE_ENUM, offsetof(struct score, sighting), NULL, wire_sighting_names },
    { "cross_source", WIRE_BOOL, offsetof(struct score, cross_source), NULL, NULL },
    { "dedupe_evicted", WIRE_BOOL, offsetof(struct score, dedupe_evicted), NULL, NULL },
    { "sentiment_score", WIRE_DOUBLE, offsetof(struct score, sentiment_score), NULL, NULL },
    { "engagement_score", WIRE_DOUBLE, offsetof(struct score, engagement_score), NULL, NULL },
    { "implicitness_degree", WIRE_DOUBLE, offsetof(struct score, implicitness_degree), NULL, NULL },
    { "confidence", WIRE_DOUBLE, offsetof(struct score, confidence), NULL, NULL },
    { "aspects_detected", WIRE_RECORDS, offsetof(struct score, aspects_detected), &aspect_table,
      NULL },
    { "features", WIRE_DOUBLES, offsetof(struct score, features), NULL, NULL },
    { "model", WIRE_STRING, offsetof(struct score, model), NULL, NULL },
    { "model_version", WIRE_STRING, offsetof(struct score, model_version), NULL, NULL },
    { "encoder", WIRE_STRING, offsetof(struct score, encoder), NULL, NULL },
    { "bundle_sha256", WIRE_STRING, offsetof(struct score, bundle_sha256), NULL, NULL },
    { "src", WIRE_INT, offsetof(struct score, origin.src), NULL, NULL },
    { "src_offset", WIRE_LONG, offsetof(struct score, origin.src_offset), NULL, NULL },
    { "src_index", WIRE_INT, offsetof(struct score, origin.src_index), NULL, NULL },
    { "arrival_ms", WIRE_LONG, offsetof(struct score, origin.arrival_ms), NULL, NULL },
    { "src_wm_ms", WIRE_LONG, offsetof(struct score, origin.src_wm_ms), NULL, NULL },
    { "late_by", WIRE_ENUM, offsetof(struct score, origin.late_by), NULL, wire_late_by_names },
};
static const struct wire_table score_table = { "score", sizeof(struct score), score_fields,
                                               sizeof(score_fields) / sizeof(score_fields[0]) };

static const struct wire_field label_fields[] = {
    { "comment_id", WIRE_STRING, offsetof(struct label, comment_id), NULL, NULL },
    { "annotator", WIRE_STRING, offsetof(struct label, annotator), NULL, NULL },
    { "stage", WIRE_STRING, offsetof(struct label, stage), NULL, NULL },
    { "labelled_ms", WIRE_LONG, offsetof(struct label, labelled_ms), NULL, NULL },
    { "sentiment", WIRE_OPT_DOUBLE, offsetof(struct label, sentiment), NULL, NULL },
    { "engagement", WIRE_OPT_DOUBLE, offsetof(struct label, engagement), NULL, NULL },
    { "implicitness", WIRE_OPT_DOUBLE, offsetof(struct label, implicitness), NULL, NULL },
    { "predicted_sentiment", WIRE_OPT_DOUBLE, offsetof(struct label, predicted_sentiment), NULL,
      NULL },
    { "predicted_engagement", WIRE_OPT_DOUBLE, offsetof(struct label, predicted_engagement), NULL,
      NULL },
    { "predicted_implicitness", WIRE_OPT_DOUBLE, offsetof(struct label, predicted_implicitness),
      NULL, NULL },
    { "arrival_ms", WIRE_LONG, offsetof(struct label, arrival_ms), NULL, NULL },
    { "bundle_sha256", WIRE_STRING, offsetof(struct label, bundle_sha256), NULL, NULL },
    { "confidence", WIRE_OPT_DOUBLE, offsetof(struct label, confidence), NULL, NULL },
    { "interval", WIRE_OPT_DOUBLE, offsetof(struct label, interval), NULL, NULL },
    { "video_id", WIRE_STRING, offsetof(struct label, video_id), NULL, NULL },
};
static const struct wire_table label_table = { "label", sizeof(struct label), label_fields,
                                               sizeof(label_fields) / sizeof(label_fields[0]) };

static const struct wire_field pane_feature_fields[] = {
    { "index", WIRE_INT, offsetof(struct pane_feature, index), NULL, NULL },
    { "n", WIRE_LONG, offsetof(struct pane_feature, n), NULL, NULL },
    { "missing", WIRE_LONG, offsetof(struct pane_feature, missing), NULL, NULL },
    { "infinite", WIRE_LONG, offsetof(struct pane_feature, infinite), NULL, NULL },
    { "min", WIRE_DOUBLE, offsetof(struct pane_feature, min), NULL, NULL },
    { "max", WIRE_DOUBLE, offsetof(struct pane_feature, max), NULL, NULL },
    { "cells", WIRE_INTS, offsetof(struct pane_feature, cells), NULL, NULL },
    { "counts", WIRE_LONGS, offsetof(struct pane_feature, counts), NULL, NULL },
    { "sums", WIRE_LONGS, offsetof(struct pane_feature, sums), NULL, NULL },
};
static const struct wire_table pane_feature_table = { "pane_feature", sizeof(struct pane_feature),
                                                      pane_feature_fields,
                                                      sizeof(pane_feature_fields) /
                                                          sizeof(pane_feature_fields[0]) };

static const struct wire_field video_count_fields[] = {
    { "hash", WIRE_LONG, offsetof(struct video_count, hash), NULL, NULL },
    { "n", WIRE_LONG, offsetof(struct video_count, n), NULL, NULL },
};
static const struct wire_table video_count_table = { "video_count", sizeof(struct video_count),
                                                     video_count_fields,
                                                     sizeof(video_count_fields) /
                                                         sizeof(video_count_fields[0]) };

static const struct wire_field example_fields[] = {
    { "hash", WIRE_LONG, offsetof(struct example, hash), NULL, NULL },
    { "src", WIRE_INT, offsetof(struct example, src), NULL, NULL },
    { "src_offset", WIRE_LONG, offsetof(struct example, src_offset), NULL, NULL },
    { "src_index", WIRE_INT, offsetof(struct example, src_index), NULL, NULL },
    { "comment_id", WIRE_STRING, offsetof(struct example, comment_id), NULL, NULL },
    { "cells", WIRE_INTS, offsetof(struct example, cells), NULL, NULL },
};
static const struct wire_table example_table = { "example", sizeof(struct example), example_fields,
                                                 sizeof(example_fields) /
                                                     sizeof(example_fields[0]) };

static const struct wire_field pane_delta_fields[] = {
    { "segment", WIRE_STRING, offsetof(struct pane_delta, segment), NULL, NULL },
    { "start_ms", WIRE_LONG, offsetof(struct pane_delta, start_ms), NULL, NULL },
    { "n", WIRE_LONG, offsetof(struct pane_delta, n), NULL, NULL },
    { "late", WIRE_LONG, offsetof(struct pane_delta, late), NULL, NULL },
    { "late_by_floor", WIRE_LONG, offsetof(struct pane_delta, late_by_floor), NULL, NULL },
    { "updates", WIRE_LONG, offsetof(struct pane_delta, updates), NULL, NULL },
    { "cross_source_updates", WIRE_LONG, offsetof(struct pane_delta, cross_source_updates), NULL,
      NULL },
    { "dedupe_evicted", WIRE_LONG, offsetof(struct pane_delta, dedupe_evicted), NULL, NULL },
    { "overtaken", WIRE_LONG, offsetof(struct pane_delta, overtaken), NULL, NULL },
    { "other_bundle", WIRE_LONG, offsetof(struct pane_delta, other_bundle), NULL, NULL },
    { "features", WIRE_RECORDS, offsetof(struct pane_delta, features), &pane_feature_table, NULL },
    { "videos", WIRE_RECORDS, offsetof(struct pane_delta, videos), &video_count_table, NULL },
    { "examples", WIRE_RECORDS, offsetof(struct pane_delta, examples), &example_table, NULL },
};
static const struct wire_table pane_delta_table = { "pane_delta", sizeof(struct pane_delta),
                                                    pane_delta_fields,
                                                    sizeof(pane_delta_fields) /
                                                        sizeof(pane_delta_fields[0]) };

static const struct wire_field pane_fields[] = {
    { "run", WIRE_INT, offsetof(struct pane, run), NULL, NULL },
    { "part", WIRE_INT, offsetof(struct pane, part), NULL, NULL },
    { "from_offset", WIRE_LONG, offsetof(struct pane, from_offset), NULL, NULL },
    { "to_offset", WIRE_LONG, offsetof(struct pane, to_offset), NULL, NULL },
    { "baseline", WIRE_STRING, offsetof(struct pane, baseline), NULL, NULL },
    { "bundle", WIRE_STRING, offsetof(struct pane, bundle), NULL, NULL },
    { "marks", WIRE_RECORDS, offsetof(struct pane, marks), &mark_table, NULL },
    { "deltas", WIRE_RECORDS, offsetof(struct pane, deltas), &pane_delta_table, NULL },
};
static const struct wire_table pane_table = { "pane", sizeof(struct pane), pane_fields,
                                              sizeof(pane_fields) / sizeof(pane_fields[0]) };

static const struct wire_field identity_counters_fields[] = {
    { "late_by_floor", WIRE_LONG, offsetof(struct identity_counters, late_by_floor), NULL, NULL },
    { "overtaken", WIRE_LONG, offsetof(struct identity_counters, overtaken), NULL, NULL },
    { "cross_source_updates", WIRE_LONG, offsetof(struct identity_counters, cross_source_updates),
      NULL, NULL },
    { "dedupe_evicted", WIRE_LONG, offsetof(struct identity_counters, dedupe_evicted), NULL, NULL },
};
static const struct wire_table identity_counters_table = {
    "identity_counters", sizeof(struct identity_counters), identity_counters_fields,
    sizeof(identity_counters_fields) / sizeof(identity_counters_fields[0])
};

static const struct wire_field window_feature_fields[] = {
    { "name", WIRE_STRING, offsetof(struct window_feature, name), NULL, NULL },
    { "n", WIRE_LONG, offsetof(struct window_feature, n), NULL, NULL },
    { "missing", WIRE_LONG, offsetof(struct window_feature, missing), NULL, NULL },
    { "infinite", WIRE_LONG, offsetof(struct window_feature, infinite), NULL, NULL },
    { "n_eff", WIRE_DOUBLE, offsetof(struct window_feature, n_eff), NULL, NULL },
    { "psi", WIRE_OPT_DOUBLE, offsetof(struct window_feature, psi), NULL, NULL },
    { "ks", WIRE_OPT_DOUBLE, offsetof(struct window_feature, ks), NULL, NULL },
    { "ks_p", WIRE_OPT_DOUBLE, offsetof(struct window_feature, ks_p), NULL, NULL },
    { "wasserstein", WIRE_OPT_DOUBLE, offsetof(struct window_feature, wasserstein), NULL, NULL },
    { "js", WIRE_OPT_DOUBLE, offsetof(struct window_feature, js), NULL, NULL },
    { "p", WIRE_OPT_DOUBLE, offsetof(struct window_feature, p), NULL, NULL },
    { "q", WIRE_OPT_DOUBLE, offsetof(struct window_feature, q), NULL, NULL },
    { "test", WIRE_STRING, offsetof(struct window_feature, test), NULL, NULL },
    { "effect", WIRE_OPT_DOUBLE, offsetof(struct window_feature, effect), NULL, NULL },
    { "severity", WIRE_ENUM, offsetof(struct window_feature, severity), NULL, wire_severity_names },
    { "bins", WIRE_LONGS, offsetof(struct window_feature, bins), NULL, NULL },
    { "linf", WIRE_OPT_DOUBLE, offsetof(struct window_feature, linf), NULL, wire_sparse },
    { "chi2_p", WIRE_OPT_DOUBLE, offsetof(struct window_feature, chi2_p), NULL, wire_sparse },
    { "unseen", WIRE_OPT_LONG, offsetof(struct window_feature, unseen), NULL, wire_sparse },
};
static const struct wire_table window_feature_table = {
    "window_feature", sizeof(struct window_feature), window_feature_fields,
    sizeof(window_feature_fields) / sizeof(window_feature_fields[0])
};

static const struct wire_field window_fields[] = {
    { "run", WIRE_INT, offsetof(struct window, run), NULL, NULL },
    { "segment", WIRE_STRING, offsetof(struct window, segment), NULL, NULL },
    { "rule", WIRE_STRING, offsetof(struct window, rule), NULL, NULL },
    { "start_ms", WIRE_LONG, offsetof(struct window, start_ms), NULL, NULL },
    { "end_ms", WIRE_LONG, offsetof(struct window, end_ms), NULL, NULL },
    { "state", WIRE_ENUM, offsetof(struct window, state), NULL, wire_window_state_names },
    { "stale_by", WIRE_STRING, offsetof(struct window, stale_by), NULL, wire_sparse },
    { "n", WIRE_LONG, offsetof(struct window, n), NULL, NULL },
    { "n_eff", WIRE_DOUBLE, offsetof(struct window, n_eff), NULL, NULL },
    { "videos", WIRE_LONG, offsetof(struct window, videos), NULL, NULL },
    { "videos_eff", WIRE_DOUBLE, offsetof(struct window, videos_eff), NULL, NULL },
    { "late", WIRE_LONG, offsetof(struct window, late), NULL, NULL },
    { "updates", WIRE_LONG, offsetof(struct window, updates), NULL, NULL },
    { "baseline", WIRE_STRING, offsetof(struct window, baseline), NULL, NULL },
    { "bundle", WIRE_STRING, offsetof(struct window, bundle), NULL, NULL },
    { "policy", WIRE_STRING, offsetof(struct window, policy), NULL, NULL },
    { "counters", WIRE_RECORD, offsetof(struct window, counters), &identity_counters_table, NULL },
    { "estimated_accuracy", WIRE_OPT_DOUBLE, offsetof(struct window, estimated_accuracy), NULL,
      wire_sparse },
    { "estimated_accuracy_error", WIRE_OPT_DOUBLE,
      offsetof(struct window, estimated_accuracy_error), NULL, wire_sparse },
    { "estimated_accuracy_before", WIRE_OPT_DOUBLE,
      offsetof(struct window, estimated_accuracy_before), NULL, wire_sparse },
    { "features", WIRE_RECORDS, offsetof(struct window, features), &window_feature_table, NULL },
};
static const struct wire_table window_table = { "window", sizeof(struct window), window_fields,
                                                sizeof(window_fields) / sizeof(window_fields[0]) };

static const struct wire_field judge_state_fields[] = {
    { "run", WIRE_INT, offsetof(struct judge_state, run), NULL, NULL },
    { "next_offset", WIRE_LONG, offsetof(struct judge_state, next_offset), NULL, NULL },
    { "replay_from", WIRE_LONG, offsetof(struct judge_state, replay_from), NULL, NULL },
    { "closed_ms", WIRE_LONG, offsetof(struct judge_state, closed_ms), NULL, NULL },
    { "last_data_ms", WIRE_LONG, offsetof(struct judge_state, last_data_ms), NULL, NULL },
    { "overtaken", WIRE_LONG, offsetof(struct judge_state, overtaken), NULL, NULL },
    { "chain_duplicates", WIRE_LONG, offsetof(struct judge_state, chain_duplicates), NULL, NULL },
    { "next", WIRE_LONGS, offsetof(struct judge_state, next), NULL, NULL },
    { "src_epoch", WIRE_INT, offsetof(struct judge_state, src_epoch), NULL, NULL },
    { "src_count", WIRE_INT, offsetof(struct judge_state, src_count), NULL, NULL },
    { "wm", WIRE_LONGS, offsetof(struct judge_state, wm), NULL, NULL },
    { "window_start_ms", WIRE_LONG, offsetof(struct judge_state, window_start_ms), NULL, NULL },
    { "replay_next", WIRE_LONGS, offsetof(struct judge_state, replay_next), NULL, NULL },
    { "baseline", WIRE_STRING, offsetof(struct judge_state, baseline), NULL, NULL },
    { "pane_ms", WIRE_LONG, offsetof(struct judge_state, pane_ms), NULL, NULL },
    { "window_ms", WIRE_LONG, offsetof(struct judge_state, window_ms), NULL, NULL },
    { "begin_ms", WIRE_LONG, offsetof(struct judge_state, begin_ms), NULL, NULL },
    { "incomplete_until_ms", WIRE_LONG, offsetof(struct judge_state, incomplete_until_ms), NULL,
      NULL },
};
static const struct wire_table judge_state_table = { "judge_state", sizeof(struct judge_state),
                                                     judge_state_fields,
                                                     sizeof(judge_state_fields) /
                                                         sizeof(judge_state_fields[0]) };

static const struct wire_field alert_state_of_fields[] = {
    { "rule", WIRE_STRING, offsetof(struct alert_state_of, rule), NULL, NULL },
    { "segment", WIRE_STRING, offsetof(struct alert_state_of, segment), NULL, NULL },
    { "feature", WIRE_STRING, offsetof(struct alert_state_of, feature), NULL, NULL },
    { "alert_id", WIRE_STRING, offsetof(struct alert_state_of, alert_id), NULL, NULL },
    { "seq", WIRE_INT, offsetof(struct alert_state_of, seq), NULL, NULL },
    { "episode_ms", WIRE_LONG, offsetof(struct alert_state_of, episode_ms), NULL, NULL },
    { "severity", WIRE_ENUM, offsetof(struct alert_state_of, severity), NULL, wire_severity_names },
    { "now", WIRE_ENUM, offsetof(struct alert_state_of, now), NULL, wire_severity_names },
};
static const struct wire_table alert_state_of_table = {
    "alert_state_of", sizeof(struct alert_state_of), alert_state_of_fields,
    sizeof(alert_state_of_fields) / sizeof(alert_state_of_fields[0])
};

static const struct wire_field close_state_fields[] = {
    { "start_ms", WIRE_LONG, offsetof(struct close_state, start_ms), NULL, NULL },
    { "end_ms", WIRE_LONG, offsetof(struct close_state, end_ms), NULL, NULL },
    { "family", WIRE_INT, offsetof(struct close_state, family), NULL, NULL },
    { "cut", WIRE_DOUBLE, offsetof(struct close_state, cut), NULL, NULL },
    { "cursor", WIRE_INT, offsetof(struct close_state, cursor), NULL, NULL },
    { "moved", WIRE_RECORDS, offsetof(struct close_state, moved), &moved_segment_table,
      wire_sparse },
};
static const struct wire_table close_state_table = { "close_state", sizeof(struct close_state),
                                                     close_state_fields,
                                                     sizeof(close_state_fields) /
                                                         sizeof(close_state_fields[0]) };

static const struct wire_field scan_state_fields[] = {
    { "segment", WIRE_STRING, offsetof(struct scan_state, segment), NULL, NULL },
    { "from_ms", WIRE_LONG, offsetof(struct scan_state, from_ms), NULL, NULL },
    { "streak", WIRE_INT, offsetof(struct scan_state, streak), NULL, NULL },
    { "calm", WIRE_INT, offsetof(struct scan_state, calm), NULL, NULL },
    { "need_eff", WIRE_LONG, offsetof(struct scan_state, need_eff), NULL, NULL },
};
static const struct wire_table scan_state_table = { "scan_state", sizeof(struct scan_state),
                                                    scan_state_fields,
                                                    sizeof(scan_state_fields) /
                                                        sizeof(scan_state_fields[0]) };

static const struct wire_field state_fields[] = {
    { "format", WIRE_INT, offsetof(struct state, format), NULL, NULL },
    { "kind", WIRE_ENUM, offsetof(struct state, kind), NULL, state_kind_names },
    { "judge", WIRE_OPT_RECORD, offsetof(struct state, judge), &judge_state_table, NULL },
    { "pane", WIRE_OPT_RECORD, offsetof(struct state, pane), &pane_delta_table, NULL },
    { "alert", WIRE_OPT_RECORD, offsetof(struct state, alert), &alert_state_of_table, NULL },
    { "close", WIRE_OPT_RECORD, offsetof(struct state, close), &close_state_table, NULL },
    { "scan", WIRE_OPT_RECORD, offsetof(struct state, scan), &scan_state_table, NULL },
};
static const struct wire_table state_table = { "state", sizeof(struct state), state_fields,
                                               sizeof(state_fields) / sizeof(state_fields[0]) };

static const struct wire_field told_alert_fields[] = {
    { "alert_id", WIRE_STRING, offsetof(struct told_alert, alert_id), NULL, NULL },
    { "seq", WIRE_INT, offsetof(struct told_alert, seq), NULL, NULL },
    { "resolved", WIRE_BOOL, offsetof(struct told_alert, resolved), NULL, NULL },
    { "value", WIRE_BYTES, offsetof(struct told_alert, value), NULL, NULL },
};
static const struct wire_table told_alert_table = { "told_alert", sizeof(struct told_alert),
                                                    told_alert_fields,
                                                    sizeof(told_alert_fields) /
                                                        sizeof(told_alert_fields[0]) };

static const struct wire_field notify_fields[] = {
    { "receiver", WIRE_STRING, offsetof(struct notify, receiver), NULL, NULL },
    { "group", WIRE_STRING, offsetof(struct notify, group), NULL, NULL },
    { "epoch", WIRE_LONG, offsetof(struct notify, epoch), NULL, NULL },
    { "repeat", WIRE_INT, offsetof(struct notify, repeat), NULL, NULL },
    { "dedupe_key", WIRE_STRING, offsetof(struct notify, dedupe_key), NULL, NULL },
    { "state", WIRE_ENUM, offsetof(struct notify, state), NULL, notify_state_names },
    { "due_ms", WIRE_LONG, offsetof(struct notify, due_ms), NULL, NULL },
    { "attempts", WIRE_INT, offsetof(struct notify, attempts), NULL, NULL },
    { "changed", WIRE_BOOL, offsetof(struct notify, changed), NULL, NULL },
    { "now", WIRE_RECORDS, offsetof(struct notify, now), &told_alert_table, NULL },
    { "sending", WIRE_RECORDS, offsetof(struct notify, sending), &told_alert_table, NULL },
    { "alerts", WIRE_STRINGS, offsetof(struct notify, alerts), NULL, NULL },
    { "reason", WIRE_STRING, offsetof(struct notify, reason), NULL, NULL },
};
static const struct wire_table notify_table = { "notify", sizeof(struct notify), notify_fields,
                                                sizeof(notify_fields) / sizeof(notify_fields[0]) };

static const struct wire_field deadletter_fields[] = {
    { "stage", WIRE_STRING, offsetof(struct deadletter, stage), NULL, NULL },
    { "reason", WIRE_STRING, offsetof(struct deadletter, reason), NULL, NULL },
    { "why", WIRE_STRING, offsetof(struct deadletter, why), NULL, NULL },
    { "topic", WIRE_STRING, offsetof(struct deadletter, topic), NULL, NULL },
    { "part", WIRE_INT, offsetof(struct deadletter, part), NULL, NULL },
    { "offset", WIRE_LONG, offsetof(struct deadletter, offset), NULL, NULL },
    { "index", WIRE_INT, offsetof(struct deadletter, index), NULL, NULL },
    { "arrival_ms", WIRE_OPT_LONG, offsetof(struct deadletter, arrival_ms), NULL, NULL },
    { "value", WIRE_BYTES, offsetof(struct deadletter, value), NULL, NULL },
    { "value_length", WIRE_LONG, offsetof(struct deadletter, value_length), NULL, NULL },
    { "value_sha256", WIRE_STRING, offsetof(struct deadletter, value_sha256), NULL, NULL },
    { "key", WIRE_BYTES, offsetof(struct deadletter, key), NULL, NULL },
    { "schema_id", WIRE_INT, offsetof(struct deadletter, schema_id), NULL, NULL },
};
static const struct wire_table deadletter_table = { "deadletter", sizeof(struct deadletter),
                                                    deadletter_fields,
                                                    sizeof(deadletter_fields) /
                                                        sizeof(deadletter_fields[0]) };

const struct wire_table *const wire_tables[RECORD_N] = {
    [RECORD_MARK] = &mark_table,     [RECORD_COMMENT] = &comment_table,
    [RECORD_SCORE] = &score_table,   [RECORD_LABEL] = &label_table,
    [RECORD_PANE] = &pane_table,     [RECORD_WINDOW] = &window_table,
    [RECORD_ALERT] = &alert_table,   [RECORD_STATE] = &state_table,
    [RECORD_NOTIFY] = &notify_table, [RECORD_DEADLETTER] = &deadletter_table,
};
