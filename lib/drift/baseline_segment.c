/* SPDX-License-Identifier: MIT */
/* The segments that a baseline lists. */
#include <stdlib.h>
#include <string.h>

#include "drift/baseline_inner.h"

static int cmp_segment(const void *a, const void *b)
{
    const struct baseline_segment *x = a;
    const struct baseline_segment *y = b;

    return strcmp(x->name, y->name);
}

static int cmp_hash(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;

    return (*x > *y) - (*x < *y);
}

/* How many videos the comments are of, and how large the one of a comment is. */
static void measure(struct baseline_segment *s, const struct baseline_rows *rows,
                    const uint64_t *videos, uint64_t *scratch)
{
    double squares = 0;
    double size = 0;

    for (size_t i = 0; i < rows->n; i++)
        scratch[i] = videos[rows->row[i]];
    qsort(scratch, rows->n, sizeof(*scratch), cmp_hash);
    for (size_t i = 0; i < rows->n; i++) {
        bool first = i == 0 || scratch[i] != scratch[i - 1];

        s->videos += first;
        size = first ? 1 : size + 1;
        squares += 2 * size - 1; /* size^2 - (size - 1)^2 */
    }
    s->comments = (int64_t)rows->n;
    s->video_size = squares / (double)rows->n;
}

static enum status check_rows(const struct baseline_rows *rows, size_t all, struct err *err)
{
    const char *fault = baseline_name_fault(slice_str(rows->name));

    if (fault)
        return err_set(err, ST_REJECT, "the name of a segment %s", fault);
    for (size_t i = 0; i < rows->n; i++)
        if (rows->row[i] >= all || (i > 0 && rows->row[i] <= rows->row[i - 1]))
            return err_set(err, ST_REJECT, "segment %s: its rows do not ascend", rows->name);
    return rows->n > 0 ? ST_OK : err_set(err, ST_REJECT, "segment %s is empty", rows->name);
}

static enum status add(struct baseline *b, const struct baseline_rows *rows,
                       const struct baseline_input *in, uint64_t *scratch, struct err *err)
{
    struct baseline_segment *s = &b->segments[b->n_segments];
    enum status st = check_rows(rows, in->rows, err);

    if (st != ST_OK)
        return st;
    s->name = calloc(1, strlen(rows->name) + 1);
    if (!s->name)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(s->name, rows->name, strlen(rows->name));
    b->n_segments++;
    measure(s, rows, in->videos, scratch);
    if (!in->segments_known && (s->comments < REFERENCE_COMMENTS || s->videos < REFERENCE_VIDEOS))
        return ST_OK;
    return baseline_own_build(b, in, rows, s, err);
}

enum status baseline_add_segments(struct baseline *b, const struct baseline_input *in,
                                  struct err *err)
{
    uint64_t *scratch = NULL;
    enum status st = ST_OK;

    if (in->n_segments == 0)
        return ST_OK;
    if (in->n_segments > BASELINE_SEGMENTS_MAX || !in->videos)
        return err_set(err, ST_REJECT,
                       "a baseline of segments needs videos and at most %d, not %zu",
                       BASELINE_SEGMENTS_MAX, in->n_segments);
    b->segments = calloc(in->n_segments, sizeof(*b->segments));
    scratch = calloc(in->rows, sizeof(*scratch));
    if (!b->segments || !scratch)
        st = err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < in->n_segments && st == ST_OK; i++)
        st = add(b, &in->segments[i], in, scratch, err);
    free(scratch);
    if (st != ST_OK)
        return st;
    qsort(b->segments, b->n_segments, sizeof(*b->segments), cmp_segment);
    for (size_t i = 1; i < b->n_segments; i++)
        if (cmp_segment(&b->segments[i], &b->segments[i - 1]) == 0)
            return err_set(err, ST_REJECT, "segment %s is there twice", b->segments[i].name);
    return ST_OK;
}

static int cmp_name(const void *name, const void *segment)
{
    const struct baseline_segment *s = segment;

    return slice_cmp(*(const struct slice *)name, slice_str(s->name));
}

const struct baseline_segment *baseline_segment_find(const struct baseline *b, struct slice name)
{
    if (b->n_segments == 0)
        return NULL;
    return bsearch(&name, b->segments, b->n_segments, sizeof(*b->segments), cmp_name);
}

void baseline_free_segments(struct baseline *b)
{
    for (size_t i = 0; b->segments && i < b->n_segments; i++) {
        free(b->segments[i].own);
        free(b->segments[i].name);
    }
    free(b->segments);
}
