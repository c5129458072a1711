/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of lib/registry share. */
#ifndef REGISTRY_INNER_H
#define REGISTRY_INNER_H

#include "registry/registry.h"

/* Loads a folder that is to hold the bundle of that name. ST_FATAL: it does not. */
MUST_USE enum status registry_load(const char *dir, const char *sha256, struct bundle **out,
                                   struct err *err);

/* Makes the cache's folders. ST_FATAL "config: ...". */
MUST_USE enum status registry_make_cache(const struct registry *r, struct err *err);

/* Removes a folder of plain files, as far as it goes. */
void registry_remove(const char *dir);

#endif
