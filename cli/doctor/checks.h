/* SPDX-License-Identifier: MIT */
/* checks.h -- what absa doctor looks at. Each adds findings and fails only for
 * want of memory: what is wrong with the world is a finding. */
#ifndef CLI_DOCTOR_CHECKS_H
#define CLI_DOCTOR_CHECKS_H

#include <stdint.h>

#include "cli/doctor/report.h"
#include "cli/pipeline.h"
#include "kafka/admin.h"
#include "kafka/reader.h"
#include "kafka/topics.h"

struct notify_props;
struct sink_conf;
struct receivers;

struct doctor {
    struct report report;
    const struct pipeline_conf *conf;
    const struct notify_props *notify;
    const struct receivers *receivers;
    const struct sink_conf *sink; /* its database alone */
    const char *same_conf;        /* " -c FILE" for commands that help; "": none was given      */
    const char *same;             /* the same with " -b HOST:PORT" and a prefix that is not usual */
    const char *dir;              /* where the programs run */
    int64_t timeout_ms;           /* for the first answer   */
    struct kafka_conf kafka;
    struct kafka_admin *admin;
    bool embedded; /* a broker in memory: it keeps no positions */
    struct kafka_names names;
    int32_t parts[TOPIC_N]; /* as the cluster has them; 0: no such topic */
};

/* Memory, disk, cores, open files, clock. */
void check_machine(struct doctor *d);

/* The libraries that run, the bundle and its golden rows, the baseline, the key. */
void check_model(struct doctor *d);

/* Is the cluster there, are its topics as planned, can it do transactions? Opens
 * d->admin; false: no use asking on. */
bool check_kafka(struct doctor *d);

/* Who is told of alerts, and do their servers take us? */
void check_receivers(struct doctor *d);

/* Is the database of absa sink there, with our tables, and may the sink write into them? */
void check_database(struct doctor *d);

/* How far each stage is behind, what was refused, what is held. */
void check_work(struct doctor *d);

#endif
