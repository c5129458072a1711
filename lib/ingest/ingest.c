/* SPDX-License-Identifier: MIT */
#include "ingest/ingest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "ingest/comment.h"
#include "ingest/field.h"
#include "ingest/shapes.h"
#include "wire/json.h"

enum { WRAP_MAX = 2 /* { data: { data: { comments } } } */, ITEMS_FIRST = 32 };

/* A list of comments that is being read, and the comment that they answer. */
struct level {
    const json_t *list;
    size_t next;
    struct slice parent;
};

struct reader {
    struct comment_context ctx;
    struct slice shape;
    struct ingest_items *out;
    size_t cap;                              /* items that out has room for          */
    struct level level[WIRE_JSON_DEPTH_MAX]; /* replies within replies               */
    size_t depth;
    bool page; /* the record holds more than one comment alone */
    bool oom;
};

static const char *why_of(enum dead_reason reason)
{
    switch (reason) {
    case DEAD_TOO_LARGE:
        return "the raw record is longer than 256 KiB";
    case DEAD_DEPTH:
        return "nested deeper than 32 levels";
    case DEAD_DUP_KEY:
        return "a key stands twice in one object";
    case DEAD_NUMBER:
        return "a number that does not fit 64 bits, or is none";
    case DEAD_ENCODING:
        return "an escape that is no character";
    default:
        return "not JSON";
    }
}

/* The replies within a comment, or NULL. */
static const json_t *replies_of(const struct shape *s, const json_t *v)
{
    const json_t *list = s && s->nested ? json_object_get(v, s->nested) : NULL;

    return json_is_array(list) ? list : NULL;
}

/* A refused comment of a page goes on alone, without the replies that fare for
 * themselves: so the dead letters of a page are no longer than the page. */
static bool keep_value(struct reader *r, const struct shape *s, json_t *v, struct ingest_item *item)
{
    json_t *alone = json_is_object(v) ? json_copy(v) : json_incref(v);

    if (alone && s && s->nested)
        json_object_del(alone, s->nested);
    char *text = alone ? json_dumps(alone, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(alone);
    if (text)
        item->value = arena_copy(r->ctx.arena, slice_str(text));
    free(text);
    return item->value.p != NULL;
}

/* Room for one more item, zeroed; NULL: out of memory. */
static struct ingest_item *next_item(struct reader *r)
{
    struct ingest_items *out = r->out;

    if (out->n == r->cap) {
        const size_t cap = r->cap > 0 ? r->cap * 2 : ITEMS_FIRST;
        struct ingest_item *v = arena_array(r->ctx.arena, cap, sizeof(*v));

        if (!v)
            return NULL;
        if (out->n > 0)
            memcpy(v, out->v, out->n * sizeof(*v));
        out->v = v;
        r->cap = cap;
    }
    out->v[out->n].index = (int32_t)out->n;
    return &out->v[out->n++];
}

static void enter(struct reader *r, const json_t *list, struct slice parent)
{
    if (json_array_size(list) > 0)
        r->level[r->depth++] = (struct level){ list, 0, parent };
}

/* One comment; its replies are next. */
static void add(struct reader *r, json_t *v, struct slice parent)
{
    const struct shape *s = json_is_object(v) ? shape_of(v, r->shape) : NULL;
    struct ingest_item *item = next_item(r);

    if (!item) {
        r->oom = true;
        return;
    }
    r->ctx.parent = parent;
    if (!s)
        comment_refuse(item, DEAD_SHAPE, "not a comment of a scraper that is known");
    else if (!comment_read(&r->ctx, s, v, item))
        r->oom = true;
    enter(r, replies_of(s, v), item->comment.comment_id);
    r->page = r->page || r->depth > 0;
    if (item->refused && r->page && !keep_value(r, s, v, item))
        r->oom = true;
}

static void add_lists(struct reader *r)
{
    while (r->depth > 0 && !r->oom) {
        struct level *l = &r->level[r->depth - 1];

        if (l->next == json_array_size(l->list))
            r->depth--;
        else
            add(r, json_array_get(l->list, l->next++), l->parent);
    }
}

/* The comments[] of a page, also where an API wraps it in data: once or twice;
 * NULL if v is no page. *empty: a page that says it has none. */
static const json_t *page_comments(const json_t *v, const json_t **page, bool *empty)
{
    for (int i = 0; i <= WRAP_MAX && json_is_object(v); i++) {
        const json_t *list = json_object_get(v, "comments");

        *page = v;
        *empty = json_is_null(list);
        if (json_is_array(list) || *empty)
            return list;
        v = json_object_get(v, "data");
    }
    *empty = false;
    return NULL;
}

/* The video that a page as a whole is about. */
static void page_video(struct reader *r, const json_t *page)
{
    static const char *const keys[] = { "aweme_id", "video_id", "video_url" };
    struct slice id;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *v = shape_path(page, keys[i]);

        if (v && field_video_id(v, r->ctx.arena, &id, &r->oom) && id.n > 0) {
            r->ctx.video = id;
            return;
        }
    }
}

static void read_value(struct reader *r, json_t *root)
{
    const json_t *page = NULL;
    bool empty = false;
    const json_t *list = json_is_array(root) ? root : page_comments(root, &page, &empty);

    if (empty)
        return;
    if (page && list)
        page_video(r, page);
    r->page = list != NULL;
    if (list)
        enter(r, list, (struct slice){ NULL, 0 });
    else
        add(r, root, (struct slice){ NULL, 0 });
    add_lists(r);
}

/* The record as a whole is refused. */
static bool refuse_all(struct reader *r, enum dead_reason reason, const char *why)
{
    struct ingest_item *item = arena_zalloc(r->ctx.arena, sizeof(*item));

    if (!item)
        return false;
    item->index = -1;
    comment_refuse(item, reason, why);
    *r->out = (struct ingest_items){ item, 1 };
    return true;
}

/* Parses what is valid UTF-8 by now. */
static enum status parse(struct reader *r, struct slice text, struct err *err)
{
    enum dead_reason reason = DEAD_JSON;
    json_t *root = NULL;
    enum status st = wire_json_parse(text, SIZE_MAX, 0, &root, &reason, err);

    if (st == ST_OK)
        read_value(r, root);
    else if (st == ST_REJECT)
        r->oom = !refuse_all(r, reason, why_of(reason));
    json_decref(root);
    return st == ST_FATAL ? st : ST_OK;
}

enum status ingest_read(const struct ingest_rules *rules, const struct ingest_raw *raw,
                        struct arena *a, struct ingest_items *out, struct err *err)
{
    struct reader r = {
        .ctx = { .rules = rules, .arena = a, .arrival_ms = raw->arrival_ms },
        .shape = raw->shape,
        .out = out,
    };
    enum status st = ST_OK;

    *out = (struct ingest_items){ NULL, 0 };
    if (raw->video.n <= INGEST_ID_MAX && utf8_valid(raw->video))
        r.ctx.video = raw->video;
    if (slice_is(raw->shape, INGEST_SHAPE_BROKEN_ROW)) {
        r.oom = !refuse_all(&r, DEAD_CSV, "a row that does not fit its header");
    } else if (raw->value.n > WIRE_JSON_RAW_MAX) {
        r.oom = !refuse_all(&r, DEAD_TOO_LARGE, why_of(DEAD_TOO_LARGE));
    } else if (utf8_valid(raw->value)) {
        st = parse(&r, raw->value, err);
    } else {
        struct buf b;
        buf_init(&b, (size_t)3 * WIRE_JSON_RAW_MAX); /* a byte may become U+FFFD */
        utf8_repair(raw->value, &b);
        r.ctx.repaired = true;
        r.oom = buf_failed(&b);
        if (!r.oom)
            st = parse(&r, buf_slice(&b), err);
        buf_release(&b);
    }
    if (st == ST_OK && r.oom)
        st = err_set(err, ST_FATAL, "ingest: out of memory");
    return st;
}
