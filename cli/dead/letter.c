/* SPDX-License-Identifier: MIT */
#include "cli/dead/letter.h"

#include <inttypes.h>
#include <stdio.h>

#include "text/visible.h"

enum { HEX_ROW = 16 };

bool pick_takes(const struct pick *p, int64_t offset, const struct deadletter *l)
{
    bool named = p->n_offsets == 0;

    for (size_t i = 0; i < p->n_offsets && !named; i++)
        named = p->offsets[i] == offset;
    return named && (!p->reason || slice_is(l->reason, p->reason)) &&
           (!p->stage || slice_is(l->stage, p->stage));
}

void dead_tally_add(struct dead_tally *t, const struct deadletter *l)
{
    size_t i = 0;

    t->all++;
    while (i < t->n && !(slice_is(l->stage, t->v[i].stage) && slice_is(l->reason, t->v[i].reason)))
        i++;
    if (i == TALLY_MAX)
        return;
    if (i == t->n) {
        t->n++;
        snprintf(t->v[i].stage, TALLY_NAME_MAX, "%.*s", SLICE_ARG(l->stage));
        snprintf(t->v[i].reason, TALLY_NAME_MAX, "%.*s", SLICE_ARG(l->reason));
        t->v[i].n = 0;
    }
    t->v[i].n++;
}

void dead_tally_print(const struct dead_tally *t, struct buf *out)
{
    buf_fmt(out, "%-8s %-20s %10s\n", "stage", "reason", "letters");
    for (size_t i = 0; i < t->n; i++)
        buf_fmt(out, "%-8s %-20s %10" PRId64 "\n", t->v[i].stage, t->v[i].reason, t->v[i].n);
    buf_fmt(out, "%-8s %-20s %10" PRId64 "\n", "all", "", t->all);
}

void letter_line(int64_t offset, const struct deadletter *l, struct buf *out)
{
    buf_fmt(out, "%-8" PRId64 " %-7.*s %-14.*s %.*s[%" PRId32 "] %" PRId64, offset,
            SLICE_ARG(l->stage), SLICE_ARG(l->reason), SLICE_ARG(l->topic), l->part, l->offset);
    if (l->index >= 0)
        buf_fmt(out, "#%" PRId32, l->index);
    buf_fmt(out, "  %" PRId64 " bytes  ", l->value_length);
    visible_add(l->why, out);
    buf_byte(out, '\n');
}

static void field(struct buf *out, const char *name, struct slice s)
{
    buf_fmt(out, "%-9s ", name);
    visible_add(s, out);
    buf_byte(out, '\n');
}

void letter_fields(int64_t offset, const struct deadletter *l, struct buf *out)
{
    buf_fmt(out, "%-9s %" PRId64 "\n", "offset", offset);
    field(out, "stage", l->stage);
    field(out, "reason", l->reason);
    field(out, "why", l->why);
    buf_fmt(out, "%-9s %.*s[%" PRId32 "] %" PRId64, "source", SLICE_ARG(l->topic), l->part,
            l->offset);
    if (l->index >= 0)
        buf_fmt(out, ", comment %" PRId32 " of it", l->index);
    buf_byte(out, '\n');
    if (l->arrival_ms.has)
        buf_fmt(out, "%-9s %" PRId64 "\n", "arrival", l->arrival_ms.v);
    if (l->schema_id >= 0)
        buf_fmt(out, "%-9s %" PRId32 "\n", "schema", l->schema_id);
    field(out, "key", l->key);
    buf_fmt(out, "%-9s %" PRId64 " bytes, %zu kept, sha256 %.*s\n", "value", l->value_length,
            l->value.n, SLICE_ARG(l->value_sha256));
}

void letter_text(const struct deadletter *l, struct buf *out)
{
    visible_add(l->value, out);
    buf_byte(out, '\n');
}

void letter_hex(const struct deadletter *l, struct buf *out)
{
    for (size_t at = 0; at < l->value.n; at += HEX_ROW) {
        size_t n = l->value.n - at < HEX_ROW ? l->value.n - at : HEX_ROW;

        buf_fmt(out, "%08zx ", at);
        for (size_t i = 0; i < HEX_ROW; i++) {
            if (i < n)
                buf_fmt(out, " %02x", (unsigned char)l->value.p[at + i]);
            else
                buf_str(out, "   ");
        }
        buf_str(out, "  ");
        for (size_t i = 0; i < n; i++) {
            const char *c = &l->value.p[at + i];

            buf_add(out, *c >= ' ' && *c <= '~' ? c : ".", 1);
        }
        buf_byte(out, '\n');
    }
}

static bool is_input(enum topic_id id)
{
    return id == TOPIC_RAW || id == TOPIC_COMMENTS || id == TOPIC_SCORES || id == TOPIC_ALERTS ||
           id == TOPIC_LABELS;
}

struct way_back letter_way_back(const struct deadletter *l, bool by_offset, bool source)
{
    const bool cut = l->value_length != (int64_t)l->value.n;
    struct way_back w = { TOPIC_N, NULL };

    for (int i = 0; i < TOPIC_N; i++) {
        if (slice_is(l->topic, topic_table[i].name))
            w.topic = (enum topic_id)i;
    }
    if (w.topic == TOPIC_N || !is_input(w.topic))
        w.not_because = "no stage reads the topic that it is of";
    else if (slice_is(l->stage, "label"))
        w.not_because = "it is a row of a file: mend that, and run absa label again";
    else if (slice_is(l->reason, "null"))
        w.not_because = "it has no value";
    else if (slice_is(l->reason, "killer") && !by_offset)
        w.not_because = "it killed a process: name its offset if that is mended";
    else if (cut && (!source || l->index >= 0))
        w.not_because = "it was too long to be kept, and its source is gone";
    return w;
}
