/* SPDX-License-Identifier: MIT */
/* What a segment is compared with.
 *
 *     all           the baseline; with drift.season, what the baseline has of that hour or day
 *     any other     what the baseline has of the segment, where that is enough; else what the
 *                   segment's own first windows were (warming until they are enough)
 *
 * A segment that learns is compared with the baseline meanwhile, for people to see, and
 * is not judged: that it differs from the whole is no news. What it has learnt stands in
 * absa.state, is added to when a window closes, and is not touched any more when it is
 * enough.
 *
 * What another bundle scored than the baseline's is compared with nothing: such a stretch is
 * baseline_stale, until the baseline's bundle scores again or a run with another baseline
 * begins (order.h). */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "consumers/drift/judge_inner.h"
#include "drift/reference.h"

static struct baseline *own_of(const struct judge *j, struct slice name)
{
    const struct baseline_segment *s = baseline_segment_find(j->base, name);

    return s ? j->own[s - j->base->segments] : NULL;
}

enum status against_init(struct judge *j, struct err *err)
{
    const struct baseline *base = j->base;
    enum status st = ST_OK;

    j->own = calloc(base->n_segments + 1, sizeof(struct baseline *));
    if (!j->own)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < base->n_segments && st == ST_OK; i++) {
        const struct baseline_segment *s = &base->segments[i];

        if (s->own && segments_find(&j->segments, slice_str(s->name)) < j->segments.n)
            st = reference_new(base, s->own, s->video_size, &j->own[i], err);
    }
    return st == ST_OK ? drift_season_init(&j->season, &j->conf, base, err) : st;
}

void against_release(struct judge *j)
{
    season_release(&j->season);
    for (size_t i = 0; j->own && i < j->base->n_segments; i++)
        reference_free(j->own[i]);
    free(j->own);
}

void against_forget(struct seat *seat)
{
    reference_free(seat->learned);
    free(seat->lesson);
    seat->learned = NULL;
    seat->lesson = NULL;
}

/* A segment that the baseline does not know well enough. */
static struct against a_learner(const struct judge *j, const struct seat *seat, int64_t at_ms)
{
    struct against a = { .base = j->base, .state = WINDOW_EVALUATED, .since_ms = WM_NONE };

    if (seat->learned) {
        a.base = seat->learned;
    } else if (j->conf.warming_comments > 0) {
        const bool late = seat->lesson && at_ms - seat->lesson->start_ms >= j->conf.warming_ms;

        a.state = late ? WINDOW_NO_BASELINE : WINDOW_WARMING;
    }
    return a;
}

/* Comments of another bundle are in no histogram, so that those of the baseline's beside them are
 * no sample: a pane with some is not judged, and no run of the scan spans it. */
static void leave_mixed(const struct judge *j, const struct history *past, int64_t at_ms,
                        struct against *a)
{
    if (!past->mixed)
        return;
    if (past->mixed_ms == time_floor(at_ms, j->conf.pane_ms))
        a->state = WINDOW_BASELINE_STALE;
    if (a->since_ms <= past->mixed_ms)
        a->since_ms = past->mixed_ms + j->conf.pane_ms;
}

struct against judge_against(const struct judge *j, size_t segment, int64_t at_ms)
{
    const struct slice name = j->segments.name[segment];
    const struct baseline *own = slice_is(name, "all") ? NULL : own_of(j, name);
    struct against a = { .base = own, .state = WINDOW_EVALUATED, .since_ms = WM_NONE };

    if (slice_is(name, "all"))
        a = (struct against){ .base = season_at(&j->season, at_ms),
                              .state = WINDOW_EVALUATED,
                              .since_ms = season_since(&j->season, at_ms) };
    else if (!own)
        a = a_learner(j, &j->seats[segment], at_ms);
    if (j->conf.max_age_ms > 0 && j->base->until_ms > 0 && a.state == WINDOW_EVALUATED &&
        a.base != j->seats[segment].learned && at_ms - j->base->until_ms > j->conf.max_age_ms)
        a.state = WINDOW_BASELINE_STALE;
    leave_mixed(j, &j->seats[segment].past, at_ms, &a);
    return a;
}

static bool is_enough(const struct judge *j, const struct pane_delta *lesson)
{
    return lesson->n >= j->conf.warming_comments && lesson->videos.n >= REFERENCE_VIDEOS;
}

bool against_learns(const struct judge *j, size_t segment)
{
    const struct slice name = j->segments.name[segment];
    const struct seat *seat = &j->seats[segment];

    return j->conf.warming_comments > 0 && !seat->learned && j->window->n > 0 &&
           j->window->other_bundle == 0 && !slice_is(name, "all") && !own_of(j, name);
}

/* The videos of a tally, out of its reach. */
static bool own_videos(struct pane_delta *d, struct arena *a)
{
    struct video_count *v = arena_array(a, d->videos.n, sizeof(*v));

    if (v && d->videos.n > 0)
        memcpy(v, d->videos.v, d->videos.n * sizeof(*v));
    d->videos.v = v;
    return v != NULL;
}

enum status against_lesson(struct judge *j, size_t segment, struct pane_delta *out, struct err *err)
{
    const struct seat *seat = &j->seats[segment];
    struct tally *sum = j->scratch;
    struct pane_delta now = { 0 };
    enum status st = tally_delta(j->window, j->arena, &now, err);

    *out = (struct pane_delta){ .segment = j->segments.name[segment],
                                .start_ms =
                                    seat->lesson ? seat->lesson->start_ms : j->close.start_ms };
    now = (struct pane_delta){ .n = now.n, .features = now.features, .videos = now.videos };
    if (st == ST_OK && seat->lesson)
        st = tally_merge(sum, seat->lesson, err);
    if (st == ST_OK)
        st = tally_merge(sum, &now, err);
    if (st == ST_OK)
        st = tally_delta(sum, j->arena, out, err);
    if (st == ST_OK && !own_videos(out, j->arena))
        st = err_set(err, ST_FATAL, "no memory for what a segment learns");
    tally_clear(sum);
    return st;
}

enum status against_learn(struct judge *j, size_t segment, const struct pane_delta *lesson,
                          struct err *err)
{
    struct seat *seat = &j->seats[segment];
    size_t bytes;
    struct pane_delta *copy = delta_copy(lesson, &bytes);
    struct video_sample videos = { lesson->videos.v, lesson->videos.n, lesson->videos.n };

    if (!copy)
        return err_set(err, ST_FATAL, "out of memory");
    free(seat->lesson);
    seat->lesson = copy;
    if (!is_enough(j, lesson))
        return ST_OK;
    return reference_new(j->base, lesson, video_sample_sizes(&videos, lesson->n).mean_size,
                         &seat->learned, err);
}
