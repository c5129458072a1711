/* SPDX-License-Identifier: MIT */
#include "pipe/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "now/now.h"
#include "pipe/pipe.h"
#include "pipe/transcode.h"

enum {
    BATCH_MAX = 1000,
    READ_SIZE = 64 << 10,
    ARENA_MAX = 256 << 20,
};

struct session {
    const struct pipe_lines *conf;
    struct pipe *pipe;
    struct arena *arena; /* of the batch at hand      */
    struct arena *sinks; /* of the record that goes out */
    struct buf in;       /* read, not yet worked on   */
    struct buf line;     /* on its way out            */
    bool skipping;       /* the rest of a line that is too long */
    int64_t next;        /* offset of the next record */
    FILE *dead;
    struct stage_rec batch[BATCH_MAX];
    size_t n;
};

struct topology pipe_topology(void)
{
    return topology_make(1, 1, 1);
}

static enum status write_line(struct session *s, const struct out_rec *rec, FILE *f,
                              struct err *err)
{
    buf_clear(&s->line);
    arena_reset(s->sinks);
    enum status st = transcode_out(s->conf->wire, rec, s->sinks, &s->line, err);
    if (st == ST_OK && fwrite(s->line.p, 1, s->line.n, f) != s->line.n)
        st = err_set(err, ST_FATAL, "cannot write: %s", strerror(errno));
    return st;
}

static enum status sink(void *ctx, const struct out_rec *rec, struct err *err)
{
    struct session *s = ctx;
    FILE *f = rec->topic == TOPIC_DEAD ? s->dead : s->conf->to[rec->topic];

    return f ? write_line(s, rec, f, err) : ST_OK;
}

/* Feeds the batch and shows what came of it. */
static enum status feed(struct session *s, struct err *err)
{
    enum status st = s->n > 0 ? pipe_feed(s->pipe, s->batch, s->n, err) : ST_OK;

    s->n = 0;
    arena_reset(s->arena);
    for (int t = 0; t < TOPIC_N && st == ST_OK; t++) {
        if (s->conf->to[t] && fflush(s->conf->to[t]) != 0)
            st = err_set(err, ST_FATAL, "cannot write: %s", strerror(errno));
    }
    return st;
}

/* A raw line arrives when it is read. The time goes into a header, as an import
 * does it: so the source can be ended. */
static enum status stamp(struct session *s, struct stage_rec *rec, struct err *err)
{
    char text[24];
    struct hdr *h = arena_array(s->arena, 1, sizeof(*h));

    rec->arrival_ms = s->conf->arrival_ms >= 0 ? s->conf->arrival_ms : now_wall_ms();
    int n = snprintf(text, sizeof(text), "%lld", (long long)rec->arrival_ms);
    struct slice value = arena_copy(s->arena, (struct slice){ text, (size_t)n });
    if (!h || !value.p)
        return err_set(err, ST_FATAL, "out of memory");
    *h = (struct hdr){ slice_str("absa-arrival"), value };
    rec->hdr = h;
    rec->nhdr = 1;
    return ST_OK;
}

static enum status take_line(struct session *s, struct slice line, struct err *err)
{
    struct stage_rec *rec = &s->batch[s->n];
    enum topic_id topic = s->conf->stages[0].ops->input;
    enum status st = ST_OK;

    if (slice_trim(line).n == 0)
        return ST_OK;
    *rec = (struct stage_rec){ .offset = s->next++, .arrival_ms = -1 };
    if (topic == TOPIC_RAW)
        st = stamp(s, rec, err);
    if (st == ST_OK)
        st = transcode_in(s->conf->wire, topic, line, s->arena, rec, err);
    s->n++;
    return st == ST_OK && s->n == BATCH_MAX ? feed(s, err) : st;
}

/* Takes the whole lines out of what was read; at the end also the last one
 * without a newline. A line is handed on before the buffer moves. */
static enum status take_lines(struct session *s, bool at_end, struct err *err)
{
    enum status st = ST_OK;
    size_t at = 0;

    while (st == ST_OK && at < s->in.n) {
        char *nl = memchr(s->in.p + at, '\n', s->in.n - at);
        bool too_long = !nl && s->in.n - at >= PIPE_LINE_MAX;
        if (!nl && !at_end && !too_long)
            break;
        size_t end = nl ? (size_t)(nl - s->in.p) : s->in.n;
        if (!s->skipping)
            st = take_line(s, (struct slice){ s->in.p + at, end - at }, err);
        s->skipping = too_long && !at_end;
        at = nl ? end + 1 : end;
    }
    if (st == ST_OK)
        st = feed(s, err);
    memmove(s->in.p, s->in.p + at, s->in.n - at);
    buf_truncate(&s->in, s->in.n - at);
    return st;
}

/* Reads what there is; *at_end at the end of the input or when asked to stop. */
static enum status read_some(struct session *s, bool *at_end, struct err *err)
{
    size_t before = s->in.n;
    char *p = buf_extend(&s->in, READ_SIZE);

    if (!p)
        return err_set(err, ST_FATAL, "out of memory");
    ssize_t n = read(s->conf->fd, p, READ_SIZE);
    bool stopped = s->conf->stop && atomic_load(s->conf->stop);
    if (n < 0 && errno == EINTR && !stopped)
        n = 0;
    else if (n < 0 && !stopped)
        return err_set(err, ST_FATAL, "cannot read the input: %s", strerror(errno));
    else
        *at_end = n <= 0 || stopped;
    buf_truncate(&s->in, before + (n > 0 ? (size_t)n : 0));
    return ST_OK;
}

static enum status end_of_input(struct session *s, struct err *err)
{
    const enum topic_id topic = s->conf->stages[0].ops->input;
    int64_t arrival = s->conf->arrival_ms >= 0 ? s->conf->arrival_ms : now_wall_ms();
    enum status st = ST_OK;

    if (topic == TOPIC_RAW || topic == TOPIC_LABELS)
        st = pipe_end(s->pipe, topic, &s->next, arrival, err);
    return st == ST_OK ? feed(s, err) : st;
}

static enum status copy_through(struct session *s, struct err *err)
{
    bool at_end = false;
    enum status st = ST_OK;

    while (st == ST_OK && !at_end) {
        st = read_some(s, &at_end, err);
        if (st == ST_OK)
            st = take_lines(s, at_end, err);
    }
    return st == ST_OK ? end_of_input(s, err) : st;
}

/* ST_REJECT with "3 records were refused: 2 json, 1 range; ..." */
static enum status refused(const struct session *s, int64_t n, struct err *err)
{
    char why[160] = "";
    size_t at = 0;

    for (int r = 0; r < DEAD_N; r++) {
        int64_t k = pipe_dead_count(s->pipe, (enum dead_reason)r);
        if (k > 0 && at < sizeof(why))
            at += (size_t)snprintf(why + at, sizeof(why) - at, "%s%lld %s", at > 0 ? ", " : "",
                                   (long long)k, dead_reason_name((enum dead_reason)r));
    }
    return err_set(err, ST_REJECT, "%lld record%s refused: %s; --dead FILE keeps them",
                   (long long)n, n == 1 ? " was" : "s were", why);
}

static enum status session_open(struct session *s, const struct topology *topo, struct err *err)
{
    const struct pipe_lines *conf = s->conf;
    const struct pipe_conf pc = { .wire = conf->wire, .topo = topo, .sink = sink, .ctx = s };

    buf_init(&s->in, PIPE_LINE_MAX + READ_SIZE);
    buf_init(&s->line, (size_t)4 * WIRE_RECORD_MAX);
    s->arena = arena_new(ARENA_MAX);
    s->sinks = arena_new(ARENA_MAX);
    if (!s->arena || !s->sinks)
        return err_set(err, ST_FATAL, "out of memory");
    if (conf->dead_file) {
        s->dead = fopen(conf->dead_file, "w");
        if (!s->dead)
            return err_set(err, ST_FATAL, "%s: %s", conf->dead_file, strerror(errno));
    }
    return pipe_new(conf->stages, conf->n, &pc, &s->pipe, err);
}

static enum status session_close(struct session *s, enum status st, struct err *err)
{
    int64_t dead = s->pipe ? pipe_counter(s->pipe, COUNTER_DEAD) : 0;

    for (int i = 0; s->conf->counted && i < COUNTER_N; i++)
        s->conf->counted[i] = s->pipe ? pipe_counter(s->pipe, (enum counter)i) : 0;
    if (s->dead && fclose(s->dead) != 0 && st == ST_OK)
        st = err_set(err, ST_FATAL, "%s: %s", s->conf->dead_file, strerror(errno));
    if (st == ST_OK && dead > 0 && !s->conf->dead_file)
        st = refused(s, dead, err);
    pipe_free(s->pipe);
    arena_free(s->arena);
    arena_free(s->sinks);
    buf_release(&s->in);
    buf_release(&s->line);
    free(s);
    return st;
}

enum status pipe_lines_run(const struct pipe_lines *lines, struct err *err)
{
    const struct topology topo = pipe_topology();
    struct session *s = calloc(1, sizeof(*s));

    if (!s)
        return err_set(err, ST_FATAL, "out of memory");
    s->conf = lines;
    enum status st = session_open(s, &topo, err);
    if (st == ST_OK)
        st = copy_through(s, err);
    return session_close(s, st, err);
}
