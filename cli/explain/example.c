/* SPDX-License-Identifier: MIT */
#include "cli/explain/example.h"

/* Header absa-arrival wins, as it does for ingest. */
static int64_t arrival_of(const struct stage_rec *rec)
{
    int64_t ms;

    return slice_to_int64(stage_header(rec, "absa-arrival"), &ms) ? ms : rec->arrival_ms;
}

enum status example_find(const struct ingest_rules *rules, const struct stage_rec *rec,
                         const struct alert_example *x, struct arena *a, struct found_example *out,
                         struct err *err)
{
    struct ingest_items items;

    out->why = "its raw record is no longer there (retention), or the topic is not the alert's";
    if (!rec || rec->offset != x->src_offset || !rec->value.p)
        return ST_OK;
    const struct ingest_raw raw = { .value = rec->value,
                                    .shape = stage_header(rec, "absa-shape"),
                                    .video = stage_header(rec, "absa-video"),
                                    .arrival_ms = arrival_of(rec) };
    enum status st = ingest_read(rules, &raw, a, &items, err);
    if (st != ST_OK)
        return st;
    out->why = "its raw record holds no such comment: the topic is not the alert's";
    for (size_t i = 0; i < items.n; i++) {
        const struct ingest_item *it = &items.v[i];

        if (!it->refused && it->index == x->src_index &&
            slice_eq(it->comment.comment_id, x->comment_id)) {
            out->comment = it->comment;
            out->why = NULL;
        }
    }
    return ST_OK;
}
