/* SPDX-License-Identifier: MIT */
/* Any words as a request to the console, one a line: an alert's id, a segment, a rule, a feature,
 * a time and a Host. What is answered is JSON; what is none of ours is refused. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/console/ask.h"
#include "consumers/console/view.h"
#include "obs/web.h"

enum { WORDS = 6, ROOM = 1 << 20, DAY_MS = 86400000 };

static void must_be_json(enum status st, struct buf *out, const struct err *err)
{
    json_error_t ignored;

    if (st == ST_OK) {
        json_t *doc = json_loadb(out->p, out->n, 0, &ignored);
        if (!doc)
            abort();
        json_decref(doc);
    } else if (err->msg[0] == '\0') {
        abort();
    }
    buf_clear(out);
}

static void ask_views(const struct view *v, const struct view_query *q, const char *id)
{
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, ROOM);
    must_be_json(view_state(v, q, &out, &err), &out, &err);
    must_be_json(view_feature(v, q, &out, &err), &out, &err);
    must_be_json(view_window(v, q, &out, &err), &out, &err);
    must_be_json(view_alert(v, id, &out, &err), &out, &err);
    buf_release(&out);
}

/* The lines of text, which is cut up. */
static void split(char *text, const char *word[WORDS])
{
    for (int i = 0; i < WORDS; i++) {
        word[i] = text;
        text += strcspn(text, "\n");
        if (*text != '\0')
            *text++ = '\0';
    }
}

/* An empty console, made once; the end of the process frees it. */
static struct view *console(void)
{
    static struct view v = { .version = "0", .broker = "b" };
    struct err err = { 0 };

    if (v.model)
        return &v;
    v.model = model_new(ROOM, DAY_MS);
    v.arena = arena_new(ROOM);
    if (!v.model || !v.arena || wire_new(NULL, &v.wire, &err) != ST_OK)
        abort();
    return &v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *word[WORDS];
    char *text = calloc(1, size + 1);
    int64_t at = 0;

    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    split(text, word);
    if (ask_is_id(word[0]) && strlen(word[0]) > ASK_ID_MAX)
        abort();
    (void)web_is_local(word[5]);
    if (ask_time(word[4], -1, &at)) {
        const struct view_query q = {
            .segment = word[1], .rule = word[2], .feature = word[3], .at_ms = at
        };
        if (at < 0)
            abort();
        ask_views(console(), &q, word[0]);
    }
    free(text);
    return 0;
}
