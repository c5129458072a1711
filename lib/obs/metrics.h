/* SPDX-License-Identifier: MIT */
/* metrics.h -- what a process counts and measures, for Prometheus.
 *
 * Two tables make it up: what stages count (stage/counter.h) and what hosts see
 * (below). Names are absa_<what>_<unit>_total for counters; times are Unix
 * timestamps, not ages. One thread writes, another renders: a lock is inside. */
#ifndef OBS_METRICS_H
#define OBS_METRICS_H

#include <stdint.h>

#include "base/buf.h"
#include "stage/counter.h"
#include "stage/out.h"

/* id, name, type, label (NULL: none), help */
#define METRICS(X)                                                                                 \
    X(RECORDS, "absa_records_total", "counter", NULL, "Records read, marks included")              \
    X(COMMITS, "absa_commits_total", "counter", NULL, "Transactions committed")                    \
    X(ABORTS, "absa_aborts_total", "counter", NULL, "Transactions aborted")                        \
    X(RETRIES, "absa_retries_total", "counter", NULL, "Batches dropped to begin anew")             \
    X(RETIRED, "absa_producer_retired_total", "counter", NULL,                                     \
      "Producers replaced by the KIP-890 guard")                                                   \
    X(REBALANCES, "absa_rebalances_total", "counter", NULL, "Assignments received")                \
    X(ASSIGNED, "absa_assigned_partitions", "gauge", NULL, "Partitions held now")                  \
    X(CAREFUL, "absa_careful_partitions", "gauge", NULL, "Partitions read with care after deaths") \
    X(PAUSED, "absa_paused_partitions", "gauge", NULL,                                             \
      "Partitions held back, too far ahead of the slowest one")                                    \
    X(LAG, "absa_consumer_lag", "gauge", "partition",                                              \
      "Committed records (and transaction markers) behind the position")                           \
    X(COMMIT_SECONDS, "absa_commit_seconds_total", "counter", NULL,                                \
      "Time spent from begin to commit")                                                           \
    X(LAST_COMMIT, "absa_last_commit_timestamp_seconds", "gauge", NULL,                            \
      "When the last transaction was committed")                                                   \
    X(RESTORE_SECONDS, "absa_restore_seconds", "gauge", NULL,                                      \
      "What the last assignment took, state restored")                                             \
    X(RELOADS, "absa_reloads_total", "counter", "result",                                          \
      "New configurations asked for by SIGHUP: taken, refused")                                    \
    X(MODEL_LOOKS, "absa_model_looks_total", "counter", "model, result",                           \
      "Looks at the model registry, by what came of them: same, taken, refused, unreachable")      \
    X(MODEL_TAKEN, "absa_model_taken_timestamp_seconds", "gauge", "model, version, bundle",        \
      "Since when this model scores")                                                              \
    X(NOTIFICATIONS, "absa_notifications_total", "counter", "receiver, result",                    \
      "Tries to tell a receiver, by what came of them: sent, retry, refused, held")                \
    X(HELD, "absa_held_receivers", "gauge", "receiver",                                            \
      "1 while a receiver is told nothing until its configuration is mended, else 0")              \
    X(STORE_ROWS, "absa_store_rows_total", "counter", "table", "Rows brought into the database")   \
    X(STORE_REFUSED, "absa_store_refused_total", "counter", NULL,                                  \
      "Records that the database can not hold: table refused names them")                          \
    X(STORE_LAG, "absa_store_lag", "gauge", "topic",                                               \
      "Records (and transaction markers) that are not in the database yet")                        \
    X(HTTP_REQUESTS, "absa_http_requests_total", "counter", "code",                                \
      "Requests of these pages, by what was answered")                                             \
    X(HTTP_CUT, "absa_http_cut_total", "counter", NULL,                                            \
      "Connections closed because they took too long, or to make room for another")                \
    X(KEPT, "absa_kept_bytes", "gauge", NULL, "What the console remembers of the past")            \
    X(WATERMARK, "absa_watermark_timestamp_seconds", "gauge", "source",                            \
      "Progress of a source in arrival time; gone with its end")

enum metric {
#define X(id, name, type, label, help) METRIC_##id,
    METRICS(X)
#undef X
        METRIC_N,
};

enum { METRIC_NO_LABEL = -1, METRIC_SERIES_MAX = 4096, METRIC_TEXT_MAX = 80 };

struct metrics;

/* Strings are borrowed for ever. NULL: out of memory. */
struct metrics *metrics_new(const char *stage, const char *slot, const char *version);
void metrics_free(struct metrics *m);

/* Sets or adds; label is the number of the partition or source, or
 * METRIC_NO_LABEL. */
void metrics_set(struct metrics *m, enum metric id, int64_t label, double v);
void metrics_add(struct metrics *m, enum metric id, int64_t label, double v);

/* Sets, or adds to, a series whose labels are told apart by their text:
 * receiver="a",result="sent". At most METRIC_TEXT_MAX bytes, copied. */
void metrics_set_text(struct metrics *m, enum metric id, const char *labels, double v);
void metrics_add_text(struct metrics *m, enum metric id, const char *labels, double v);

/* Forgets all series of a metric: partitions that are gone have no lag; or the one of a label. */
void metrics_clear(struct metrics *m, enum metric id);
void metrics_forget(struct metrics *m, enum metric id, int64_t label);

/* Adds the counters and the dead letters of an output that was committed. */
void metrics_take(struct metrics *m, const struct out *out);

/* Prometheus text 0.0.4, the process's own figures included. */
void metrics_render(struct metrics *m, struct buf *out);

/* One table row a metric: docs/METRICS.md. */
void metrics_print_doc(struct buf *out);

#endif
