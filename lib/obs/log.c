/* SPDX-License-Identifier: MIT */
#include "obs/log.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/time.h"
#include "now/now.h"

enum { LOG_LINE_MAX = 4096, LOG_SEEN_MAX = 64 };

/* One sentence that was written lately. */
struct seen {
    const char *msg; /* sentences are constants: the pointer is the identity */
    int64_t at_ms;
    int64_t suppressed;
};

static struct {
    pthread_mutex_t lock;
    atomic_int least; /* enum log_level; read without the lock */
    enum log_format format;
    const char *stage;
    const char *slot;
    struct seen seen[LOG_SEEN_MAX];
} sink = { .lock = PTHREAD_MUTEX_INITIALIZER, .least = LOG_INFO };

static const char *const level_names[] = { "error", "warn", "info", "debug" };

void log_setup(enum log_level least, enum log_format format, const char *stage, const char *slot)
{
    pthread_mutex_lock(&sink.lock);
    atomic_store(&sink.least, (int)least);
    sink.format = format;
    sink.stage = stage;
    sink.slot = slot;
    pthread_mutex_unlock(&sink.lock);
}

enum log_level log_least(int verbosity, int level)
{
    if (verbosity == 0)
        return (enum log_level)level;
    return verbosity < 0 ? LOG_ERROR : LOG_DEBUG;
}

/* Does a bare logfmt value need no quotes? */
static bool is_plain(const char *s)
{
    if (*s == '\0')
        return false;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
            return false;
    }
    return true;
}

/* As a JSON string, which is a logfmt string too. */
static void add_quoted(struct buf *out, const char *s)
{
    buf_byte(out, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\')
            buf_fmt(out, "\\%c", c);
        else if (c == '\n')
            buf_str(out, "\\n");
        else if (c < ' ' || c == 0x7f)
            buf_fmt(out, "\\u%04x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

static void add_name(struct buf *out, enum log_format format, const char *name)
{
    if (format == LOG_JSON)
        buf_fmt(out, ",\"%s\":", name);
    else
        buf_fmt(out, " %s=", name);
}

static void add_str(struct buf *out, enum log_format format, const char *name, const char *s)
{
    const char *value = s ? s : "";

    add_name(out, format, name);
    if (format == LOG_LOGFMT && is_plain(value))
        buf_str(out, value);
    else
        add_quoted(out, value);
}

static void add_field(struct buf *out, enum log_format format, const struct log_field *f)
{
    if (f->type == LOG_TYPE_STR) {
        add_str(out, format, f->name, f->s);
        return;
    }
    add_name(out, format, f->name);
    if (f->type == LOG_TYPE_INT)
        buf_fmt(out, "%lld", (long long)f->i);
    else if (isfinite(f->d))
        buf_fmt(out, "%.6g", f->d);
    else
        buf_str(out, "null");
}

void log_render(enum log_format format, enum log_level level, const char *msg,
                const struct log_field *fields, size_t n, struct buf *out)
{
    add_str(out, format, "level", level_names[level]);
    if (sink.stage)
        add_str(out, format, "stage", sink.stage);
    if (sink.slot)
        add_str(out, format, "slot", sink.slot);
    add_str(out, format, "msg", msg);
    for (size_t i = 0; i < n; i++) {
        if (fields[i].name)
            add_field(out, format, &fields[i]);
    }
}

/* The place of msg, or the one that was quiet for longest. */
static struct seen *seen_of(const char *msg)
{
    struct seen *old = &sink.seen[0];

    for (size_t i = 0; i < LOG_SEEN_MAX; i++) {
        struct seen *s = &sink.seen[i];

        if (s->msg == msg)
            return s;
        if (s->at_ms < old->at_ms)
            old = s;
    }
    *old = (struct seen){ .msg = msg, .at_ms = INT64_MIN };
    return old;
}

static void add_time(struct buf *out, int64_t now_ms)
{
    char text[TIME_INSTANT_LEN + 1];

    time_format_instant(now_ms, text);
    text[TIME_INSTANT_LEN - 1] = '\0'; /* the Z goes behind the milliseconds */
    buf_fmt(out, sink.format == LOG_JSON ? "{\"ts\":\"%s.%03dZ\"" : "ts=%s.%03dZ", text,
            (int)(now_ms % MS_SECOND));
}

static void write_line(enum log_level level, const char *msg, const struct log_field *fields,
                       size_t n, int64_t suppressed)
{
    struct buf line;

    buf_init(&line, LOG_LINE_MAX);
    add_time(&line, now_wall_ms());
    log_render(sink.format, level, msg, fields, n, &line);
    if (suppressed > 0)
        add_field(&line, sink.format, &(struct log_field)LOG_INT("suppressed", suppressed));
    buf_str(&line, sink.format == LOG_JSON ? "}\n" : "\n");
    if (buf_failed(&line)) /* too long to be a line: keep what names it */
        fprintf(stderr, "level=%s msg=\"%s\" cut=true\n", level_names[level], msg);
    else
        (void)!write(STDERR_FILENO, line.p, line.n);
    buf_release(&line);
}

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t n)
{
    if ((int)level > atomic_load(&sink.least))
        return;
    const int64_t now_ms = now_mono_ms();
    pthread_mutex_lock(&sink.lock);
    struct seen *s = seen_of(msg);
    if (s->at_ms != INT64_MIN && now_ms - s->at_ms < 1000) {
        s->suppressed++;
    } else {
        int64_t suppressed = s->suppressed;

        s->at_ms = now_ms;
        s->suppressed = 0;
        write_line(level, msg, fields, n, suppressed);
    }
    pthread_mutex_unlock(&sink.lock);
}
