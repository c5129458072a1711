/* SPDX-License-Identifier: MIT */
/* report.h -- what a doctor found: one finding after the other, for people or as
 * JSON.
 *
 *     struct finding *f = report_add(r, FOUND_WARN, "open files", "a connection takes one");
 *     finding_value(f, "%d", 256);
 *     finding_fix(f, "ulimit -n 4096");
 */
#ifndef CLI_DOCTOR_REPORT_H
#define CLI_DOCTOR_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum finding_kind {
    FOUND_OK,
    FOUND_WARN, /* works, but somebody should know                   */
    FOUND_FAIL, /* what is configured cannot work                    */
    FOUND_GONE, /* a service cannot be reached: shown as FAIL as well */
    FOUND_N,
};

enum { REPORT_MAX = 128 };

struct finding {
    const char *area;
    char name[48];
    enum finding_kind found;
    const char *means; /* for ever */
    char value[ERR_MSG_MAX + 64];
    char fix[ERR_MSG_MAX + 64]; /* a command, or what to do; "": nothing */
};

/* Zeroed is empty. */
struct report {
    const char *area; /* of what is added next; for ever */
    struct finding v[REPORT_MAX];
    size_t n;
    size_t shown;
    int count[FOUND_N];
};

/* Never NULL: beyond REPORT_MAX the last one is written over. Name is copied. */
struct finding *report_add(struct report *r, enum finding_kind found, const char *name,
                           const char *means);

void finding_value(struct finding *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
void finding_fix(struct finding *f, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Appends what was added since the last call, and in the end how many of what. */
void report_text(struct report *r, bool colour, struct buf *out);
void report_summary(const struct report *r, struct buf *out);

/* Appends {"checks": [...], "ok": n, "warn": n, "fail": n}. ST_FATAL: memory. */
MUST_USE enum status report_json(const struct report *r, struct buf *out, struct err *err);

/* 0: all is well; 1: warnings; 69: something cannot be reached; 78: something
 * that is configured cannot work (and all can be reached). */
int report_exit_code(const struct report *r);

#endif
