/* SPDX-License-Identifier: MIT */
/* An alert as a line of text: is it written as we write? */
#include <string.h>

#include "base/buf.h"
#include "drift/alert.h"

/* Copies JSON without the white space between its tokens. */
static void squeeze(struct slice line, struct buf *out)
{
    bool quoted = false;

    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];

        if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
            continue;
        if (quoted && c == '\\' && i + 1 < line.n) {
            buf_byte(out, c);
            buf_byte(out, line.p[++i]);
            continue;
        }
        quoted ^= c == '"';
        buf_byte(out, c);
    }
}

/* Where two texts part, with what stands there. */
static enum status say_where(const struct buf *is, const struct buf *ours, struct alert_diff *diff,
                             struct err *err)
{
    size_t at = 0;
    int from;

    while (at < is->n && at < ours->n && is->p[at] == ours->p[at])
        at++;
    from = at > 24 ? (int)at - 24 : 0;
    (void)err_set(err, ST_REJECT, "byte %zu: '%.*s', absa writes '%.*s'", at,
                  (int)(is->n - (size_t)from < 48 ? is->n - (size_t)from : 48), is->p + from,
                  (int)(ours->n - (size_t)from < 48 ? ours->n - (size_t)from : 48), ours->p + from);
    memcpy(diff->field, "text", 5);
    return ST_REJECT;
}

static enum status same_text(struct slice line, const struct alert *al, struct alert_diff *diff,
                             struct err *err)
{
    struct buf is;
    struct buf ours;
    enum status st;

    buf_init(&is, ALERT_BYTES_MAX);
    buf_init(&ours, ALERT_BYTES_MAX);
    squeeze(line, &is);
    st = wire_to_json(RECORD_ALERT, al, &ours, err);
    if (st == ST_OK && buf_failed(&is))
        st = err_set(err, ST_FATAL, "no memory to check an alert");
    if (st == ST_OK && !slice_eq(buf_slice(&is), buf_slice(&ours)))
        st = say_where(&is, &ours, diff, err);
    buf_release(&ours);
    buf_release(&is);
    return st;
}

enum status alert_check_line(struct wire *w, struct slice line, struct arena *a,
                             struct alert_diff *diff, struct err *err)
{
    struct alert al;
    enum status st;

    *diff = (struct alert_diff){ { 0 }, { 0 }, { 0 } };
    if (line.n > ALERT_BYTES_MAX)
        return err_set(err, ST_REJECT, "over %d bytes", ALERT_BYTES_MAX);
    st = wire_from_json(w, RECORD_ALERT, line, &al, a, err);
    if (st == ST_OK)
        st = alert_check(&al, a, diff, err);
    return st == ST_OK ? same_text(line, &al, diff, err) : st;
}
