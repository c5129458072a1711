/* SPDX-License-Identifier: MIT */
/* watch.h -- what an alias means now, asked by a thread of its own.
 *
 *     every poll_ms:  the cache is told what is in use
 *                     mlflow_find()  same version?      nothing
 *                                    another one:       registry_fetch(), proven here, and it
 *                                                       waits until somebody takes it
 *                                    anything else:     counted and logged; what runs goes on
 *
 * A version that was refused is looked at again every WATCH_AGAIN polls. A model by its number
 * means the same for ever: the registry is not asked, and the cache is told all the same, for what
 * runs for months is what a start finds when the registry is down (prune.c). The thread only
 * ever makes bundles; who takes one exchanges it where nothing is half done, and frees
 * the old one. */
#ifndef REGISTRY_WATCH_H
#define REGISTRY_WATCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "registry/registry.h"

enum { WATCH_MAX = 2, WATCH_AGAIN = 10, WATCH_USED_MS = 600000 };

/* What came of a look. */
enum watch_result { WATCH_SAME, WATCH_TAKEN, WATCH_REFUSED, WATCH_UNREACHABLE, WATCH_RESULT_N };

/* "same", "taken", "refused", "unreachable" */
extern const char *const watch_result_names[WATCH_RESULT_N];

struct watch;

/* Makes a watch that watches nothing yet. asked (borrowed): set when there is something to
 * take or to count. NULL: out of memory. */
struct watch *watch_new(const struct registry *r, int64_t poll_ms, atomic_bool *asked);

/* Adds a model of the registry, as it was found; a folder is left alone. role and name are
 * borrowed. At most WATCH_MAX, before the start. */
void watch_add(struct watch *w, const char *role, const char *name, const struct found *found);

/* Starts the thread; with nothing to watch, none. With poll_ms 0 it asks nothing, and tells the
 * cache every WATCH_USED_MS. ST_FATAL: there is none. */
MUST_USE enum status watch_start(struct watch *w, struct err *err);

/* Ends the thread, within a moment, and frees it with what nobody took. NULL is fine. */
void watch_stop(struct watch *w);

/* The bundle that waits for this role, now the caller's, and what was found; NULL: none. */
struct bundle *watch_take(struct watch *w, const char *role, struct found *found);

/* What looks for this role came to since the last call. */
void watch_count(struct watch *w, const char *role, int64_t n[WATCH_RESULT_N]);

#endif
