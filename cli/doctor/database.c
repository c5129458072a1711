/* SPDX-License-Identifier: MIT */
/* database.c -- what absa sink needs of PostgreSQL, asked as the sink's login. */
#include <stdio.h>
#include <string.h>

#include "cli/doctor/checks.h"
#include "consumers/sink/config.h"
#include "consumers/sink/table.h"
#include "store/migrate.h"

enum { SQL_MAX = 8192, TEXT_MAX = 200 };

static const char lacking_sql[] =
    "SELECT string_agg(what, ', ') FROM ("
    "SELECT p || ' on ' || t FROM unnest(ARRAY['judged_window', 'distance', 'score', 'label',"
    " 'alert', 'refused']) t, unnest(ARRAY['SELECT', 'INSERT']) p"
    " WHERE NOT has_table_privilege('absa.' || t, p) UNION ALL "
    "SELECT p || ' on ' || t FROM unnest(ARRAY['kafka_position', 'dead_count', 'flow']) t,"
    " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) p"
    " WHERE NOT has_table_privilege('absa.' || t, p) UNION ALL "
    "SELECT 'EXECUTE on ' || f FROM unnest(ARRAY['make_partitions(text, timestamptz[])',"
    " 'drop_partitions(text, interval)']) f"
    " WHERE NOT has_function_privilege('absa.' || f, 'EXECUTE')) AS q(what)";

static const char surplus_sql[] =
    "SELECT string_agg(t, ', ') FROM unnest(ARRAY['judged_window', 'score', 'alert']) t"
    " WHERE has_table_privilege('absa.' || t, 'DELETE')";

static enum status take_text(void *ctx, const char *const *values, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, TEXT_MAX, "%s", values[0] ? values[0] : "");
    return ST_OK;
}

static enum status ask_text(struct store *s, const char *sql, char *out, struct err *err)
{
    const struct store_query q = { sql, NULL, 0 };

    out[0] = '\0';
    return store_ask(s, &q, take_text, out, err);
}

static void tell(struct doctor *d, enum finding_kind how, const char *name, const char *means,
                 const char *value)
{
    finding_value(report_add(&d->report, how, name, means), "%s", value);
}

/* How an error of the database is shown, and what helps. */
static void failed(struct doctor *d, const char *name, const char *means, enum status st,
                   const struct err *err)
{
    struct finding *f =
        report_add(&d->report, st == ST_RETRY ? FOUND_GONE : FOUND_FAIL, name, means);

    finding_value(f, "%s", err->msg);
    if (strncmp(err->msg, "denied", 6) == 0)
        finding_fix(f, "GRANT absa_writer TO the login of the sink");
    else if (strstr(err->msg, "--migrate"))
        finding_fix(f, "absa sink --migrate%s -X sink.database=...   # as the owner", d->same_conf);
    else if (st == ST_RETRY)
        finding_fix(f, "docs/runbook/database.md");
}

static void rights(struct doctor *d, struct store *s)
{
    static const char means[] = "what the sink's login may do: role absa_writer, and no more";
    char lacks[TEXT_MAX];
    char surplus[TEXT_MAX];
    struct err err = { 0 };
    enum status st = ask_text(s, lacking_sql, lacks, &err);

    if (st == ST_OK)
        st = ask_text(s, surplus_sql, surplus, &err);
    if (st != ST_OK) {
        failed(d, "rights", means, st, &err);
    } else if (lacks[0]) {
        struct finding *f = report_add(&d->report, FOUND_FAIL, "rights", means);

        finding_value(f, "lacks %s", lacks);
        finding_fix(f, "GRANT absa_writer TO the login of the sink");
    } else if (surplus[0]) {
        struct finding *f = report_add(&d->report, FOUND_WARN, "rights", means);

        finding_value(f, "may delete from %s: an owner, or a superuser", surplus);
        finding_fix(f, "CREATE ROLE absa_sink LOGIN IN ROLE absa_writer");
    } else {
        tell(d, FOUND_OK, "rights", means, "those of absa_writer");
    }
}

/* Names the tables whose last partition has rows in it. */
static enum status ask_full(struct store *s, char *out, struct err *err)
{
    struct buf sql;

    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT string_agg(t, ', ') FROM (");
    for (int i = 0, n = 0; i < TABLE_N; i++) {
        const struct table *t = &sink_tables[i];

        if (!t->cut)
            continue;
        buf_fmt(&sql,
                "%sSELECT '%s' WHERE (SELECT max((regexp_match(pg_get_expr(k.relpartbound, k.oid),"
                " 'FROM \\(''([^'']+)'))[1]::timestamptz) FROM pg_inherits i JOIN pg_class k"
                " ON k.oid = i.inhrelid WHERE i.inhparent = 'absa.%s'::regclass)"
                " <= (SELECT max(%s) FROM absa.%s)",
                n++ > 0 ? " UNION ALL " : "", t->name, t->name, t->columns[0].name, t->name);
    }
    buf_str(&sql, ") AS q(t)");
    buf_byte(&sql, '\0');
    enum status st = buf_failed(&sql) ? err_set(err, ST_FATAL, "out of memory for a statement")
                                      : ask_text(s, sql.p, out, err);
    buf_release(&sql);
    return st;
}

static void partitions(struct doctor *d, struct store *s)
{
    static const char means[] = "each table has a partition ahead of its newest row";
    char full[TEXT_MAX];
    struct err err = { 0 };
    enum status st = ask_full(s, full, &err);

    if (st != ST_OK) {
        failed(d, "partitions", means, st, &err);
    } else if (full[0]) {
        struct finding *f = report_add(&d->report, FOUND_WARN, "partitions", means);

        finding_value(f, "none ahead: %s", full);
        finding_fix(f, "the sink makes it with the next record of that time");
    } else {
        tell(d, FOUND_OK, "partitions", means, "one ahead everywhere");
    }
}

void check_database(struct doctor *d)
{
    static const char reach[] = "where absa sink writes: sink.database";
    static const char version[] = "its tables are those of this version";
    struct store *s = NULL;
    struct err err = { 0 };

    d->report.area = "database";
    if (!d->sink->database[0]) {
        tell(d, FOUND_OK, "database", reach, "not set: not asked");
        return;
    }
    enum status st = store_open(d->sink->database, d->sink->password, &s, &err);
    if (st != ST_OK) {
        failed(d, "database", reach, st, &err);
        return;
    }
    tell(d, FOUND_OK, "database", reach, "answers");
    st = store_check_version(s, &err);
    if (st != ST_OK) {
        failed(d, "tables", version, st, &err);
    } else {
        tell(d, FOUND_OK, "tables", version, store_migrations[store_migrations_n - 1].name);
        rights(d, s);
        partitions(d, s);
    }
    store_close(s);
}
