/* SPDX-License-Identifier: MIT */
/* counter.h -- what stages count. A row here is a counter in /metrics, in
 * summary.json and in docs/METRICS.md. Counters travel with the output of a
 * batch (out_count), so they say what was committed and no more. */
#ifndef STAGE_COUNTER_H
#define STAGE_COUNTER_H

#define COUNTERS(X)                                                                                \
    X(RAW_READ, "raw_records", "Raw records read by ingest, control records included")             \
    X(COMMENTS_READ, "comments_read", "Comments found in raw records, refused ones included")      \
    X(COMMENTS, "comments", "Comments written by ingest")                                          \
    X(COMMENTS_FLOOR, "comments_floor", "Comments found below the floor of an idle source")        \
    X(TEXT_REPAIRED, "text_repaired", "Comments whose text was not valid UTF-8 and was repaired")  \
    X(TIME_REPAIRED, "time_repaired", "Comments whose time was repaired by their id")              \
    X(MARKS, "marks", "Marks written by ingest")                                                   \
    X(CANARIES, "canaries", "Canaries passed on: records of absa canary, counted in no window")    \
    X(SCORED, "scores", "Comments scored")                                                         \
    X(FIRST, "first_sightings", "Comments seen for the first time")                                \
    X(UPDATES, "updates", "Re-crawls of comments seen before")                                     \
    X(CROSS_SOURCE, "cross_source_updates", "Updates across raw partitions")                       \
    X(DEDUPE_EVICTED, "dedupe_evicted", "Records scored while the set of sightings was over cap")  \
    X(SCORE_CLAMPED, "scores_clamped", "Scores out of their range, clamped")                       \
    X(ESCALATED, "escalated", "Comments that a cascade was unsure of and asked MiniLM about")      \
    X(SHADOWED, "shadow_scores", "Comments that a second model scored too")                        \
    X(SHADOW_LOST, "shadow_lost", "Comments that the second model had no score for")               \
    X(MARK_MISMATCH, "mark_mismatch", "Marks whose count of records does not fit what was read")   \
    X(MARK_STALE, "mark_stale", "Marks lower than the one before; counted, not obeyed")            \
    X(PANE_BATCHES, "pane_batches", "Batches written by drift's pane role")                        \
    X(LATE, "late", "Comments that came too late for their pane")                                  \
    X(LATE_BY_FLOOR, "late_by_floor", "Comments that a floor made late")                           \
    X(OTHER_BUNDLE, "other_bundle", "Comments that another bundle scored than the baseline is of") \
    X(OVERTAKEN, "overtaken", "Comments on time whose pane was closed: a defect, page")            \
    X(CHAIN_DUPLICATE, "chain_duplicate", "Whole duplicate pane batches dropped")                  \
    X(WINDOWS, "windows", "Windows written")                                                       \
    X(BASELINE_STALE, "baseline_stale",                                                            \
      "Windows not judged: baseline too old, or of another bundle")                                \
    X(ALERTS, "alerts", "Alert records written")                                                   \
    X(LABELS_READ, "labels_read", "Labels read by errors, refused ones included")                  \
    X(LABELS_ASIDE, "labels_aside", "Labels that judge no sentiment that was predicted")           \
    X(LABELS_DELAYED, "labels_delayed",                                                            \
      "Labels that came later than errors.skew.ms allows: they count when they came")              \
    X(ERRORS, "errors", "Errors of predictions written, those of labels given again included")     \
    X(DEAD, "dead", "Dead letters written")

enum counter {
#define X(id, name, help) COUNTER_##id,
    COUNTERS(X)
#undef X
        COUNTER_N,
};

struct counter_info {
    const char *name; /* /metrics says absa_<name>_total */
    const char *help;
};

extern const struct counter_info counter_table[COUNTER_N];

#endif
