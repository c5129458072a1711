/* SPDX-License-Identifier: MIT */
#include "score/sightings.h"

#include <stdlib.h>

/* Open addressing with linear probing, at most half full, so that a probe is
 * one or two cache lines; a fingerprint of 0 is kept as 1. Structures of
 * arrays: 20 bytes a slot. */
struct sightings {
    struct sightings_conf conf;
    int64_t newest;
    uint64_t *id; /* 0: free */
    int64_t *last_seen;
    int32_t *src;
    size_t mask;
    size_t n;
    int64_t full_until; /* full while nothing as old as this is forgotten; WM_NONE: not full */
    struct {            /* the comment that was looked at last */
        uint64_t id;
        int64_t arrival;
        int32_t src;
        bool evicted;
    } now;
};

enum { FIRST_SLOTS = 1024 };

static bool make_slots(struct sightings *s, size_t slots)
{
    s->id = calloc(slots, sizeof(*s->id));
    s->last_seen = calloc(slots, sizeof(*s->last_seen));
    s->src = calloc(slots, sizeof(*s->src));
    s->mask = slots - 1;
    s->n = 0;
    return s->id && s->last_seen && s->src;
}

static void free_slots(struct sightings *s)
{
    free(s->id);
    free(s->last_seen);
    free(s->src);
}

struct sightings *sightings_new(const struct sightings_conf *conf)
{
    struct sightings *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->conf = *conf;
    s->newest = WM_NONE;
    s->full_until = WM_NONE;
    if (!make_slots(s, FIRST_SLOTS)) {
        sightings_free(s);
        return NULL;
    }
    return s;
}

void sightings_free(struct sightings *s)
{
    if (!s)
        return;
    free_slots(s);
    free(s);
}

/* a - b, held within the range of int64_t. */
static int64_t minus(int64_t a, int64_t b)
{
    if (b > 0 && a < INT64_MIN + b)
        return INT64_MIN;
    if (b < 0 && a > INT64_MAX + b)
        return INT64_MAX;
    return a - b;
}

/* The slot of an id: its own, or the free one where it would go. */
static size_t slot_of(const struct sightings *s, uint64_t id)
{
    size_t i = (size_t)id & s->mask;

    while (s->id[i] != 0 && s->id[i] != id)
        i = (i + 1) & s->mask;
    return i;
}

int64_t sightings_oldest(const struct sightings *s)
{
    return minus(minus(s->newest, s->conf.horizon_ms), SIGHTINGS_SLACK_MS);
}

static bool remembered(const struct sightings *s, size_t i)
{
    return s->id[i] != 0 && s->last_seen[i] >= sightings_oldest(s);
}

/* Moves what is still remembered into new slots. */
static bool rehash(struct sightings *s, size_t slots)
{
    struct sightings old = *s;

    if (!make_slots(s, slots)) {
        free_slots(s);
        *s = old;
        return false;
    }
    for (size_t i = 0; i <= old.mask; i++) {
        size_t to;

        if (!remembered(&old, i))
            continue;
        to = slot_of(s, old.id[i]);
        s->id[to] = old.id[i];
        s->last_seen[to] = old.last_seen[i];
        s->src[to] = old.src[i];
        s->n++;
    }
    free_slots(&old);
    return true;
}

static size_t count_remembered(const struct sightings *s, int64_t *first)
{
    size_t n = 0;

    *first = INT64_MAX;
    for (size_t i = 0; i <= s->mask; i++) {
        if (!remembered(s, i))
            continue;
        n++;
        if (s->last_seen[i] < *first)
            *first = s->last_seen[i];
    }
    return n;
}

/* Makes room for one more id, or finds that the set is full: as full as it
 * would be had everything forgotten been swept before. */
static enum status make_room(struct sightings *s, bool *full, struct err *err)
{
    size_t slots = s->mask + 1;
    int64_t first;
    size_t kept;

    *full = s->full_until != WM_NONE && sightings_oldest(s) <= s->full_until;
    if (*full)
        return ST_OK; /* known without counting again */
    s->full_until = WM_NONE;
    if (s->n < s->conf.max && 2 * (s->n + 1) <= slots)
        return ST_OK;
    kept = count_remembered(s, &first);
    if (kept >= s->conf.max) {
        s->full_until = first;
        *full = true;
        return ST_OK;
    }
    while (4 * (kept + 1) > 3 * (slots / 2)) /* leave a quarter of the room */
        slots *= 2;
    if (!rehash(s, slots))
        return err_set(err, ST_FATAL, "out of memory for %zu sightings", s->n);
    return ST_OK;
}

enum status sightings_look(struct sightings *s, uint64_t id, int64_t arrival_ms, int32_t src,
                           struct sighted *out, struct err *err)
{
    bool full = false;
    size_t i;

    sightings_set_newest(s, arrival_ms);
    id = id != 0 ? id : 1;
    i = slot_of(s, id);
    *out = (struct sighted){ .sighting = SIGHTING_FIRST };
    if (remembered(s, i)) {
        if (minus(arrival_ms, s->last_seen[i]) <= s->conf.horizon_ms) {
            out->sighting = SIGHTING_UPDATE;
            out->cross_source = s->src[i] != src;
        }
    } else {
        enum status st = make_room(s, &full, err);

        if (st != ST_OK)
            return st;
        out->evicted = full;
    }
    s->now.id = id;
    s->now.arrival = arrival_ms;
    s->now.src = src;
    s->now.evicted = full;
    return ST_OK;
}

void sightings_keep(struct sightings *s)
{
    size_t i = slot_of(s, s->now.id);
    bool known = remembered(s, i);

    if (s->now.evicted)
        return;
    if (s->id[i] == 0) {
        s->id[i] = s->now.id;
        s->n++;
    }
    if (!known || s->now.arrival >= s->last_seen[i]) {
        s->last_seen[i] = s->now.arrival;
        s->src[i] = s->now.src;
    }
}

int64_t sightings_newest(const struct sightings *s)
{
    return s->newest;
}

void sightings_set_newest(struct sightings *s, int64_t arrival_ms)
{
    if (arrival_ms > s->newest)
        s->newest = arrival_ms;
}

size_t sightings_n(const struct sightings *s)
{
    return s->n;
}
