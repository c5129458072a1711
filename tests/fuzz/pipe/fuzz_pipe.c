/* SPDX-License-Identifier: MIT */
/* Any line becomes a record, and a record that is framed comes back as a line
 * that makes the same record. */

#include "pipe/transcode.h"
#include "support/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wire *w;
    static struct arena *a;
    struct err err = { 0 };
    struct stage_rec rec = { 0 };
    struct stage_rec again = { 0 };
    struct buf line;

    if (size < 1)
        return 0;
    if (!w) {
        must(wire_new(NULL, &w, &err) == ST_OK);
        a = arena_new(64 << 20);
        must(a != NULL);
    }
    enum topic_id topic = (enum topic_id)(TOPIC_COMMENTS + data[0] % (TOPIC_N - TOPIC_COMMENTS));
    struct slice text = { (const char *)data + 1, size - 1 };
    must(transcode_in(w, topic, text, a, &rec, &err) == ST_OK);
    if (rec.value.p != text.p) {
        const struct out_rec out = { topic, 0, rec.key, rec.value, rec.hdr, rec.nhdr };
        buf_init(&line, 64 << 20);
        must(transcode_out(w, &out, a, &line, &err) == ST_OK);
        must(transcode_in(w, topic, buf_slice(&line), a, &again, &err) == ST_OK);
        must(slice_eq(rec.value, again.value) && slice_eq(rec.key, again.key));
        buf_release(&line);
    }
    arena_reset(a);
    return 0;
}
