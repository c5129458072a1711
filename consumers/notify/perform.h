/* SPDX-License-Identifier: MIT */
/* perform.h -- a message goes out: the impure half of absa-notify. */
#ifndef CONSUMERS_NOTIFY_PERFORM_H
#define CONSUMERS_NOTIFY_PERFORM_H

#include "consumers/notify/config.h"
#include "notify/render.h"

/* The performer of struct effects; ctx is an array of pointers to receivers, by
 * the number that a message has. */
void notify_perform(void *ctx, const struct effect *e, struct effect_result *res);

/* Tells one receiver. */
void notify_tell(const struct receiver *r, const struct message *m, struct effect_result *res);

#endif
