/* SPDX-License-Identifier: MIT */
/* Whatever the bytes, each item is a comment that keeps every promise of
 * ingest.h, or is refused with a reason. */
#include <stdint.h>

#include "base/utf8.h"
#include "ingest/ingest.h"
#include "support/must.h"

static const int64_t arrival_ms = INT64_C(1763900000000);

static void check_id(struct slice id)
{
    must(id.n <= INGEST_ID_MAX && utf8_valid(id));
}

static void check_comment(const struct comment *c)
{
    must(c->comment_id.n > 0);
    check_id(c->comment_id);
    check_id(c->video_id);
    check_id(c->parent_id);
    must(c->is_reply == (c->parent_id.n > 0));
    must(c->text.n <= INGEST_TEXT_MAX && utf8_valid(c->text) && utf8_valid(c->lang));
    must(c->user.n == 0 || c->user.n == HASH_ID_HEX_LEN);
    must(!c->likes.has || (c->likes.v >= 0 && c->likes.v <= INGEST_COUNT_MAX));
    must(!c->replies.has || (c->replies.v >= 0 && c->replies.v <= INGEST_COUNT_MAX));
    must(c->created_ms > INT64_C(1104537000000) && c->created_ms < arrival_ms + 10 * MS_MINUTE);
    must(!c->media_only || c->empty);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct ingest_rules rules = { .time_unit = TIME_UNIT_MS };
    const struct ingest_raw raw = { .value = { (const char *)data, n },
                                    .video = { (const char *)data, n },
                                    .arrival_ms = arrival_ms };
    struct arena *a = arena_new(256 << 20);
    struct ingest_items items;
    struct err err = { 0 };

    must(a && ingest_read(&rules, &raw, a, &items, &err) == ST_OK);
    for (size_t i = 0; i < items.n; i++) {
        const struct ingest_item *item = &items.v[i];

        must(item->index == (int32_t)i || (item->index == -1 && items.n == 1));
        if (item->refused)
            must(item->why && item->reason < DEAD_N && item->value.n <= 3 * n);
        else
            check_comment(&item->comment);
    }
    arena_free(a);
    return 0;
}
