/* SPDX-License-Identifier: MIT */
/* mail.h -- a message as RFC 5322 has it: headers checked, bodies in base64.
 *
 * multipart/alternative of plain text and HTML, both UTF-8 in base64 of 76
 * columns: no line is too long, begins with a dot or ends in a bare LF, whatever
 * the text holds. A header with CR, LF, NUL or another control character is
 * refused, not mended; a subject that is not ASCII is encoded (RFC 2047). */
#ifndef NET_MAIL_H
#define NET_MAIL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { MAIL_TO_MAX = 20, MAIL_ADDRESS_MAX = 254, MAIL_BYTES_MAX = 8 << 20 };

struct mail {
    const char *from;
    const char *to[MAIL_TO_MAX];
    size_t n_to;
    struct slice subject;
    struct slice text;
    struct slice html;
    struct slice key;  /* letters and digits: Message-ID and boundary follow from it */
    const char *date;  /* "Mon, 23 Nov 2026 18:00:00 +0000" */
    const char *state; /* X-Absa-State: firing, resolved, test */
};

/* ST_REJECT: s is no address that may stand in a header and after MAIL FROM:
 * one @, printable ASCII without blanks, commas, <>, quotes; at most 254 bytes. */
MUST_USE enum status mail_check_address(struct slice s, struct err *err);

/* Appends the whole message, lines ended by CR LF. ST_REJECT: a header that may not
 * be; ST_FATAL: memory or out's maximum. */
MUST_USE enum status mail_write(const struct mail *m, struct buf *out, struct err *err);

#endif
