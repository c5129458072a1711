/* SPDX-License-Identifier: MIT */
#include "producers/import/window.h"

#include <errno.h>
#include <string.h>

enum { CHUNK = 64 << 10 };

void window_init(struct window *w, FILE *f, size_t max)
{
    *w = (struct window){ .f = f };
    buf_init(&w->bytes, max);
}

void window_release(struct window *w)
{
    buf_release(&w->bytes);
}

struct slice window_view(const struct window *w)
{
    if (w->at == w->bytes.n)
        return (struct slice){ "", 0 };
    return (struct slice){ w->bytes.p + w->at, w->bytes.n - w->at };
}

void window_pass(struct window *w, size_t n)
{
    w->at += n;
}

/* Moves what is in sight to the front. */
static void compact(struct window *w)
{
    const size_t n = w->bytes.n - w->at;

    if (w->at == 0)
        return;
    memmove(w->bytes.p, w->bytes.p + w->at, n);
    buf_truncate(&w->bytes, n);
    w->at = 0;
}

enum status window_more(struct window *w, bool *grown, struct err *err)
{
    *grown = false;
    compact(w);
    size_t want = w->bytes.n > CHUNK ? w->bytes.n : CHUNK;
    if (want > w->bytes.max - w->bytes.n)
        want = w->bytes.max - w->bytes.n;
    if (w->eof || want == 0)
        return ST_OK;
    const size_t before = w->bytes.n;
    char *to = buf_extend(&w->bytes, want);
    if (!to)
        return err_set(err, ST_FATAL, "out of memory");
    errno = 0;
    const size_t got = fread(to, 1, want, w->f);
    buf_truncate(&w->bytes, before + got);
    w->read += (int64_t)got;
    w->eof = got < want;
    *grown = got > 0;
    if (ferror(w->f))
        return err_set(err, ST_FATAL, "cannot read: %s", strerror(errno));
    return ST_OK;
}
