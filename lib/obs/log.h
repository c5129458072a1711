/* SPDX-License-Identifier: MIT */
/* log.h -- log lines for people and machines: a constant sentence, typed pairs.
 *
 *     log_warn("partition lost", LOG_INT("part", 3), LOG_STR("group", group));
 *
 *     ts=2026-11-23T17:09:15.123Z level=warn stage=score slot=score-0
 *         msg="partition lost" part=3 group=absa-score            (one line)
 *
 * The sentence names the event, so it is never built at run time; the same one
 * is written at most once a second, and the next line says suppressed=N. The
 * text of users never goes into a log. Any thread may call; lines go to stderr
 * in one write. The settings are the process's, made once by main(). */
#ifndef OBS_LOG_H
#define OBS_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_LOGFMT, LOG_JSON };

enum log_type { LOG_TYPE_NONE, LOG_TYPE_STR, LOG_TYPE_INT, LOG_TYPE_DOUBLE };

struct log_field {
    const char *name;
    enum log_type type;
    const char *s;
    int64_t i;
    double d;
};

/* clang-format off */
#define LOG_STR(k, v)    { (k), LOG_TYPE_STR, (v), 0, 0 }
#define LOG_INT(k, v)    { (k), LOG_TYPE_INT, NULL, (int64_t)(v), 0 }
#define LOG_DOUBLE(k, v) { (k), LOG_TYPE_DOUBLE, NULL, 0, (v) }
/* An empty field first, so that a line without fields is an array too. */
#define LOG_FIELDS(...) (const struct log_field[]){ { 0 }, __VA_ARGS__ }
#define LOG_AT(level, msg, ...)                                                                    \
    log_write(level, msg, LOG_FIELDS(__VA_ARGS__),                                                 \
              sizeof(LOG_FIELDS(__VA_ARGS__)) / sizeof(struct log_field))
/* clang-format on */

#define log_error(...) LOG_AT(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  LOG_AT(LOG_WARN, __VA_ARGS__)
#define log_info(...)  LOG_AT(LOG_INFO, __VA_ARGS__)
#define log_debug(...) LOG_AT(LOG_DEBUG, __VA_ARGS__)

/* Sets what every line starts with; stage and slot are borrowed for ever and
 * may be NULL. */
void log_setup(enum log_level least, enum log_format format, const char *stage, const char *slot);

/* What -q (verbosity -1), -v (1 or more) or else log.level, an enum log_level, asks for. */
enum log_level log_least(int verbosity, int level);

/* Writes one line, or counts it as suppressed. Fields of no name are skipped. */
void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t n);

/* The line alone, without time, stage and newline: for log_write() and tests. */
void log_render(enum log_format format, enum log_level level, const char *msg,
                const struct log_field *fields, size_t n, struct buf *out);

#endif
