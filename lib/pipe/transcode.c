/* SPDX-License-Identifier: MIT */
#include "pipe/transcode.h"

#include <string.h>

#include "record/comment.h"
#include "record/score.h"

static const enum record_kind kind_of[TOPIC_N] = {
    [TOPIC_COMMENTS] = RECORD_COMMENT, [TOPIC_SCORES] = RECORD_SCORE,
    [TOPIC_LABELS] = RECORD_LABEL,     [TOPIC_PANES] = RECORD_PANE,
    [TOPIC_STATE] = RECORD_STATE,      [TOPIC_WINDOWS] = RECORD_WINDOW,
    [TOPIC_ALERTS] = RECORD_ALERT,     [TOPIC_NOTIFY] = RECORD_NOTIFY,
    [TOPIC_DEAD] = RECORD_DEADLETTER,  [TOPIC_SHADOW] = RECORD_SCORE,
    [TOPIC_ERRORS] = RECORD_SCORE,
};

static const char MARK_START[] = "{\"absa_kind\":\"mark\",";

static bool is_mark_rec(const struct out_rec *rec)
{
    const struct stage_rec in = { .hdr = rec->hdr, .nhdr = rec->nhdr };

    return slice_is(stage_header(&in, "absa-kind"), "mark");
}

enum status transcode_out(struct wire *w, const struct out_rec *rec, struct arena *a,
                          struct buf *out, struct err *err)
{
    bool mark = is_mark_rec(rec);
    enum record_kind kind = mark ? RECORD_MARK : kind_of[rec->topic];
    void *body = arena_zalloc(a, wire_tables[kind]->size);
    size_t start = out->n;

    if (!body)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = wire_decode(w, kind, rec->value, body, a, err);
    if (st != ST_OK)
        return st;
    if (mark) /* the object's { is overwritten by the end of MARK_START */
        buf_str(out, MARK_START);
    size_t object = out->n;
    st = wire_to_json(kind, body, out, err);
    if (st != ST_OK)
        return st;
    if (mark) {
        memmove(out->p + object, out->p + object + 1, out->n - object - 1);
        buf_truncate(out, out->n - 1);
    }
    buf_byte(out, '\n');
    if (buf_failed(out))
        return err_set(err, ST_FATAL, "a %s record of over %zu bytes", wire_tables[kind]->name,
                       out->max - start);
    return ST_OK;
}

/* Whether the line has "absa_kind": "mark". These bytes unescaped are always a
 * name: inside a string the quotes would have a backslash. */
static bool is_mark_line(struct slice line)
{
    static const char name[] = "\"absa_kind\"";
    static const char value[] = "\"mark\"";
    size_t n = sizeof(name) - 1;

    for (size_t i = 0; i + n < line.n; i++) {
        if (line.p[i] != '"' || memcmp(line.p + i, name, n) != 0)
            continue;
        struct slice rest = slice_trim((struct slice){ line.p + i + n, line.n - i - n });
        if (rest.n == 0 || rest.p[0] != ':')
            return false;
        rest = slice_trim((struct slice){ rest.p + 1, rest.n - 1 });
        return rest.n >= sizeof(value) - 1 && memcmp(rest.p, value, sizeof(value) - 1) == 0;
    }
    return false;
}

static struct slice either(struct slice a, struct slice b)
{
    return a.n > 0 ? a : b;
}

/* The key under which its writer puts it: the video, else the comment. */
static struct slice key_of(enum record_kind kind, const void *body)
{
    const struct comment *c = body;
    const struct score *s = body;

    if (kind == RECORD_COMMENT)
        return either(c->video_id, c->comment_id);
    if (kind == RECORD_SCORE)
        return either(s->video_id, s->comment_id);
    return (struct slice){ NULL, 0 };
}

static enum status encode(struct wire *w, enum record_kind kind, const void *body, struct arena *a,
                          struct slice *value, struct err *err)
{
    struct buf frame;

    buf_init(&frame, WIRE_RECORD_MAX);
    enum status st = wire_encode(w, kind, body, &frame, err);
    if (st == ST_OK) {
        *value = arena_copy(a, buf_slice(&frame));
        if (!value->p)
            st = err_set(err, ST_FATAL, "out of memory");
    }
    buf_release(&frame);
    return st;
}

enum status transcode_in(struct wire *w, enum topic_id topic, struct slice line, struct arena *a,
                         struct stage_rec *rec, struct err *err)
{
    static const struct hdr mark_hdr = { { "absa-kind", 9 }, { "mark", 4 } };

    rec->topic = topic;
    rec->value = line;
    if (topic == TOPIC_RAW)
        return ST_OK;
    bool mark = is_mark_line(line);
    enum record_kind kind = mark ? RECORD_MARK : kind_of[topic];
    void *body = arena_zalloc(a, wire_tables[kind]->size);
    if (!body)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = wire_from_json(w, kind, line, body, a, err);
    if (st == ST_REJECT)
        return ST_OK;
    if (st != ST_OK)
        return st;
    rec->key = key_of(kind, body);
    if (mark) {
        rec->hdr = &mark_hdr;
        rec->nhdr = 1;
    }
    return encode(w, kind, body, a, &rec->value, err);
}
