/* SPDX-License-Identifier: MIT */
/* write.c -- the statements: rows into temporary tables and from there into the tables. */
#include <inttypes.h>
#include <stdio.h>

#include "consumers/sink/inner.h"
#include "obs/log.h"

enum { SQL_MAX = 8192, NUMBER_MAX = 24, FORGET_MS = 3600000 };

static void add_names(struct buf *sql, const struct copy_column *columns)
{
    for (size_t i = 0; columns[i].name; i++)
        buf_fmt(sql, "%s%s", i > 0 ? ", " : "", columns[i].name);
}

/* Runs what stands in sql, and releases it. */
static enum status run(struct store *store, struct buf *sql, struct err *err)
{
    buf_byte(sql, '\0');
    enum status st = buf_failed(sql) ? err_set(err, ST_FATAL, "out of memory for a statement")
                                     : store_exec(store, sql->p, err);
    buf_release(sql);
    return st;
}

enum status sink_prepare(struct store *store, struct err *err)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < TABLE_N; i++) {
        const struct table *t = &sink_tables[i];
        struct buf sql;

        buf_init(&sql, SQL_MAX);
        buf_fmt(&sql, "CREATE TEMPORARY TABLE in_%s ON COMMIT DELETE ROWS AS SELECT ", t->name);
        add_names(&sql, t->columns);
        buf_fmt(&sql, " FROM absa.%s WITH NO DATA", t->name);
        st = run(store, &sql, err);
    }
    return st;
}

static enum status copy(struct store *store, const struct table *t, struct slice bytes,
                        struct err *err)
{
    char sql[128];

    snprintf(sql, sizeof(sql), "COPY in_%s FROM STDIN (FORMAT binary)", t->name);
    return store_copy(store, sql, bytes, err);
}

static enum status cut(struct store *store, const struct table *t, struct err *err)
{
    char sql[256];

    snprintf(sql, sizeof(sql),
             "SELECT absa.make_partitions('%s', ARRAY(SELECT DISTINCT %s FROM in_%s))", t->name,
             t->cut, t->name);
    return store_exec(store, sql, err);
}

static enum status merge(struct store *store, const struct table *t, struct err *err)
{
    struct buf sql;

    if (t->merge)
        return store_exec(store, t->merge, err);
    buf_init(&sql, SQL_MAX);
    buf_fmt(&sql, "INSERT INTO absa.%s (", t->name);
    add_names(&sql, t->columns);
    buf_str(&sql, ") SELECT ");
    add_names(&sql, t->columns);
    buf_fmt(&sql, " FROM in_%s ON CONFLICT DO NOTHING", t->name);
    return run(store, &sql, err);
}

static enum status write_table(struct sink *s, enum sink_table table, struct err *err)
{
    const struct table *t = &sink_tables[table];
    size_t n = 0;
    const struct slice bytes = rows_of(s->rows, table, &n);
    enum status st = ST_OK;

    if (n == 0)
        return ST_OK;
    st = copy(s->store, t, bytes, err);
    if (st == ST_OK && t->cut)
        st = cut(s->store, t, err);
    if (st == ST_OK)
        st = merge(s->store, t, err);
    if (st != ST_OK)
        err_prefix(err, "table %s", t->name);
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

static enum status write_all(struct sink *s, struct err *err)
{
    enum status st = store_exec(s->store, "BEGIN", err);

    for (int i = 0; st == ST_OK && i < TABLE_N; i++)
        st = write_table(s, (enum sink_table)i, err);
    for (size_t i = 0; st == ST_OK && i < s->n_lanes; i++) {
        if (s->lanes[i].next != s->lanes[i].saved)
            st = move(s, &s->lanes[i], err);
    }
    return st == ST_OK ? store_exec(s->store, "COMMIT", err) : st;
}

/* Only counted when it is committed. */
static void count(struct sink *s)
{
    for (int i = 0; i < TABLE_N; i++) {
        char label[METRIC_TEXT_MAX];
        size_t n = 0;

        (void)rows_of(s->rows, (enum sink_table)i, &n);
        snprintf(label, sizeof(label), "table=\"%s\"", sink_tables[i].name);
        if (n > 0)
            metrics_add_text(s->metrics, METRIC_STORE_ROWS, label, (double)n);
        if (i == TABLE_REFUSED)
            metrics_add(s->metrics, METRIC_STORE_REFUSED, METRIC_NO_LABEL, (double)n);
    }
    metrics_add(s->metrics, METRIC_COMMITS, METRIC_NO_LABEL, 1);
}

enum status sink_write(struct sink *s, struct err *err)
{
    struct err ignored = { 0 };
    enum status st = rows_finish(s->rows, err);

    if (st == ST_OK)
        st = write_all(s, err);
    if (st == ST_REJECT && store_exec(s->store, "ROLLBACK", &ignored) != ST_OK)
        st = ST_RETRY;
    if (st != ST_OK)
        return st;
    for (size_t i = 0; i < s->n_lanes; i++)
        s->lanes[i].saved = s->lanes[i].next;
    count(s);
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

    if (s->kept_ms >= 0 && sink_mono_ms() - s->kept_ms < FORGET_MS)
        return ST_OK;
    s->kept_ms = sink_mono_ms();
    for (int i = 0; st == ST_OK && i < TABLE_N; i++)
        st = forget(s, (enum sink_table)i, err);
    return st;
}
