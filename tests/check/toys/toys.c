/* SPDX-License-Identifier: MIT */
#include "toys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 8 };

struct toy {
    enum toy_mutant mutant;
    int64_t sum[PARTS];   /* counter: of the output; splitter: how many are left */
    int64_t total[PARTS]; /* splitter: of the record at hand */
    char last[64];        /* mapper: what it put last        */
};

static enum status make(void *arg, struct stage *stage, const struct stage_ops *ops,
                        struct err *err)
{
    struct toy *t = calloc(1, sizeof(*t));

    if (!t)
        return err_set(err, ST_FATAL, "out of memory");
    t->mutant = *(enum toy_mutant *)arg;
    *stage = (struct stage){ ops, t };
    return ST_OK;
}

static enum status no_meta(void *ctx, int32_t part, struct buf *meta, struct out *out,
                           struct err *err)
{
    (void)ctx, (void)part, (void)meta, (void)out, (void)err;
    return ST_OK;
}

static void drop(void *ctx, int32_t part)
{
    struct toy *t = ctx;

    t->sum[part] = 0;
    t->total[part] = 0;
}

static enum out_rc put(struct out *out, enum topic_id topic, int32_t part, const char *text)
{
    return out_put(
        out, &(struct out_rec){
                 .topic = topic, .part = part, .key = slice_str("k"), .value = slice_str(text) });
}

static int64_t number(struct slice s)
{
    char text[32] = { 0 };

    memcpy(text, s.p, s.n < sizeof(text) ? s.n : sizeof(text) - 1);
    return strtoll(text, NULL, 10);
}

/* --- mapper ------------------------------------------------------------- */

static enum status mapper_assign(void *ctx, int32_t part, struct stage_resume *resume,
                                 struct out *out, struct err *err)
{
    (void)ctx, (void)part, (void)resume, (void)out, (void)err;
    return ST_OK;
}

static enum status mapper_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                  size_t *used, struct out *out, struct err *err)
{
    struct toy *t = ctx;

    (void)err;
    if (t->mutant == TOY_DOUBLE_EMIT && out_n(out) == 0 && t->last[0])
        put(out, TOPIC_COMMENTS, part, t->last);
    for (*used = 0; *used < n; (*used)++) {
        snprintf(t->last, sizeof(t->last), "<%.*s>", (int)in[*used].value.n, in[*used].value.p);
        out_open(out);
        /* Two records for one, so that half of it can be out when it is full. */
        if (put(out, TOPIC_COMMENTS, part, t->last) == OUT_FULL ||
            put(out, TOPIC_COMMENTS, part, "1") == OUT_FULL) {
            if (t->mutant != TOY_NO_UNDO)
                out_undo(out);
            break;
        }
        out_count(out, COUNTER_COMMENTS, 1);
    }
    if (t->mutant == TOY_USED_WRONG && *used < n)
        (*used)++;
    return ST_OK;
}

static const struct stage_ops mapper_ops = {
    .name = "mapper",
    .input = TOPIC_RAW,
    .assign = mapper_assign,
    .process = mapper_process,
    .checkpoint = no_meta,
    .drop = drop,
    .close = free,
};

enum status toy_mapper(void *arg, struct stage *stage, struct err *err)
{
    return make(arg, stage, &mapper_ops, err);
}

/* --- counter ------------------------------------------------------------ */

static enum status counter_assign(void *ctx, int32_t part, struct stage_resume *resume,
                                  struct out *out, struct err *err)
{
    struct toy *t = ctx;
    struct stage_rec rec;
    bool more = true;

    (void)out;
    t->sum[part] = 0;
    if (t->mutant == TOY_NO_RESTORE)
        return ST_OK;
    enum status st = resume->log->open(resume->log->ctx, TOPIC_SCORES, part, 0, err);
    while (st == ST_OK && more) {
        st = resume->log->next(resume->log->ctx, &rec, &more, err);
        if (st == ST_OK && more)
            t->sum[part] = number(rec.value);
    }
    resume->log->close(resume->log->ctx);
    return st;
}

static enum status counter_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                   size_t *used, struct out *out, struct err *err)
{
    struct toy *t = ctx;
    char text[32];

    (void)err;
    for (*used = 0; *used < n; (*used)++) {
        snprintf(text, sizeof(text), "%lld", (long long)t->sum[part] + (int64_t)in[*used].value.n);
        out_open(out);
        if (put(out, TOPIC_SCORES, part, text) == OUT_FULL) {
            out_undo(out);
            break;
        }
        t->sum[part] += (int64_t)in[*used].value.n;
    }
    return ST_OK;
}

static const struct stage_ops counter_ops = {
    .name = "counter",
    .needs = NEEDS_STATE,
    .input = TOPIC_COMMENTS,
    .assign = counter_assign,
    .process = counter_process,
    .checkpoint = no_meta,
    .drop = drop,
    .close = free,
};

enum status toy_counter(void *arg, struct stage *stage, struct err *err)
{
    return make(arg, stage, &counter_ops, err);
}

/* --- splitter ----------------------------------------------------------- */

static enum status splitter_assign(void *ctx, int32_t part, struct stage_resume *resume,
                                   struct out *out, struct err *err)
{
    struct toy *t = ctx;
    char text[64] = { 0 };
    char *rest = text;

    (void)out, (void)err;
    memcpy(text, resume->meta.n ? resume->meta.p : "", resume->meta.n);
    if (t->mutant == TOY_NO_CURSOR)
        text[0] = '\0';
    t->total[part] = strtoll(rest, &rest, 10);
    t->sum[part] = strtoll(rest, &rest, 10);
    return ST_OK;
}

static enum status splitter_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                    size_t *used, struct out *out, struct err *err)
{
    struct toy *t = ctx;

    (void)n, (void)out, (void)err;
    t->total[part] = number(in->value);
    t->sum[part] = t->total[part] % 5;
    *used = 1;
    return ST_OK;
}

static enum status splitter_resume(void *ctx, int32_t part, struct out *out, bool *more,
                                   struct err *err)
{
    struct toy *t = ctx;
    char text[64];

    (void)err;
    while (t->sum[part] > 0) {
        snprintf(text, sizeof(text), "%lld/%lld", (long long)t->sum[part],
                 (long long)t->total[part]);
        out_open(out);
        if (put(out, TOPIC_WINDOWS, 0, text) == OUT_FULL) {
            out_undo(out);
            break;
        }
        t->sum[part]--;
    }
    *more = t->sum[part] > 0;
    return ST_OK;
}

static enum status splitter_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                       struct err *err)
{
    struct toy *t = ctx;

    (void)out, (void)err;
    buf_fmt(meta, "%lld %lld", (long long)t->total[part], (long long)t->sum[part]);
    return ST_OK;
}

static const struct stage_ops splitter_ops = {
    .name = "splitter",
    .input = TOPIC_SCORES,
    .assign = splitter_assign,
    .process = splitter_process,
    .resume = splitter_resume,
    .checkpoint = splitter_checkpoint,
    .drop = drop,
    .close = free,
};

enum status toy_splitter(void *arg, struct stage *stage, struct err *err)
{
    return make(arg, stage, &splitter_ops, err);
}
