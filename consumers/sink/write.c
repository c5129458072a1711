/* SPDX-License-Identifier: MIT */
/* write.c -- the statements that bring rows into the tables.
 *
 *     straight   COPY into the table. Nothing is faster, and it is right as long as no row is there
 *                already, which the positions see to: the log gives each record once.
 *     merged     COPY into a temporary table, from there INSERT ... ON CONFLICT. For counts, which
 *                are added up; and for all of a batch that straight could not take: the log does
 *                hold the same row twice, after absa drift rewind and whoever writes it by hand. */
#include <inttypes.h>
#include <stdio.h>

#include "consumers/sink/inner.h"
#include "now/now.h"
#include "obs/log.h"

enum { SCRIPT_MAX = 65536, NUMBER_MAX = 24, FORGET_MS = 3600000, DAY_S = 86400 };

static void add_names(struct buf *sql, const struct copy_column *columns)
{
    for (size_t i = 0; columns[i].name; i++)
        buf_fmt(sql, "%s%s", i > 0 ? ", " : "", columns[i].name);
}

/* A statement for the rows of a table; into: the schema, or in_ for the temporary table. */
static void add_copy(struct buf *sql, const struct table *t, const char *into)
{
    buf_fmt(sql, "COPY %s%s (", into, t->name);
    add_names(sql, t->columns);
    buf_str(sql, ") FROM STDIN (FORMAT binary);");
}

/* A temporary table, made where it is first needed: each one that a session has is emptied at every
 * commit, by a cut of its files, which for all of them takes as long as some thousand rows. */
static void add_temporary(struct buf *sql, const struct table *t)
{
    buf_fmt(sql, "CREATE TEMPORARY TABLE IF NOT EXISTS in_%s ON COMMIT DELETE ROWS AS SELECT ",
            t->name);
    add_names(sql, t->columns);
    buf_fmt(sql, " FROM absa.%s WITH NO DATA;", t->name);
}

/* Partitions for what is going to be copied. */
static void add_days(struct buf *sql, const char *name, const int64_t *days, size_t n)
{
    buf_fmt(sql, "SELECT absa.make_partitions('%s', ARRAY[", name);
    for (size_t i = 0; i < n; i++)
        buf_fmt(sql, "%sto_timestamp(%" PRId64 ")", i > 0 ? ", " : "", days[i] * DAY_S);
    buf_str(sql, "]);");
}

static void add_merge(struct buf *sql, const struct table *t)
{
    if (t->cut)
        buf_fmt(sql, "SELECT absa.make_partitions('%s', ARRAY(SELECT DISTINCT %s FROM in_%s));",
                t->name, t->cut, t->name);
    if (t->merge) {
        buf_fmt(sql, "%s;", t->merge);
        return;
    }
    buf_fmt(sql, "INSERT INTO absa.%s (", t->name);
    add_names(sql, t->columns);
    buf_str(sql, ") SELECT ");
    add_names(sql, t->columns);
    buf_fmt(sql, " FROM in_%s ON CONFLICT DO NOTHING;", t->name);
}

/* The statements for the rows of a table. */
static enum status add_table(const struct rows *rows, enum sink_table table, bool straight,
                             struct buf *sql, struct err *err)
{
    const struct table *t = &sink_tables[table];
    const int64_t *days;
    size_t n;

    if (!straight || t->merge) {
        add_temporary(sql, t);
        add_copy(sql, t, "in_");
        add_merge(sql, t);
        return ST_OK;
    }
    if (!rows_days(rows, table, &days, &n))
        return err_set(err, ST_REJECT, "rows of more than %d days", (int)ROWS_DAYS_MAX);
    if (t->cut)
        add_days(sql, t->name, days, n);
    add_copy(sql, t, "absa.");
    return ST_OK;
}

/* Begins a transaction and brings all rows into the tables, in one go: every wait for an answer
 * would cost a turn of both processes. */
static enum status write_rows(struct sink *s, const struct rows *rows, bool straight,
                              struct err *err)
{
    struct store_copy copies[TABLE_N];
    struct buf sql;
    size_t n = 0;
    enum status st = ST_OK;

    buf_init(&sql, SCRIPT_MAX);
    buf_str(&sql, "BEGIN;");
    for (int i = 0; st == ST_OK && i < TABLE_N; i++) {
        size_t some = 0;
        const struct slice bytes = rows_of(rows, (enum sink_table)i, &some);

        if (some == 0)
            continue;
        copies[n++] = (struct store_copy){ sink_tables[i].name, bytes };
        st = add_table(rows, (enum sink_table)i, straight, &sql, err);
    }
    buf_byte(&sql, '\0');
    if (st == ST_OK && buf_failed(&sql))
        st = err_set(err, ST_FATAL, "out of memory for a statement");
    if (st == ST_OK)
        st = store_script(s->store, sql.p, copies, n, err);
    buf_release(&sql);
    return st;
}

/* Nobody but us may have moved it: else all that we wrote is somebody's already. */
static enum status move(struct sink *s, const struct lane *lane, struct err *err)
{
    char part[NUMBER_MAX];
    char from[NUMBER_MAX];
    char to[NUMBER_MAX];
    int64_t changed = 0;
    const char *const params[] = { s->names.of[lane->topic], part, from, to };
    const struct store_query q = { "UPDATE absa.kafka_position SET next_offset = $4"
                                   " WHERE topic = $1 AND part = $2 AND next_offset = $3",
                                   params, 4 };

    snprintf(part, sizeof(part), "%" PRId32, lane->part);
    snprintf(from, sizeof(from), "%" PRId64, lane->saved);
    snprintf(to, sizeof(to), "%" PRId64, lane->next);
    enum status st = store_change(s->store, &q, &changed, err);
    if (st == ST_OK && changed != 1)
        st = err_set(err, ST_RETRY, "another sink has moved the position of %s[%d]",
                     s->names.of[lane->topic], (int)lane->part);
    return st;
}

/* One transaction; rolled back when it was ST_REJECT. */
static enum status write_all(struct sink *s, const struct rows *rows, bool straight,
                             struct err *err)
{
    struct err ignored = { 0 };
    enum status st = write_rows(s, rows, straight, err);

    for (size_t i = 0; st == ST_OK && i < s->n_lanes; i++) {
        if (s->lanes[i].next != s->lanes[i].saved)
            st = move(s, &s->lanes[i], err);
    }
    if (st == ST_OK)
        st = store_exec(s->store, "COMMIT", err);
    if (st == ST_REJECT && store_exec(s->store, "ROLLBACK", &ignored) != ST_OK)
        return ST_RETRY;
    return st;
}

/* Only counted when it is committed. */
static void count(struct sink *s, const struct rows *rows)
{
    for (int i = 0; i < TABLE_N; i++) {
        char label[METRIC_TEXT_MAX];
        size_t n = 0;

        (void)rows_of(rows, (enum sink_table)i, &n);
        snprintf(label, sizeof(label), "table=\"%s\"", sink_tables[i].name);
        if (n > 0)
            metrics_add_text(s->metrics, METRIC_STORE_ROWS, label, (double)n);
        if (i == TABLE_REFUSED)
            metrics_add(s->metrics, METRIC_STORE_REFUSED, METRIC_NO_LABEL, (double)n);
    }
    metrics_add(s->metrics, METRIC_COMMITS, METRIC_NO_LABEL, 1);
}

enum status sink_write(struct sink *s, struct rows *rows, struct err *err)
{
    enum status st = rows_finish(rows, err);

    if (st == ST_OK)
        st = write_all(s, rows, true, err);
    if (st == ST_REJECT) {
        log_debug("rows are merged", LOG_STR("why", err->msg));
        st = write_all(s, rows, false, err);
    }
    if (st != ST_OK)
        return st;
    for (size_t i = 0; i < s->n_lanes; i++)
        s->lanes[i].saved = s->lanes[i].next;
    count(s, rows);
    return ST_OK;
}

/* A reader that is in the way is waited for 2 s; there is another hour. */
static enum status forget(struct sink *s, enum sink_table table, struct err *err)
{
    const int64_t keep_ms = table == TABLE_SCORE ? s->conf->keep_scores_ms : s->conf->keep_ms;
    const struct table *t = &sink_tables[table];
    char sql[256];
    struct err why = { 0 };

    if (!t->cut || keep_ms == 0)
        return ST_OK;
    snprintf(sql, sizeof(sql),
             "BEGIN; SET LOCAL lock_timeout = '2s';"
             " SELECT absa.drop_partitions('%s', '%" PRId64 " ms'); COMMIT",
             t->name, keep_ms);
    enum status st = store_exec(s->store, sql, &why);
    if (st == ST_OK)
        return ST_OK;
    log_warn("old partitions stay for now", LOG_STR("table", t->name), LOG_STR("why", why.msg));
    return store_exec(s->store, "ROLLBACK", err);
}

enum status sink_forget(struct sink *s, struct err *err)
{
    enum status st = ST_OK;

    if (s->kept_ms >= 0 && now_mono_ms() - s->kept_ms < FORGET_MS)
        return ST_OK;
    s->kept_ms = now_mono_ms();
    for (int i = 0; st == ST_OK && i < TABLE_N; i++)
        st = forget(s, (enum sink_table)i, err);
    return st;
}
