/* SPDX-License-Identifier: MIT */
#include "consumers/sink/table.h"

#include <string.h>

#include "wire/table.h"

/* clang-format off */
#define COLUMN(text, type, s, field) { text, type, offsetof(s, field), NULL }
#define NAMED(text, s, field, names) { text, COPY_ENUM, offsetof(s, field), names }
#define END_OF_COLUMNS               { NULL, COPY_BOOL, 0, NULL }

static const struct copy_column window_columns[] = {
    COLUMN("start_at", COPY_TIME, struct window, start_ms),
    COLUMN("end_at", COPY_TIME, struct window, end_ms),
    COLUMN("segment", COPY_TEXT, struct window, segment),
    COLUMN("rule", COPY_TEXT, struct window, rule),
    COLUMN("run", COPY_INT, struct window, run),
    NAMED("state", struct window, state, wire_window_state_names),
    COLUMN("stale_by", COPY_OPT_TEXT, struct window, stale_by),
    COLUMN("n", COPY_LONG, struct window, n),
    COLUMN("n_eff", COPY_DOUBLE, struct window, n_eff),
    COLUMN("videos", COPY_LONG, struct window, videos),
    COLUMN("videos_eff", COPY_DOUBLE, struct window, videos_eff),
    COLUMN("late", COPY_LONG, struct window, late),
    COLUMN("updates", COPY_LONG, struct window, updates),
    COLUMN("baseline", COPY_TEXT, struct window, baseline),
    COLUMN("bundle", COPY_TEXT, struct window, bundle),
    COLUMN("policy", COPY_TEXT, struct window, policy),
    COLUMN("late_by_floor", COPY_LONG, struct window, counters.late_by_floor),
    COLUMN("overtaken", COPY_LONG, struct window, counters.overtaken),
    COLUMN("cross_source_updates", COPY_LONG, struct window, counters.cross_source_updates),
    COLUMN("dedupe_evicted", COPY_LONG, struct window, counters.dedupe_evicted),
    COLUMN("estimated_accuracy", COPY_OPT_DOUBLE, struct window, estimated_accuracy),
    COLUMN("estimated_accuracy_error", COPY_OPT_DOUBLE, struct window, estimated_accuracy_error),
    COLUMN("estimated_accuracy_before", COPY_OPT_DOUBLE, struct window, estimated_accuracy_before),
    END_OF_COLUMNS,
};

static const struct copy_column distance_columns[] = {
    COLUMN("start_at", COPY_TIME, struct distance_row, start_ms),
    COLUMN("end_at", COPY_TIME, struct distance_row, end_ms),
    COLUMN("segment", COPY_TEXT, struct distance_row, segment),
    COLUMN("rule", COPY_TEXT, struct distance_row, rule),
    COLUMN("run", COPY_INT, struct distance_row, run),
    COLUMN("feature", COPY_TEXT, struct distance_row, f.name),
    COLUMN("n", COPY_LONG, struct distance_row, f.n),
    COLUMN("missing", COPY_LONG, struct distance_row, f.missing),
    COLUMN("infinite", COPY_LONG, struct distance_row, f.infinite),
    COLUMN("n_eff", COPY_DOUBLE, struct distance_row, f.n_eff),
    COLUMN("psi", COPY_OPT_DOUBLE, struct distance_row, f.psi),
    COLUMN("ks", COPY_OPT_DOUBLE, struct distance_row, f.ks),
    COLUMN("ks_p", COPY_OPT_DOUBLE, struct distance_row, f.ks_p),
    COLUMN("wasserstein", COPY_OPT_DOUBLE, struct distance_row, f.wasserstein),
    COLUMN("js", COPY_OPT_DOUBLE, struct distance_row, f.js),
    COLUMN("p", COPY_OPT_DOUBLE, struct distance_row, f.p),
    COLUMN("q", COPY_OPT_DOUBLE, struct distance_row, f.q),
    COLUMN("test", COPY_TEXT, struct distance_row, f.test),
    COLUMN("effect", COPY_OPT_DOUBLE, struct distance_row, f.effect),
    COLUMN("linf", COPY_OPT_DOUBLE, struct distance_row, f.linf),
    COLUMN("chi2_p", COPY_OPT_DOUBLE, struct distance_row, f.chi2_p),
    COLUMN("unseen", COPY_OPT_LONG, struct distance_row, f.unseen),
    NAMED("severity", struct distance_row, f.severity, wire_severity_names),
    COLUMN("bins", COPY_LONGS, struct distance_row, f.bins),
    END_OF_COLUMNS,
};

static const struct copy_column score_columns[] = {
    COLUMN("arrived_at", COPY_TIME, struct score, origin.arrival_ms),
    COLUMN("src", COPY_INT, struct score, origin.src),
    COLUMN("src_offset", COPY_LONG, struct score, origin.src_offset),
    COLUMN("src_index", COPY_INT, struct score, origin.src_index),
    COLUMN("comment_id", COPY_TEXT, struct score, comment_id),
    COLUMN("video_id", COPY_TEXT, struct score, video_id),
    COLUMN("lang", COPY_TEXT, struct score, lang),
    COLUMN("created_at", COPY_TIME, struct score, created_ms),
    COLUMN("likes", COPY_OPT_LONG, struct score, likes),
    COLUMN("replies", COPY_OPT_LONG, struct score, replies),
    COLUMN("is_reply", COPY_BOOL, struct score, is_reply),
    NAMED("sighting", struct score, sighting, wire_sighting_names),
    NAMED("late_by", struct score, origin.late_by, wire_late_by_names),
    COLUMN("sentiment", COPY_DOUBLE, struct score, sentiment_score),
    COLUMN("engagement", COPY_DOUBLE, struct score, engagement_score),
    COLUMN("implicitness", COPY_DOUBLE, struct score, implicitness_degree),
    COLUMN("confidence", COPY_DOUBLE, struct score, confidence),
    COLUMN("model", COPY_TEXT, struct score, model),
    COLUMN("model_version", COPY_TEXT, struct score, model_version),
    COLUMN("bundle", COPY_TEXT, struct score, bundle_sha256),
    END_OF_COLUMNS,
};

static const struct copy_column label_columns[] = {
    COLUMN("labelled_at", COPY_TIME, struct label, labelled_ms),
    COLUMN("comment_id", COPY_TEXT, struct label, comment_id),
    COLUMN("annotator", COPY_TEXT, struct label, annotator),
    COLUMN("stage", COPY_TEXT, struct label, stage),
    COLUMN("sentiment", COPY_OPT_DOUBLE, struct label, sentiment),
    COLUMN("engagement", COPY_OPT_DOUBLE, struct label, engagement),
    COLUMN("implicitness", COPY_OPT_DOUBLE, struct label, implicitness),
    COLUMN("predicted_sentiment", COPY_OPT_DOUBLE, struct label, predicted_sentiment),
    COLUMN("predicted_engagement", COPY_OPT_DOUBLE, struct label, predicted_engagement),
    COLUMN("predicted_implicitness", COPY_OPT_DOUBLE, struct label, predicted_implicitness),
    COLUMN("arrived_at", COPY_TIME, struct label, arrival_ms),
    COLUMN("bundle", COPY_TEXT, struct label, bundle_sha256),
    COLUMN("confidence", COPY_OPT_DOUBLE, struct label, confidence),
    COLUMN("half_width", COPY_OPT_DOUBLE, struct label, interval),
    END_OF_COLUMNS,
};

static const struct copy_column alert_columns[] = {
    COLUMN("start_at", COPY_TIME, struct alert_row, a.start_ms),
    COLUMN("end_at", COPY_TIME, struct alert_row, a.end_ms),
    COLUMN("alert_id", COPY_TEXT, struct alert_row, a.alert_id),
    COLUMN("seq", COPY_INT, struct alert_row, a.seq),
    NAMED("state", struct alert_row, a.state, wire_alert_state_names),
    NAMED("severity", struct alert_row, a.severity, wire_severity_names),
    COLUMN("kind", COPY_TEXT, struct alert_row, a.kind),
    COLUMN("rule", COPY_TEXT, struct alert_row, a.rule),
    COLUMN("rule_version", COPY_INT, struct alert_row, a.rule_version),
    COLUMN("segment", COPY_TEXT, struct alert_row, a.segment),
    COLUMN("feature", COPY_TEXT, struct alert_row, a.feature),
    COLUMN("episode_at", COPY_TIME, struct alert_row, a.episode_ms),
    COLUMN("policy", COPY_TEXT, struct alert_row, a.policy),
    COLUMN("psi", COPY_OPT_DOUBLE, struct alert_row, a.psi),
    COLUMN("threshold", COPY_DOUBLE, struct alert_row, a.threshold),
    COLUMN("ks", COPY_OPT_DOUBLE, struct alert_row, a.ks),
    COLUMN("wasserstein", COPY_OPT_DOUBLE, struct alert_row, a.wasserstein),
    COLUMN("js", COPY_OPT_DOUBLE, struct alert_row, a.js),
    COLUMN("p", COPY_OPT_DOUBLE, struct alert_row, a.p),
    COLUMN("q", COPY_OPT_DOUBLE, struct alert_row, a.q),
    COLUMN("n", COPY_LONG, struct alert_row, a.n),
    COLUMN("n_eff", COPY_DOUBLE, struct alert_row, a.n_eff),
    COLUMN("m", COPY_LONG, struct alert_row, a.m),
    COLUMN("message", COPY_TEXT, struct alert_row, a.message),
    COLUMN("todo", COPY_TEXT, struct alert_row, a.todo),
    COLUMN("baseline", COPY_TEXT, struct alert_row, a.baseline),
    COLUMN("bundle", COPY_TEXT, struct alert_row, a.bundle),
    COLUMN("config", COPY_TEXT, struct alert_row, a.config),
    COLUMN("checksum", COPY_TEXT, struct alert_row, a.checksum),
    COLUMN("evidence", COPY_TEXT, struct alert_row, evidence),
    COLUMN("written_at", COPY_TIME, struct alert_row, written_ms),
    END_OF_COLUMNS,
};

static const struct copy_column dead_columns[] = {
    COLUMN("at", COPY_TIME, struct dead_row, at_ms),
    COLUMN("stage", COPY_TEXT, struct dead_row, stage),
    COLUMN("reason", COPY_TEXT, struct dead_row, reason),
    COLUMN("n", COPY_LONG, struct dead_row, n),
    END_OF_COLUMNS,
};

static const struct copy_column flow_columns[] = {
    COLUMN("at", COPY_TIME, struct flow_row, at_ms),
    COLUMN("topic", COPY_TEXT, struct flow_row, topic),
    COLUMN("part", COPY_INT, struct flow_row, part),
    COLUMN("records", COPY_LONG, struct flow_row, records),
    COLUMN("bytes", COPY_LONG, struct flow_row, bytes),
    COLUMN("waited", COPY_LONG, struct flow_row, waited),
    COLUMN("waited_ms", COPY_LONG, struct flow_row, waited_ms),
    END_OF_COLUMNS,
};

static const struct copy_column refused_columns[] = {
    COLUMN("topic", COPY_TEXT, struct refused_row, topic),
    COLUMN("part", COPY_INT, struct refused_row, part),
    COLUMN("log_offset", COPY_LONG, struct refused_row, offset),
    COLUMN("reason", COPY_TEXT, struct refused_row, reason),
    END_OF_COLUMNS,
};

const struct table sink_tables[TABLE_N] = {
    [TABLE_WINDOW] = { "judged_window", window_columns, "date_trunc('month', start_at)", NULL },
    [TABLE_DISTANCE] = { "distance", distance_columns, "date_trunc('month', start_at)", NULL },
    [TABLE_SCORE] = { "score", score_columns, "date_trunc('day', arrived_at)", NULL },
    [TABLE_LABEL] = { "label", label_columns, "date_trunc('month', labelled_at)", NULL },
    [TABLE_ALERT] = { "alert", alert_columns, "date_trunc('month', start_at)", NULL },
    [TABLE_DEAD] = { "dead_count", dead_columns, "date_trunc('month', at)",
        "INSERT INTO absa.dead_count AS t (at, stage, reason, n)"
        " SELECT at, stage, reason, sum(n) FROM in_dead_count GROUP BY 1, 2, 3"
        " ON CONFLICT (at, stage, reason) DO UPDATE SET n = t.n + excluded.n" },
    [TABLE_FLOW] = { "flow", flow_columns, "date_trunc('month', at)",
        "INSERT INTO absa.flow AS t (at, topic, part, records, bytes, waited, waited_ms)"
        " SELECT at, topic, part, sum(records), sum(bytes), sum(waited), sum(waited_ms)"
        " FROM in_flow GROUP BY 1, 2, 3"
        " ON CONFLICT (at, topic, part) DO UPDATE SET records = t.records + excluded.records,"
        " bytes = t.bytes + excluded.bytes, waited = t.waited + excluded.waited,"
        " waited_ms = t.waited_ms + excluded.waited_ms" },
    [TABLE_REFUSED] = { "refused", refused_columns, NULL, NULL },
};
/* clang-format on */

int64_t table_time(const struct table *t, const void *row)
{
    int64_t ms;

    memcpy(&ms, (const char *)row + t->columns[0].at, sizeof(ms));
    return ms;
}
