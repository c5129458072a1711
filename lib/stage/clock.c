/* SPDX-License-Identifier: MIT */
#include "stage/clock.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/time.h"

/* "1 max floor seq kind", none and end as letters. */
static const char version = '1';
static const char none = 'n';
static const char end = 'e';
static const char kinds[] = {
    [SOURCE_UNKNOWN] = '?', [SOURCE_LIVE] = 'l', [SOURCE_REPLAYED] = 'r'
};

struct clock clock_new(void)
{
    return (struct clock){ .max_ms = WM_NONE, .floor_ms = WM_NONE };
}

/* The watermark that arrivals alone make. */
static int64_t by_arrival(const struct clock *c, int64_t skew_ms)
{
    return c->max_ms == WM_NONE ? WM_NONE : c->max_ms - skew_ms;
}

int64_t clock_wm(const struct clock *c, int64_t skew_ms)
{
    const int64_t wm = by_arrival(c, skew_ms);

    return wm > c->floor_ms ? wm : c->floor_ms;
}

void clock_stamp(const struct clock *c, int64_t skew_ms, int64_t arrival_ms, struct origin *o)
{
    o->arrival_ms = arrival_ms;
    o->src_wm_ms = clock_wm(c, skew_ms);
    o->late_by = arrival_ms < c->floor_ms && c->floor_ms > by_arrival(c, skew_ms) ? LATE_BY_FLOOR
                                                                                  : LATE_BY_NONE;
}

/* Whether a step lies in (before, after]. */
static bool passed(int64_t before, int64_t after, int64_t step_ms)
{
    if (after <= before || after == WM_NONE)
        return false;
    return before == WM_NONE || time_floor(after, step_ms) > time_floor(before, step_ms);
}

bool clock_advance(struct clock *c, int64_t skew_ms, int64_t step_ms, int64_t arrival_ms)
{
    const int64_t before = clock_wm(c, skew_ms);

    if (arrival_ms > c->max_ms)
        c->max_ms = arrival_ms;
    return passed(before, clock_wm(c, skew_ms), step_ms);
}

bool clock_idle(struct clock *c, int64_t skew_ms, int64_t idle_ms, int64_t proven_ms)
{
    const int64_t floor_ms = proven_ms - skew_ms;

    if (!passed(clock_wm(c, skew_ms), floor_ms, idle_ms))
        return false;
    c->floor_ms = floor_ms;
    return true;
}

static void save_ms(int64_t ms, struct buf *meta)
{
    if (ms == WM_NONE)
        buf_byte(meta, none);
    else if (ms == WM_END)
        buf_byte(meta, end);
    else
        buf_fmt(meta, "%" PRId64, ms);
}

void clock_save(const struct clock *c, struct buf *meta)
{
    buf_fmt(meta, "%c ", version);
    save_ms(c->max_ms, meta);
    buf_byte(meta, ' ');
    save_ms(c->floor_ms, meta);
    buf_fmt(meta, " %" PRId64 " %c", c->seq, kinds[c->kind]);
}

/* Takes the next word off s. */
static struct slice word(struct slice *s)
{
    struct slice w = { s->p, 0 };

    while (w.n < s->n && s->p[w.n] != ' ')
        w.n++;
    const size_t skip = w.n < s->n ? w.n + 1 : w.n;
    s->p += skip;
    s->n -= skip;
    return w;
}

static bool load_ms(struct slice w, int64_t *ms)
{
    const bool letter = w.n == 1 && (w.p[0] == none || w.p[0] == end);

    if (letter) {
        *ms = w.p[0] == none ? WM_NONE : WM_END;
        return true;
    }
    return slice_to_int64(w, ms);
}

static bool load_kind(struct slice w, enum source_kind *kind)
{
    for (size_t i = 0; w.n == 1 && i < sizeof(kinds); i++) {
        if (w.p[0] == kinds[i]) {
            *kind = (enum source_kind)i;
            return true;
        }
    }
    return false;
}

enum status clock_load(struct slice meta, struct clock *c, struct err *err)
{
    struct slice rest = meta;
    const struct slice v = word(&rest);

    *c = clock_new();
    if (v.n == 1 && v.p[0] == version && load_ms(word(&rest), &c->max_ms) &&
        load_ms(word(&rest), &c->floor_ms) && slice_to_int64(word(&rest), &c->seq) &&
        load_kind(word(&rest), &c->kind) && rest.n == 0)
        return ST_OK;
    return err_set(err, ST_FATAL,
                   "config: the metadata of a committed offset was not written by this version");
}
