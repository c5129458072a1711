/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlstate.h"

enum { COPY_PIECE = 64 << 10 };

struct store {
    PGconn *conn;
};

/* First line of a message, without what libpq puts around it. */
static void say(const char *what, const char *msg, struct err *err)
{
    struct slice text = slice_str(msg);
    const struct slice line = slice_cut(&text, '\n');

    err_message(err, "%s: %.*s", what, SLICE_ARG(line));
}

/* Notices say "skipping, exists already" and the like: nobody needs them. */
static void on_notice(void *ctx, const PGresult *r)
{
    (void)ctx;
    (void)r;
}

enum status store_check(const char *conninfo, struct err *err)
{
    char *why = NULL;
    bool secret = false;
    PQconninfoOption *options = PQconninfoParse(conninfo, &why);

    if (!options) {
        say("config: connection", why ? why : "out of memory", err);
        PQfreemem(why);
        return ST_FATAL;
    }
    for (const PQconninfoOption *o = options; o->keyword; o++)
        secret = secret || (strcmp(o->keyword, "password") == 0 && o->val);
    PQconninfoFree(options);
    return secret ? err_set(err, ST_FATAL,
                            "config: a password stands in the connection: give it "
                            "by a file")
                  : ST_OK;
}

enum status store_open(const char *conninfo, const char *password, struct store **out,
                       struct err *err)
{
    /* Later ones win, so what conninfo says of the first three counts. */
    const char *const names[] = { "connect_timeout",
                                  "application_name",
                                  "tcp_user_timeout",
                                  "dbname",
                                  "password",
                                  "client_encoding",
                                  NULL };
    const char *const values[] = {
        "10", "absa", "60000", conninfo, password && *password ? password : NULL, "UTF8", NULL
    };

    *out = NULL;
    enum status st = store_check(conninfo, err);
    if (st != ST_OK)
        return st;
    struct store *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ST_FATAL, "out of memory");
    s->conn = PQconnectdbParams(names, values, 1);
    if (!s->conn || PQstatus(s->conn) != CONNECTION_OK) {
        say("no connection", s->conn ? PQerrorMessage(s->conn) : "out of memory", err);
        store_close(s);
        return ST_RETRY;
    }
    PQsetNoticeReceiver(s->conn, on_notice, NULL);
    st = store_exec(s, "SET statement_timeout = '60s'; SET timezone = 'UTC'", err);
    if (st == ST_OK)
        *out = s;
    else
        store_close(s);
    return st;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    PQfinish(s->conn);
    free(s);
}

/* What a result that is not the wanted one means. */
static enum status judge(const struct store *s, const PGresult *r, struct err *err)
{
    const char *code = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *msg = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;

    say(code ? code : "connection", msg ? msg : PQerrorMessage(s->conn), err);
    switch (sqlstate_class(code)) {
    case SQL_RETRY:
        return ST_RETRY;
    case SQL_RECORD:
        return ST_REJECT;
    case SQL_CONFIG:
        err_prefix(err, "config: the database");
        return ST_FATAL;
    case SQL_DENIED:
        err_prefix(err, "denied: the database");
        return ST_FATAL;
    case SQL_DEFECT:
        break;
    }
    err_prefix(err, "the database");
    return ST_FATAL;
}

/* Takes what answers are left; a COPY that waits for rows gets none. */
static void drain(struct store *s)
{
    PGresult *r;

    while ((r = PQgetResult(s->conn))) {
        const bool asks = PQresultStatus(r) == PGRES_COPY_IN;

        PQclear(r);
        if (asks && PQputCopyEnd(s->conn, "no rows") != 1)
            return;
    }
}

/* Whether r is of the wanted kind; else judged. r stays the caller's. */
static enum status expect(const struct store *s, const PGresult *r, ExecStatusType want,
                          struct err *err)
{
    return r && PQresultStatus(r) == want ? ST_OK : judge(s, r, err);
}

enum status store_exec(struct store *s, const char *sql, struct err *err)
{
    PGresult *r = PQexec(s->conn, sql);
    enum status st =
        r && PQresultStatus(r) == PGRES_TUPLES_OK ? ST_OK : expect(s, r, PGRES_COMMAND_OK, err);

    PQclear(r);
    return st;
}

static PGresult *run(struct store *s, const struct store_query *q)
{
    return PQexecParams(s->conn, q->sql, q->n, NULL, q->params, NULL, NULL, 0);
}

enum status store_change(struct store *s, const struct store_query *q, int64_t *changed,
                         struct err *err)
{
    PGresult *r = run(s, q);
    enum status st = expect(s, r, PGRES_COMMAND_OK, err);

    if (st == ST_OK && changed && !slice_to_int64(slice_str(PQcmdTuples(r)), changed))
        *changed = 0;
    PQclear(r);
    return st;
}

enum status store_ask(struct store *s, const struct store_query *q, store_row_fn *fn, void *ctx,
                      struct err *err)
{
    PGresult *r = run(s, q);
    enum status st = expect(s, r, PGRES_TUPLES_OK, err);

    if (st == ST_OK && PQnfields(r) > STORE_COLUMNS_MAX)
        st = err_set(err, ST_FATAL, "%d columns are too many", PQnfields(r));
    for (int i = 0; st == ST_OK && i < PQntuples(r); i++) {
        const char *values[STORE_COLUMNS_MAX] = { NULL };

        for (int k = 0; k < PQnfields(r); k++)
            values[k] = PQgetisnull(r, i, k) ? NULL : PQgetvalue(r, i, k);
        st = fn(ctx, values, err);
    }
    PQclear(r);
    return st;
}

static enum status take_number(void *ctx, const char *const *values, struct err *err)
{
    if (values[0] && !slice_to_int64(slice_str(values[0]), ctx))
        return err_set(err, ST_FATAL, "the database gives no number");
    return ST_OK;
}

enum status store_number(struct store *s, const char *sql, int64_t *out, struct err *err)
{
    const struct store_query q = { sql, NULL, 0 };

    *out = 0;
    return store_ask(s, &q, take_number, out, err);
}

static bool send_rows(struct store *s, struct slice bytes)
{
    bool sent = true;

    for (size_t at = 0; sent && at < bytes.n; at += COPY_PIECE) {
        size_t n = bytes.n - at < COPY_PIECE ? bytes.n - at : COPY_PIECE;

        sent = PQputCopyData(s->conn, bytes.p + at, (int)n) == 1;
    }
    return sent && PQputCopyEnd(s->conn, NULL) == 1;
}

/* One answer of a script; copy: the rows that it may ask for, NULL: there are no more. */
static enum status answer(struct store *s, const PGresult *r, const struct store_copy *copy,
                          struct err *err)
{
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        return ST_OK;
    case PGRES_COPY_IN:
        if (!copy)
            return err_set(err, ST_FATAL, "a script has more COPYs than rows");
        return send_rows(s, copy->bytes) ? ST_OK : judge(s, NULL, err);
    default:
        return judge(s, r, err);
    }
}

enum status store_script(struct store *s, const char *sql, const struct store_copy *copies,
                         size_t n, struct err *err)
{
    enum status st = PQsendQuery(s->conn, sql) == 1 ? ST_OK : judge(s, NULL, err);
    const char *name = NULL;
    PGresult *r = st == ST_OK ? PQgetResult(s->conn) : NULL;
    size_t k = 0;

    while (r && st == ST_OK) {
        const bool copies_in = PQresultStatus(r) == PGRES_COPY_IN;

        st = answer(s, r, copies_in && k < n ? &copies[k] : NULL, err);
        if (copies_in && k < n)
            name = copies[k++].name;
        PQclear(r);
        r = st == ST_OK ? PQgetResult(s->conn) : NULL;
    }
    if (st != ST_OK && name)
        err_prefix(err, "after the rows of %s", name);
    drain(s);
    return st;
}
