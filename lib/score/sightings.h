/* SPDX-License-Identifier: MIT */
/* sightings.h -- which comments were seen before, and when.
 *
 * A comment that comes again within the horizon is an update, not a sample. What
 * is said of it must not depend on how the sources of a partition interleave, so
 *
 *   - a comment's time t is its arrival, but not before the watermark that its
 *     source had (as it counts for its window): the times to come of a source
 *     are never below the watermark that was read of it;
 *   - an id is forgotten only when EVERY source has passed it by the horizon:
 *     nothing that could still come would have been its update;
 *   - an id may be remembered more than once, when its sightings lie further
 *     apart than the horizon and a source that is behind may yet meet either.
 *
 *      of the slowest source:        oldest           watermark
 *                ... all forgotten |<----- horizon ----->| ... not all there yet
 *
 * An update of another source's sighting (cross_source) is the one case where who
 * was first decides what is said. While there is none, and the set is not over
 * its cap (evicted), all interleavings give the same answers: if one of them has
 * such an update, all have one.
 *
 * A source of which no watermark is known holds everything back: nothing is
 * forgotten until it has moved, been found idle, or ended, and the cap is what
 * bounds the memory. What follows the end of its source is late whatever it is:
 * it is called a first sighting and not remembered.
 *
 * The answers are a function of the log: a set rebuilt by sightings_restore()
 * says the same as one that never died. Ids are 8-byte fingerprints. */
#ifndef SCORE_SIGHTINGS_H
#define SCORE_SIGHTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/score.h"

struct sightings_conf {
    int64_t horizon_ms; /* an update comes at most so long after the last sighting */
    size_t max;         /* sightings remembered, of 40 to 120 bytes each           */
    int32_t sources;    /* numbered from 0; at least 1                             */
};

struct sightings;

/* An empty set. NULL: out of memory. */
struct sightings *sightings_new(const struct sightings_conf *conf);
void sightings_free(struct sightings *s);

struct sighted {
    enum sighting sighting;
    bool cross_source; /* an update of what another source has seen       */
    bool evicted;      /* the set is full: this id will not be remembered */
};

/* Says what a comment is; changes nothing that later answers depend on.
 * from->src must be one of the sources. Amortised O(1). */
MUST_USE enum status sightings_look(struct sightings *s, uint64_t id, const struct origin *from,
                                    struct sighted *out, struct err *err);

/* The comment that was looked at last stands: remembers it (not when it was
 * evicted), and its source has come as far as it said. */
void sightings_keep(struct sightings *s);

/* A source (one of ours) will send nothing before wm_ms any more. Only rises.
 * O(log sources). */
void sightings_pass(struct sightings *s, int32_t src, int64_t wm_ms);

/* The watermark that every source has passed; WM_NONE: one is not known, WM_END:
 * all have ended. */
int64_t sightings_watermark(const struct sightings *s);

/* The same as sightings_restore() takes it, so WM_NONE also when a source has
 * ended while another goes on: no watermark says when that was, and a set has to
 * be rebuilt from the start of the log. */
int64_t sightings_since(const struct sightings *s);

/* Into an empty set: every source has passed since_ms. Then feed it what it was
 * fed of sightings_oldest() and after, except what it evicted. */
void sightings_restore(struct sightings *s, int64_t since_ms);

/* What was seen before this is forgotten: the horizon before the watermark that
 * all have passed, a 64th of it more at most. WM_NONE: nothing is. */
int64_t sightings_oldest(const struct sightings *s);

/* Sightings held, those that are forgotten but not yet swept included. */
size_t sightings_n(const struct sightings *s);

#endif
