/* SPDX-License-Identifier: MIT */
/* sample.h -- two samples that merge exactly, in any order.
 *
 * Bottom-k by hash: keep the k things with the smallest hashes. A thing of the
 * k smallest of a union is among the k smallest of every part that holds it, so
 * a union of samples, cut to k, is the sample of the union, however the parts
 * were cut and in whichever order they come; counts included, for what is kept
 * was never dropped. (Cohen and Kaplan 2007.) No luck and no clock: the hash is
 * that of the id.
 *
 * Videos: hash of the video id -> comments counted. From it the effective sizes.
 * Examples: comments with their cells, to show what is in a bin that grew. */
#ifndef DRIFT_SAMPLE_H
#define DRIFT_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "record/pane.h"

enum { VIDEO_SAMPLE_K = 4096, EXAMPLE_SAMPLE_K = 64 };

struct video_sample {
    struct video_count *v; /* ascending by hash as unsigned */
    size_t n;
    size_t cap;
};

struct example_sample {
    struct example
        *v; /* ascending by hash, then by the other members; each owns its id and cells */
    size_t n;
    size_t n_cells; /* of each example */
};

/* Adds n > 0 comments of a video. ST_FATAL: memory or overflow. O(k) at most. */
MUST_USE enum status video_sample_add(struct video_sample *s, uint64_t hash, int64_t n,
                                      struct err *err);

/* Adds a sample, ascending by hash. O(k). ST_FATAL: memory or overflow. */
MUST_USE enum status video_sample_merge(struct video_sample *s, const struct video_count_list *in,
                                        struct err *err);

void video_sample_release(struct video_sample *s);

/* Adds a comment if it is among the k smallest; copies it. Two comments with one
 * hash are told apart by the rest. ST_FATAL: memory. */
MUST_USE enum status example_sample_add(struct example_sample *s, const struct example *e,
                                        struct err *err);

MUST_USE enum status example_sample_merge(struct example_sample *s, const struct example_list *in,
                                          struct err *err);

void example_sample_release(struct example_sample *s);

/* What a sample of videos says of n comments. */
struct video_sizes {
    int64_t videos;    /* estimated when the sample is full      */
    double mean_size;  /* sum n_v^2 / n: the size of the video that a comment belongs to */
    double videos_eff; /* n / mean_size = n^2 / sum n_v^2         */
};

/* n == 0 gives zeros. */
struct video_sizes video_sample_sizes(const struct video_sample *s, int64_t n);

#endif
