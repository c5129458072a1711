/* SPDX-License-Identifier: MIT */
#include "flow/meta.h"

#include <inttypes.h>
#include <string.h>

/* Cuts a leading word off s when it is there. */
static bool cut(struct slice *s, const char *word)
{
    size_t n = strlen(word);

    if (s->n < n || memcmp(s->p, word, n) != 0)
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

/* At most so many digits. */
static bool cut_number(struct slice *s, size_t most, int64_t *out)
{
    size_t digits = 0;

    *out = 0;
    while (digits < s->n && digits < most && s->p[digits] >= '0' && s->p[digits] <= '9')
        *out = *out * 10 + (s->p[digits++] - '0');
    s->p += digits;
    s->n -= digits;
    return digits > 0;
}

static enum status cut_time(struct slice *s, struct meta *out, struct err *err)
{
    bool before;

    if (!cut(s, " t="))
        return err_set(err, ST_FATAL, "config: committed metadata has no time");
    before = cut(s, "-");
    if (!cut_number(s, 18, &out->time_ms))
        return err_set(err, ST_FATAL, "config: committed metadata has no time");
    out->time_ms = before ? -out->time_ms : out->time_ms;
    return ST_OK;
}

enum status meta_parse(struct slice s, struct meta *out, struct err *err)
{
    struct slice rest = s;
    int64_t attempts;

    *out = (struct meta){ 0 };
    if (s.n == 0)
        return ST_OK;
    out->fresh = cut(&rest, "v0 a=");
    out->timed = !out->fresh && cut(&rest, "v2 a=");
    if (!out->fresh && !out->timed && !cut(&rest, "v1 a="))
        return err_set(err, ST_FATAL, "config: committed metadata is of no version we know");
    if (!cut_number(&rest, 9, &attempts))
        return err_set(err, ST_FATAL, "config: committed metadata has no number of attempts");
    out->attempts = (uint32_t)attempts;
    if (out->timed && cut_time(&rest, out, err) != ST_OK)
        return ST_FATAL;
    if (rest.n > 0 && !cut(&rest, " "))
        return err_set(err, ST_FATAL, "config: committed metadata is broken behind the numbers");
    return meta_set_stage(out, rest, err);
}

void meta_format(const struct meta *m, struct buf *out)
{
    buf_fmt(out, "v%d a=%u", m->fresh ? 0 : m->timed ? 2 : 1, m->attempts);
    if (!m->fresh && m->timed)
        buf_fmt(out, " t=%" PRId64, m->time_ms);
    if (m->n > 0) {
        buf_byte(out, ' ');
        buf_add(out, m->stage, m->n);
    }
}

enum status meta_set_stage(struct meta *m, struct slice stage, struct err *err)
{
    if (stage.n > STAGE_META_MAX)
        return err_set(err, ST_FATAL, "meta of %zu bytes, at most %d are kept", stage.n,
                       STAGE_META_MAX);
    for (size_t i = 0; i < stage.n; i++) {
        if (stage.p[i] < ' ' || stage.p[i] > '~')
            return err_set(err, ST_FATAL, "meta is not printable at byte %zu", i);
    }
    if (stage.n > 0)
        memcpy(m->stage, stage.p, stage.n);
    m->n = stage.n;
    return ST_OK;
}
