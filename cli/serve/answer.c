/* SPDX-License-Identifier: MIT */
#include "cli/serve/answer.h"

#include "wire/tojson.h"

static void put_aspects(const struct aspect_list *list, struct buf *out)
{
    buf_str(out, ",\"aspects_detected\":[");
    for (size_t i = 0; i < list->n; i++) {
        const struct aspect *v = &list->v[i];

        buf_str(out, i > 0 ? ",{\"category\":" : "{\"category\":");
        to_json_string(v->category, out);
        buf_str(out, ",\"term\":");
        to_json_string(v->term, out);
        buf_fmt(out, ",\"start\":%d,\"end\":%d,\"sentiment\":", (int)v->start, (int)v->end);
        to_json_double(v->sentiment, out);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

static void put_row(const struct scored *scored, struct buf *out)
{
    for (size_t o = 0; o < OUTPUT_N; o++) {
        buf_fmt(out, "%s\"%s\":", o > 0 ? "," : "{", output_table[o].name);
        to_json_double(scored->output[o], out);
    }
    put_aspects(&scored->aspects, out);
    buf_byte(out, '}');
}

static enum status put_batch(struct bundle *b, const struct request *in, size_t at, struct arena *a,
                             struct buf *out, struct err *err)
{
    size_t n = in->n - at < BUNDLE_BATCH_MAX ? in->n - at : BUNDLE_BATCH_MAX;
    struct scored *scored = arena_array(a, n, sizeof(*scored));
    enum status st = scored ? bundle_score(b, in->v + at, n, a, scored, err)
                            : err_set(err, ST_FATAL, "out of memory for scores");

    for (size_t i = 0; st == ST_OK && i < n; i++) {
        if (scored[i].bad)
            return err_set(err, ST_REJECT, "row %zu: a score is not a finite number", at + i);
        buf_str(out, at + i > 0 ? "," : "");
        put_row(&scored[i], out);
    }
    return st;
}

enum status answer_rows(struct bundle *b, const struct request *in, struct arena *a,
                        struct buf *out, struct err *err)
{
    enum status st = ST_OK;

    buf_str(out, "{\"predictions\":[");
    for (size_t at = 0; st == ST_OK && at < in->n; at += BUNDLE_BATCH_MAX)
        st = put_batch(b, in, at, a, out, err);
    buf_str(out, "]}");
    if (st == ST_OK && buf_failed(out))
        st = err_set(err, ST_FATAL, "an answer of over %zu bytes", out->max);
    return st;
}

void answer_error(const char *code, const char *message, struct buf *out)
{
    buf_str(out, "{\"error_code\":");
    to_json_string(slice_str(code), out);
    buf_str(out, ",\"message\":");
    to_json_string(slice_str(message), out);
    buf_byte(out, '}');
}
