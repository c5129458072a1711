/* SPDX-License-Identifier: MIT */
/* config.h -- the properties of absa sink. */
#ifndef SINK_CONFIG_H
#define SINK_CONFIG_H

#include <stdint.h>

#include "conf/conf.h"

/* Sections "Database" and "Sink". */
struct sink_conf {
    const char *database;
    const char *password;
    double scores_share;
    int64_t keep_ms;
    int64_t keep_scores_ms;
    int64_t commit_interval_ms;
    int64_t batch_records;
    int64_t batch_bytes;
    int64_t http_port;
    int log_format; /* enum log_format */
    int log_level;  /* enum log_level  */
};

extern const struct conf_prop sink_database_props[];
extern const struct conf_prop sink_props[];

/* Refuses what a start would refuse: for the check of the program's configuration. */
void sink_conf_check(struct conf *conf, const struct sink_conf *c);

#endif
