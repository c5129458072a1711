/* SPDX-License-Identifier: MIT */
#include "store/migrate.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"

static const char *const begin_sql = "BEGIN; SELECT pg_advisory_xact_lock(7306085817)";

static const char *const list_sql =
    "CREATE SCHEMA IF NOT EXISTS absa;"
    "CREATE TABLE IF NOT EXISTS absa.migration (version bigint PRIMARY KEY, name text NOT NULL,"
    " sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";

/* Compares a row of the database with ours; *ctx counts those that are there. */
static enum status compare(void *ctx, const char *const *values, struct err *err)
{
    char sha[SHA256_HEX_LEN + 1];
    size_t *n = ctx;

    if (*n == store_migrations_n)
        return err_set(err, ST_FATAL,
                       "config: the database is newer (%s) than this program: see "
                       "docs/runbook/database.md",
                       values[0]);
    const struct migration *m = &store_migrations[(*n)++];
    hash_sha256_hex(slice_str(m->sql), sha);
    if (!slice_eq(slice_str(values[0]), slice_str(m->name)) ||
        !slice_eq(slice_str(values[1]), slice_str(sha)))
        return err_set(err, ST_FATAL,
                       "config: the database was made by another %s than this program's: see "
                       "docs/runbook/database.md",
                       m->name);
    return ST_OK;
}

/* How many of ours were applied. */
static enum status count(struct store *s, size_t *n, struct err *err)
{
    const struct store_query q = { "SELECT name, sha256 FROM absa.migration ORDER BY version", NULL,
                                   0 };

    *n = 0;
    return store_ask(s, &q, compare, n, err);
}

enum status store_check_version(struct store *s, struct err *err)
{
    int64_t there = 0;
    size_t n = 0;
    enum status st =
        store_number(s, "SELECT (to_regclass('absa.migration') IS NOT NULL)::integer", &there, err);

    if (st == ST_OK && there)
        st = count(s, &n, err);
    if (st == ST_OK && n < store_migrations_n)
        st = err_set(err, ST_FATAL, "config: the database lacks %s: run absa sink --migrate",
                     store_migrations[n].name);
    return st;
}

static enum status note(struct store *s, const struct migration *m, struct err *err)
{
    char version[24];
    char sha[SHA256_HEX_LEN + 1];

    snprintf(version, sizeof(version), "%" PRId64, m->version);
    hash_sha256_hex(slice_str(m->sql), sha);
    const char *const params[] = { version, m->name, sha };
    const struct store_query q = {
        "INSERT INTO absa.migration (version, name, sha256) VALUES ($1, $2, $3)", params, 3
    };
    return store_change(s, &q, NULL, err);
}

/* The next one, if there is one. */
static enum status apply_next(struct store *s, size_t *at, struct err *err)
{
    enum status st = count(s, at, err);

    if (st != ST_OK || *at == store_migrations_n)
        return st;
    const struct migration *m = &store_migrations[*at];
    st = store_exec(s, m->sql, err);
    if (st == ST_OK)
        st = note(s, m, err);
    if (st != ST_OK)
        err_prefix(err, "%s", m->name);
    return st;
}

enum status store_migrate(struct store *s, size_t *applied, struct err *err)
{
    enum status st = ST_OK;
    size_t at = 0;

    *applied = 0;
    while (st == ST_OK && at < store_migrations_n) {
        st = store_exec(s, begin_sql, err);
        if (st == ST_OK)
            st = store_exec(s, list_sql, err);
        if (st == ST_OK)
            st = apply_next(s, &at, err);
        if (st == ST_OK)
            st = store_exec(s, "COMMIT", err);
        if (st == ST_OK && at < store_migrations_n)
            ++*applied;
    }
    return st == ST_REJECT ? ST_FATAL : st;
}
