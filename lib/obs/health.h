/* SPDX-License-Identifier: MIT */
/* health.h -- is the process alive, and is it of use?
 *
 * Alive: its main loop ticked within the last 10 s; Kafka's absence does not
 * matter, or a broken broker would restart every consumer for ever. Ready: all
 * checks that were named are met; each unmet one says why. */
#ifndef OBS_HEALTH_H
#define OBS_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { HEALTH_CHECKS_MAX = 16, HEALTH_WHY_MAX = 160, HEALTH_BEAT_MS = 10000 };

struct health;

/* NULL: out of memory. */
struct health *health_new(void);
void health_free(struct health *h);

/* The main loop came round. */
void health_beat(struct health *h);

/* The main loop goes into a call that ends by itself within ms: until then, and
 * HEALTH_BEAT_MS more, its silence is no sign of death. */
void health_away(struct health *h, int64_t ms);
bool health_alive(struct health *h);

/* Sets a check; name is a constant, why is copied and may be "". */
void health_set(struct health *h, const char *name, bool ok, const char *why);

/* The same for what only informs and never makes a process unready. */
void health_info(struct health *h, const char *name, const char *what);

/* Takes a check out again; one that is not there is fine. */
void health_forget(struct health *h, const char *name);

/* {"ready": true, "checks": [{"name": "assigned", "ok": true, "why": ""}, ...]};
 * returns ready. Without any check it is not. */
bool health_render(struct health *h, struct buf *out);

#endif
