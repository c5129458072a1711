/* SPDX-License-Identifier: MIT */
/* sightings.h -- which comments were seen before, and when.
 *
 * A comment that comes again within the horizon is an update, not a sample. The
 * decision is a function of the log alone: an id is remembered while its last
 * sighting is not older than the newest arrival less horizon and slack, whether
 * or not the entry was swept away, so a set that was rebuilt from the log says
 * the same as one that never died. Ids are kept as 8-byte fingerprints; entries
 * leave by time only. At its cap the set remembers nothing new and says so.
 *
 *                     horizon + slack
 *     ...forgotten |<----------------->| newest arrival
 */
#ifndef SCORE_SIGHTINGS_H
#define SCORE_SIGHTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/score.h"

/* How far the sources of one partition may be apart in arrival, in ms. */
#define SIGHTINGS_SLACK_MS INT64_C(3600000)

struct sightings_conf {
    int64_t horizon_ms; /* an update comes at most so long after the last sighting */
    size_t max;         /* ids kept, of 40 to 80 bytes each                        */
};

struct sightings;

/* An empty set. NULL: out of memory. */
struct sightings *sightings_new(const struct sightings_conf *conf);
void sightings_free(struct sightings *s);

struct sighted {
    enum sighting sighting;
    bool cross_source; /* an update whose last sighting came from another source */
    bool evicted;      /* the set is full: this id will not be remembered        */
};

/* Says what a comment is; changes nothing that later answers depend on. */
MUST_USE enum status sightings_look(struct sightings *s, uint64_t id, int64_t arrival_ms,
                                    int32_t src, struct sighted *out, struct err *err);

/* Remembers the comment that was looked at last; not when it was evicted. */
void sightings_keep(struct sightings *s);

/* Newest arrival so far; WM_NONE before the first. Only rises. */
int64_t sightings_newest(const struct sightings *s);
void sightings_set_newest(struct sightings *s, int64_t arrival_ms);

/* Sightings before this are forgotten: where a rebuild has to start. */
int64_t sightings_oldest(const struct sightings *s);

/* Entries held, forgotten ones included. */
size_t sightings_n(const struct sightings *s);

#endif
