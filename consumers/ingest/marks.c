/* SPDX-License-Identifier: MIT */
#include "consumers/ingest/marks.h"

#include <stdlib.h>
#include <string.h>

#include "stage/topic.h"

struct source *source_new(int32_t src, int32_t comment_parts)
{
    struct source *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->src = src;
    s->clock = clock_new();
    s->since = calloc((size_t)comment_parts, sizeof(*s->since));
    if (!s->since) {
        free(s);
        return NULL;
    }
    return s;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    free(s->since);
    free(s);
}

static enum out_rc put(const struct source *s, const struct source_mark *m, int32_t part,
                       int64_t skew_ms, struct out *out)
{
    const struct topology *topo = out_topology(out);
    const int64_t since = s->since[part] + (m->added ? m->added[part] : 0);
    const struct mark mark = {
        .src = s->src,
        .src_count = topo->parts[TOPIC_RAW],
        .src_epoch = topo->src_epoch,
        .next_offset = m->next_offset,
        .wm_ms = clock_wm(m->clock, skew_ms),
        .floor_ms = m->clock->floor_ms,
        .kind = m->kind,
        .seq = m->clock->seq,
        .n_since_last = s->since_known ? since : -1,
    };
    const enum out_rc rc = out_put_mark(out, TOPIC_COMMENTS, part, &mark);

    if (rc == OUT_OK)
        out_count(out, COUNTER_MARKS, 1);
    return rc;
}

enum out_rc source_put_marks(const struct source *s, const struct source_mark *m, int64_t skew_ms,
                             struct out *out)
{
    const int32_t parts = out_topology(out)->parts[TOPIC_COMMENTS];
    enum out_rc rc = OUT_OK;

    for (int32_t p = 0; p < parts && rc == OUT_OK; p++)
        rc = put(s, m, p, skew_ms, out);
    return rc;
}

void source_marked(struct source *s, const struct out *out)
{
    const size_t parts = (size_t)out_topology(out)->parts[TOPIC_COMMENTS];

    memset(s->since, 0, parts * sizeof(*s->since));
    s->since_known = true;
}

bool source_greeted(const struct source *s, const struct out *out)
{
    return s->greeted == out_topology(out)->parts[TOPIC_COMMENTS];
}

enum out_rc source_greet(struct source *s, int64_t skew_ms, struct out *out)
{
    const struct source_mark m = { &s->clock, s->next_offset, NULL, MARK_HELLO };
    enum out_rc rc = OUT_OK;

    if (source_greeted(s, out))
        return OUT_OK;
    while (!source_greeted(s, out)) {
        out_open(out);
        rc = put(s, &m, s->greeted, skew_ms, out);
        if (rc != OUT_OK) {
            out_undo(out);
            return rc;
        }
        s->greeted++;
    }
    source_marked(s, out);
    return OUT_OK;
}
