/* SPDX-License-Identifier: MIT */
/* render.h -- alerts as a message for people: subject, plain text, HTML.
 *
 * Nothing a user wrote is in it: an alert holds numbers, names from the
 * configuration and coordinates. The histograms are table cells with colours and
 * lines of block characters, so that they show where images are off. No clock:
 * the same alerts give the same bytes. */
#ifndef NOTIFY_RENDER_H
#define NOTIFY_RENDER_H

#include "base/buf.h"
#include "base/err.h"
#include "record/alert.h"

enum { MESSAGE_MAX = 2 << 20, SUBJECT_MAX = 400 };

/* What the stage of notify hands to whoever performs the effect. */
struct message {
    size_t receiver;      /* its number in the configuration      */
    struct slice key;     /* dedupe key, hex                      */
    struct slice subject; /* UTF-8, one line, no control character */
    struct slice text;
    struct slice html;
    const char *severity; /* highest: "WARNING", "CRITICAL", or "TEST" */
    const char *state;    /* "firing", "resolved" when nothing fires, "test" */
};

/* What is told; all borrowed. */
struct telling {
    const struct alert *alerts;
    size_t n;
    int32_t repeat; /* > 0: told before, still so */
};

/* Fills subject, text and html (cleared first, each with a maximum of its own).
 * ST_FATAL: memory, or a maximum. */
MUST_USE enum status render(const struct telling *t, struct buf *subject, struct buf *text,
                            struct buf *html, struct err *err);

/* The message of absa notify --test: says that it is none. */
MUST_USE enum status render_test(const char *receiver, struct buf *subject, struct buf *text,
                                 struct buf *html, struct err *err);

/* Highest severity of what fires, of all when nothing fires. */
enum severity telling_severity(const struct telling *t, bool *firing);

#endif
