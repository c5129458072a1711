/* SPDX-License-Identifier: MIT */
/* service.h -- what every consumer's main() shares beyond app.h: a stage on Kafka
 * that obeys its signals.
 *
 *     SIGTERM, SIGINT   commits what was processed, gives its partitions back, ends
 *                       with 0 within 10 s (75 if the broker holds it up); the same
 *                       signal again ends it at once, which loses nothing
 *     SIGHUP            reads the configuration anew; takes all of it over between two
 *                       transactions, or keeps the old and logs why. What may change
 *                       says docs/CONFIGURATION.md, column SIGHUP
 *     SIGUSR1           one line of the log that says where it stands
 *     SIGPIPE           is no matter
 *
 * Once nothing more is to be committed, closing may take 5 s, no more. */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "app/app.h"
#include "flow/flow.h"

/* What a consumer is made of; all borrowed. */
struct service {
    const struct flow_conf *consumer;
    const struct kafka_topics *topics;
    const struct effects *effects; /* NULL: it has none */
    bool from_start;
    const struct flow_between *between; /* NULL: nothing */

    /* Makes the stage of the properties as they are now, after a reload. NULL: no
     * property of the stage's own may change under way. */
    enum status (*make)(void *ctx, struct stage *out, struct err *err);
    void *ctx;
};

/* SIGHUP: app_reload(), and the log says what came of it. */
MUST_USE enum status service_reload(struct app_run *run, struct err *err);

/* Runs the stage until a signal ends it; as flow_run(). After a reload *stage may be
 * another one: the old one is closed then. */
MUST_USE enum status service_run(const struct service *s, struct app_run *run, struct stage *stage,
                                 struct err *err);

#endif
