/* SPDX-License-Identifier: MIT */
#include "ingest/comment.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "ingest/field.h"
#include "ingest/text.h"
#include "ingest/when.h"

enum { LANG_MAX = 35 /* BCP 47, section 4.4.1 */ };

/* A comment on its way through the steps below. Each step says whether the
 * comment is still good; out of memory is remembered apart. */
struct work {
    const struct comment_context *ctx;
    const struct shape *shape;
    const json_t *obj;
    struct ingest_item *item;
    struct comment *c;
    bool oom;
};

void comment_refuse(struct ingest_item *item, enum dead_reason reason, const char *why)
{
    item->refused = true;
    item->reason = reason;
    item->why = why;
}

static bool refuse(struct work *w, enum dead_reason reason, const char *why)
{
    comment_refuse(w->item, reason, why);
    return false;
}

static const json_t *get(const struct work *w, enum field f)
{
    return shape_field(w->shape, f, w->obj);
}

static bool read_ids(struct work *w)
{
    struct arena *a = w->ctx->arena;
    struct comment *c = w->c;

    if (!field_id(get(w, FIELD_ID), a, &c->comment_id, &w->oom))
        return refuse(w, DEAD_RANGE, "the comment id is no id");
    if (!field_video_id(get(w, FIELD_VIDEO), a, &c->video_id, &w->oom))
        return refuse(w, DEAD_RANGE, "the video id is no id");
    if (c->video_id.n == 0)
        c->video_id = w->ctx->video;
    if (!field_id(get(w, FIELD_PARENT), a, &c->parent_id, &w->oom))
        return refuse(w, DEAD_RANGE, "the id of the parent is no id");
    if (c->parent_id.n == 0)
        c->parent_id = w->ctx->parent;
    if (slice_eq(c->parent_id, c->video_id))
        c->parent_id = (struct slice){ NULL, 0 };
    c->is_reply = c->parent_id.n > 0;
    return true;
}

static bool has_media(const json_t *v)
{
    return json_array_size(v) > 0 || json_object_size(v) > 0 || json_string_length(v) > 0 ||
           json_is_true(v);
}

static bool read_text(struct work *w)
{
    const json_t *v = get(w, FIELD_TEXT);
    struct comment *c = w->c;

    if (v && !json_is_string(v))
        return refuse(w, DEAD_SHAPE, "the text is no string");
    const struct slice s = { json_string_value(v), json_string_length(v) };
    if (s.n > INGEST_TEXT_MAX)
        return refuse(w, DEAD_TOO_LARGE, "the text is longer than 64 KiB");
    c->text = arena_copy(w->ctx->arena, s);
    w->oom = w->oom || !c->text.p;
    c->empty = !text_visible(s);
    c->media_only = c->empty && has_media(get(w, FIELD_MEDIA));
    c->repaired_text = w->ctx->repaired && text_has_replacement(s);
    return true;
}

static bool read_numbers(struct work *w)
{
    struct comment *c = w->c;

    if (!field_count(get(w, FIELD_LIKES), &c->likes))
        return refuse(w, DEAD_RANGE, "the number of likes is no count");
    if (!field_count(get(w, FIELD_REPLIES), &c->replies))
        return refuse(w, DEAD_RANGE, "the number of replies is no count");
    if (!field_count(get(w, FIELD_FOLLOWERS), &c->followers))
        return refuse(w, DEAD_RANGE, "the number of followers is no count");
    if (!field_bool(get(w, FIELD_VERIFIED), &c->verified))
        return refuse(w, DEAD_RANGE, "verified is neither true nor false");
    return true;
}

/* What is nice to have and refuses nothing. */
static void read_extras(struct work *w)
{
    struct arena *a = w->ctx->arena;
    const struct slice lang = field_string(get(w, FIELD_LANG));
    struct slice user;
    char name[HASH_ID_HEX_LEN + 1];

    if (lang.n > 0 && lang.n <= LANG_MAX) {
        w->c->lang = arena_copy(a, lang);
        w->oom = w->oom || !w->c->lang.p;
    }
    if (field_id(get(w, FIELD_USER), a, &user, &w->oom) && user.n > 0) {
        hash_pseudonym(w->ctx->rules->user_key, user, name);
        w->c->user = arena_copy(a, slice_str(name));
        w->oom = w->oom || !w->c->user.p;
    }
}

/* An id for a comment that came with none: the same video, text and time give
 * the same id, so that a second crawl of it is an update. */
static void make_id(struct work *w, int64_t field_ms)
{
    struct comment *c = w->c;
    struct buf b;
    char id[18];

    buf_init(&b, INGEST_TEXT_MAX + INGEST_ID_MAX + 32);
    buf_slice_add(&b, c->video_id);
    buf_byte(&b, 0x1f);
    buf_slice_add(&b, c->text);
    buf_fmt(&b, "\x1f%" PRId64, field_ms);
    snprintf(id, sizeof(id), "x%016" PRIx64, hash64(buf_slice(&b)));
    w->oom = w->oom || buf_failed(&b);
    buf_release(&b);
    c->comment_id = arena_copy(w->ctx->arena, slice_str(id));
    w->oom = w->oom || !c->comment_id.p;
}

static bool read_time(struct work *w)
{
    struct comment *c = w->c;
    struct when when;
    int64_t ms = 0;
    bool has;
    enum dead_reason reason;

    if (!when_read(get(w, FIELD_CREATED), w->shape->time, w->ctx->rules->time_unit, &ms, &has))
        return refuse(w, DEAD_CLOCK, "the time cannot be read, or is a number without a unit");
    const char *why = when_decide(ms, has, c->comment_id, w->ctx->arrival_ms, &when, &reason);
    if (why)
        return refuse(w, reason, why);
    c->created_ms = when.created_ms;
    c->time_source = when.source;
    if (c->comment_id.n == 0)
        make_id(w, has ? ms : 0);
    return true;
}

bool comment_read(const struct comment_context *ctx, const struct shape *shape, const json_t *obj,
                  struct ingest_item *item)
{
    struct work w = { ctx, shape, obj, item, &item->comment, false };

    w.c->shape = slice_str(shape->name);
    w.c->origin.src_index = item->index;
    if (read_ids(&w) && read_text(&w) && read_numbers(&w) && read_time(&w))
        read_extras(&w);
    return !w.oom;
}
