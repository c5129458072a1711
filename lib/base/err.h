/* SPDX-License-Identifier: MIT */
/* err.h -- how every fallible function in this code base reports failure.
 *
 * Such a function returns enum status and takes a struct err * as its last
 * argument. The status says what the caller must do; the message says why, for
 * a person. There is no errno of our own, no callback, no longjmp and no exit
 * below main().
 *
 *     enum status review_decode(..., struct err *err);
 *
 *     st = review_decode(buf, len, arena, &rec, err);
 *     if (st != ST_OK)
 *         goto out;
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

#if defined(__GNUC__)
#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#else
#define MUST_USE
#define PRINTF_LIKE(f, a)
#endif

enum status {
    ST_OK = 0,
    ST_REJECT, /* this record is bad and always will be: dead-letter it, go on */
    ST_RETRY,  /* the world is at fault: commit nothing, back off, call again  */
    ST_FATAL,  /* the program is wrong (config, memory, invariant): stop       */
};

#define ERR_MSG_MAX 256

/* Filled on failure only. Lives on the caller's stack; owns nothing. */
struct err {
    char msg[ERR_MSG_MAX]; /* NUL-terminated, cut (never overrun) when too long */
};

/* Sets the message and hands back st, so that a failure is one line:
 *     return err_set(err, ST_REJECT, "rating %d is not in 1..5", rating);
 * A macro, so that compilers and analysers see that what comes back is st. */
#define err_set(err, st, ...) err_status((err_message((err), __VA_ARGS__), (st)))

/* The halves of err_set(). */
void err_message(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

static inline enum status err_status(enum status st)
{
    return st;
}

/* Puts "context: " before the message as the failure travels up. */
void err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "ok", "reject", "retry", "fatal": the value of the log and metric label. */
const char *status_name(enum status st);

#endif
