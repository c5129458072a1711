/* SPDX-License-Identifier: MIT */
#include "score/sightings.h"

#include <stdlib.h>

#include "score/ages.h"

/* Open addressing with linear probing, at most three quarters full. An id may
 * hold several slots; a fingerprint of 0 is kept as 1. Structures of arrays, 28
 * bytes a slot. How many are remembered is counted by age, so that neither the
 * cap nor the sweep ever looks through the set to find out. */
struct sightings {
    struct sightings_conf conf;
    int64_t *wm;    /* a tree of minima: [1] of all sources, [sources + i] of source i */
    int32_t n_over; /* sources that have ended */
    uint64_t *id;   /* 0: free */
    int64_t *first; /* when it was seen: from first to last without a gap of a horizon */
    int64_t *last;
    int32_t *src; /* who saw it last */
    size_t mask;
    size_t n;
    struct ages ages;
    struct { /* the comment that was looked at last */
        uint64_t id;
        int64_t t;
        int64_t src_wm_ms;
        int32_t src;
        bool keep;
        bool known; /* at slot */
        size_t slot;
    } now;
};

enum { FIRST_SLOTS = 1024, STEPS = 64 /* of a horizon: how finely ages are counted */ };

static bool make_slots(struct sightings *s, size_t slots)
{
    s->id = calloc(slots, sizeof(*s->id));
    s->first = calloc(slots, sizeof(*s->first));
    s->last = calloc(slots, sizeof(*s->last));
    s->src = calloc(slots, sizeof(*s->src));
    s->mask = slots - 1;
    s->n = 0;
    return s->id && s->first && s->last && s->src;
}

static void free_slots(struct sightings *s)
{
    free(s->id);
    free(s->first);
    free(s->last);
    free(s->src);
}

struct sightings *sightings_new(const struct sightings_conf *conf)
{
    struct sightings *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->conf = *conf;
    s->ages.step_ms = conf->horizon_ms / STEPS + 1;
    s->ages.floor_ms = INT64_MIN;
    s->wm = calloc(2 * (size_t)conf->sources, sizeof(*s->wm));
    if (!s->wm || !make_slots(s, FIRST_SLOTS)) {
        sightings_free(s);
        return NULL;
    }
    for (int32_t i = 0; i < 2 * conf->sources; i++)
        s->wm[i] = WM_NONE;
    return s;
}

void sightings_free(struct sightings *s)
{
    if (!s)
        return;
    free_slots(s);
    ages_release(&s->ages);
    free(s->wm);
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

void sightings_pass(struct sightings *s, int32_t src, int64_t wm_ms)
{
    size_t i = (size_t)s->conf.sources + (size_t)src;

    if (wm_ms <= s->wm[i])
        return;
    s->n_over += wm_ms == WM_END;
    s->wm[i] = wm_ms;
    for (i /= 2; i >= 1; i /= 2)
        s->wm[i] = s->wm[2 * i] < s->wm[2 * i + 1] ? s->wm[2 * i] : s->wm[2 * i + 1];
}

int64_t sightings_watermark(const struct sightings *s)
{
    return s->wm[1];
}

int64_t sightings_since(const struct sightings *s)
{
    return s->n_over > 0 && s->n_over < s->conf.sources ? WM_NONE : s->wm[1];
}

void sightings_restore(struct sightings *s, int64_t since_ms)
{
    for (int32_t i = 0; i < s->conf.sources; i++)
        sightings_pass(s, i, since_ms);
}

int64_t sightings_oldest(const struct sightings *s)
{
    return ages_step(&s->ages, minus(s->wm[1], s->conf.horizon_ms));
}

static bool remembered(const struct sightings *s, size_t i)
{
    return s->last[i] >= s->ages.floor_ms;
}

/* The free slot where one more of id goes. */
static size_t free_slot(const struct sightings *s, uint64_t id)
{
    size_t i = (size_t)id & s->mask;

    while (s->id[i] != 0)
        i = (i + 1) & s->mask;
    return i;
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

        if (old.id[i] == 0 || !remembered(&old, i))
            continue;
        to = free_slot(s, old.id[i]);
        s->id[to] = old.id[i];
        s->first[to] = old.first[i];
        s->last[to] = old.last[i];
        s->src[to] = old.src[i];
        s->n++;
    }
    free_slots(&old);
    return true;
}

/* Makes room for one more sighting, unless so many are remembered that it is not
 * to be. A sweep leaves at least 3 of 16 slots to be filled before the next. */
static enum status make_room(struct sightings *s, bool *full, struct err *err)
{
    size_t slots = FIRST_SLOTS;
    size_t kept = s->ages.total;

    *full = kept >= s->conf.max;
    if (*full || 4 * (s->n + 1) <= 3 * (s->mask + 1))
        return ST_OK;
    while (16 * (kept + 1) > 9 * slots)
        slots *= 2;
    if (!rehash(s, slots))
        return err_set(err, ST_FATAL, "out of memory for %zu sightings", s->n);
    return ST_OK;
}

/* Whether the comment at hand is an update of what slot i remembers. Its own
 * source comes in order; another may be far behind. */
static bool matches(const struct sightings *s, size_t i)
{
    if (s->id[i] != s->now.id || !remembered(s, i) ||
        minus(s->now.t, s->last[i]) > s->conf.horizon_ms)
        return false;
    return s->src[i] == s->now.src || minus(s->first[i], s->now.t) <= s->conf.horizon_ms;
}

/* Looks through all that is remembered of the id; the latest is what it updates. */
static void look_up(struct sightings *s, struct sighted *out)
{
    for (size_t i = (size_t)s->now.id & s->mask; s->id[i] != 0; i = (i + 1) & s->mask) {
        if (!matches(s, i))
            continue;
        out->sighting = SIGHTING_UPDATE;
        if (s->src[i] != s->now.src)
            out->cross_source = true;
        if (!s->now.known || s->last[i] > s->last[s->now.slot])
            s->now.slot = i;
        s->now.known = true;
    }
}

enum status sightings_look(struct sightings *s, uint64_t id, const struct origin *from,
                           struct sighted *out, struct err *err)
{
    enum status st = ST_OK;

    *out = (struct sighted){ .sighting = SIGHTING_FIRST };
    s->now.id = id != 0 ? id : 1;
    s->now.t = from->arrival_ms > from->src_wm_ms ? from->arrival_ms : from->src_wm_ms;
    s->now.src = from->src;
    s->now.src_wm_ms = from->src_wm_ms;
    s->now.known = false;
    s->now.keep = from->src_wm_ms != WM_END;
    if (!s->now.keep)
        return ST_OK;
    ages_forget(&s->ages, sightings_oldest(s));
    look_up(s, out);
    if (!s->now.known)
        st = make_room(s, &out->evicted, err);
    if (st == ST_OK && !ages_reserve(&s->ages))
        st = err_set(err, ST_FATAL, "out of memory for the ages of %zu sightings", s->n);
    s->now.keep = !out->evicted;
    return st;
}

/* Another sighting of what slot i remembers. */
static void extend(struct sightings *s, size_t i)
{
    if (s->now.t < s->first[i])
        s->first[i] = s->now.t;
    if (s->now.t < s->last[i])
        return;
    ages_take(&s->ages, s->last[i]);
    ages_add(&s->ages, s->now.t);
    s->last[i] = s->now.t;
    s->src[i] = s->now.src;
}

static void remember(struct sightings *s)
{
    size_t i = free_slot(s, s->now.id);

    s->id[i] = s->now.id;
    s->first[i] = s->last[i] = s->now.t;
    s->src[i] = s->now.src;
    s->n++;
    ages_add(&s->ages, s->now.t);
}

void sightings_keep(struct sightings *s)
{
    if (s->now.keep && s->now.known)
        extend(s, s->now.slot);
    else if (s->now.keep)
        remember(s);
    sightings_pass(s, s->now.src, s->now.src_wm_ms);
}

size_t sightings_n(const struct sightings *s)
{
    return s->n;
}
