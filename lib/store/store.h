/* SPDX-License-Identifier: MIT */
/* store.h -- a connection to PostgreSQL, and what its answers mean here.
 *
 *     SQL_RETRY, connection lost    ST_RETRY   close, connect anew, look where we stand
 *     SQL_RECORD                    ST_REJECT  within a transaction: it is rolled back by
 *                                              the caller, who finds the record
 *     SQL_CONFIG                    ST_FATAL   "config: ..."
 *     SQL_DENIED                    ST_FATAL   "denied: ..."
 *     SQL_DEFECT                    ST_FATAL
 *
 * Every call waits for its answer; a server that does not answer is given up after
 * STORE_SILENCE_MS. Messages hold no value of a row: the server's DETAIL, which quotes
 * them, is left out. For one thread. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum { STORE_SILENCE_MS = 60000, STORE_COLUMNS_MAX = 8 };

struct store;

/* conninfo: what libpq takes, "host=... dbname=..." or a URL, without a password;
 * password: NULL or "": none. Both are borrowed for the call. ST_RETRY: no connection,
 * for whatever reason; ST_FATAL: "config: ...", conninfo cannot be read or holds a
 * password. */
MUST_USE enum status store_open(const char *conninfo, const char *password, struct store **out,
                                struct err *err);

/* The same check alone. */
MUST_USE enum status store_check(const char *conninfo, struct err *err);

/* NULL is fine. */
void store_close(struct store *s);

/* One or more statements, whose rows nobody wants. */
MUST_USE enum status store_exec(struct store *s, const char *sql, struct err *err);

/* One statement, and the values of $1 to $n as text. */
struct store_query {
    const char *sql;
    const char *const *params;
    int n;
};

/* changed: how many rows; may be NULL. */
MUST_USE enum status store_change(struct store *s, const struct store_query *q, int64_t *changed,
                                  struct err *err);

/* Called for each row, with its values as text (NULL: none), borrowed. */
typedef enum status store_row_fn(void *ctx, const char *const *values, struct err *err);

/* The rows of one statement, of at most STORE_COLUMNS_MAX columns. */
MUST_USE enum status store_ask(struct store *s, const struct store_query *q, store_row_fn *fn,
                               void *ctx, struct err *err);

/* The only value of the only row as a number; none or NULL: 0. */
MUST_USE enum status store_number(struct store *s, const char *sql, int64_t *out, struct err *err);

/* The rows of a COPY, as copy_begin() to copy_end() wrote them. */
struct store_copy {
    const char *name; /* for messages */
    struct slice bytes;
};

/* Statements in one go, some of which are "COPY t (...) FROM STDIN (FORMAT binary)", whose rows
 * are the copies in this order: what comes between is sent without a wait for answers. As in
 * store_exec() nobody wants rows. The first that fails is the last that is run. */
MUST_USE enum status store_script(struct store *s, const char *sql, const struct store_copy *copies,
                                  size_t n, struct err *err);

#endif
