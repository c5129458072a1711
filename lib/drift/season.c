/* SPDX-License-Identifier: MIT */
#include "drift/season.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "drift/reference.h"
#include "record/types.h"

void season_name(const struct facet *f, size_t slot, char *out)
{
    const struct slice value = facet_at(f, (int64_t)slot * facet_length(f));

    (void)snprintf(out, SEASON_NAME_MAX, "%s:%.*s", facet_name(f), SLICE_ARG(value));
}

enum status season_init(struct season *s, const struct facet *f, const struct baseline *whole,
                        struct err *err)
{
    enum status st = ST_OK;

    *s = (struct season){ .facet = f, .whole = whole };
    if (!f)
        return ST_OK;
    s->slot = calloc(facet_slots(f), sizeof(struct baseline *));
    if (!s->slot)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < facet_slots(f) && st == ST_OK; i++) {
        char name[SEASON_NAME_MAX];
        const struct baseline_segment *part;

        season_name(f, i, name);
        part = baseline_segment_find(whole, slice_str(name));
        if (!part || !part->own)
            continue;
        st = reference_new(whole, part->own, part->video_size, &s->slot[i], err);
        s->known++;
    }
    return st;
}

void season_release(struct season *s)
{
    for (size_t i = 0; s->slot && i < facet_slots(s->facet); i++)
        reference_free(s->slot[i]);
    free(s->slot);
    *s = (struct season){ 0 };
}

const struct baseline *season_at(const struct season *s, int64_t at_ms)
{
    const struct baseline *own = s->facet ? s->slot[facet_slot(s->facet, at_ms)] : NULL;

    return own ? own : s->whole;
}

int64_t season_since(const struct season *s, int64_t at_ms)
{
    return s->facet ? time_floor(at_ms, facet_length(s->facet)) : WM_NONE;
}

/* How many rows are in the slots before each. */
static void count_before(const struct facet *f, const int64_t *at_ms, size_t rows, size_t *before)
{
    size_t sum = 0;

    for (size_t i = 0; i < rows; i++)
        before[facet_slot(f, at_ms[i])]++;
    for (size_t k = 0; k < facet_slots(f); k++) {
        const size_t n = before[k];

        before[k] = sum;
        sum += n;
    }
}

enum status season_rows_init(struct season_rows *r, const struct facet *f, const int64_t *at_ms,
                             size_t rows, struct err *err)
{
    const size_t slots = facet_slots(f);
    size_t *at = calloc(slots + 1, sizeof(*at));

    *r = (struct season_rows){ .part = calloc(slots, sizeof(*r->part)),
                               .row = calloc(rows + 1, sizeof(*r->row)),
                               .name = calloc(slots, sizeof(*r->name)) };
    if (!at || !r->part || !r->row || !r->name) {
        free(at);
        return err_set(err, ST_FATAL, "out of memory");
    }
    count_before(f, at_ms, rows, at);
    for (size_t i = 0; i < rows; i++)
        r->row[at[facet_slot(f, at_ms[i])]++] = i;
    for (size_t k = 0; k < slots; k++) { /* at[] has come to the end of each */
        const size_t first = k > 0 ? at[k - 1] : 0;

        if (at[k] == first)
            continue;
        season_name(f, k, r->name[k]);
        r->part[r->n++] = (struct baseline_rows){ r->name[k], r->row + first, at[k] - first };
    }
    free(at);
    return ST_OK;
}

void season_rows_release(struct season_rows *r)
{
    free(r->part);
    free(r->row);
    free(r->name);
    *r = (struct season_rows){ 0 };
}
