/* SPDX-License-Identifier: MIT */
/* migrate.h -- the tables, made and changed by numbered files.
 *
 * schemas/sql/NNN_name.sql are compiled in. Each is applied once, in its order, in one
 * transaction with the row of absa.migration that says so. A file that was applied never
 * changes: its hash is compared. Who applies them owns the schema absa; nobody else needs
 * to be an owner. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct migration {
    int64_t version; /* from 1, without a gap */
    const char *name;
    const char *sql;
};

extern const struct migration store_migrations[];
extern const size_t store_migrations_n;

/* ST_OK: the database is exactly as this program wants it. ST_FATAL "config: ...": older
 * (say --migrate), newer (another program's), or changed by hand. */
MUST_USE enum status store_check_version(struct store *s, struct err *err);

/* Applies what lacks, one by one; applied: how many. Two at once wait for each other.
 * ST_FATAL as above, and for what the server refuses. */
MUST_USE enum status store_migrate(struct store *s, size_t *applied, struct err *err);

#endif
