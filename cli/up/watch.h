/* SPDX-License-Identifier: MIT */
/* watch.h -- looks at a run once a second, from a thread of its own: the stages'
 * /metrics, and the windows and alerts in their topics. */
#ifndef CLI_UP_WATCH_H
#define CLI_UP_WATCH_H

#include "cli/up/view.h"
#include "kafka/topics.h"

struct watch;

/* kafka and topics are borrowed. */
MUST_USE enum status watch_start(const struct kafka_conf *kafka, const struct kafka_topics *topics,
                                 struct watch **out, struct err *err);

/* What the supervisor knows of stage i; port 0: it is not running. */
void watch_stage(struct watch *w, size_t i, const char *name, int port, int restarts);

/* The newest view. */
void watch_view(struct watch *w, struct view *out);

/* Ends the thread and looks once more, at what was written last. A thread that hangs
 * in a question to a broker that is gone is left behind: for the end of a program. */
void watch_stop(struct watch *w, struct view *out);

#endif
