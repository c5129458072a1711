/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of lib/registry share. */
#ifndef REGISTRY_INNER_H
#define REGISTRY_INNER_H

#include "registry/registry.h"

/* Loads what was found in the folder where it was found. ST_FATAL: another lies there, or what
 * is there is refused. */
MUST_USE enum status registry_load(const struct registry *r, const struct found *found,
                                   struct bundle **out, struct err *err);

/* Gives a bundle the user's own taxonomy, if there is one. *out is NULL when it cannot. */
MUST_USE enum status registry_aspects(const struct registry *r, struct bundle **out,
                                      struct err *err);

/* Makes the cache's folders. ST_FATAL "config: ...". */
MUST_USE enum status registry_make_cache(const struct registry *r, struct err *err);

enum { REGISTRY_NOTE_MAX = SHA256_HEX_LEN + MLFLOW_ID_MAX + 3 };

/* A folder or note of the cache is in use now: its time says so. */
void registry_used(const char *path);

/* Removes the models that nobody needs (prune.c), as far as it goes. */
void registry_prune(const struct registry *r);

/* Removes a folder of plain files, as far as it goes. */
void registry_remove(const char *dir);

#endif
