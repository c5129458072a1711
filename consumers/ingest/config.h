/* SPDX-License-Identifier: MIT */
/* config.h -- the properties of ingest, and the conf that they make. */
#ifndef CONSUMERS_INGEST_CONFIG_H
#define CONSUMERS_INGEST_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "consumers/ingest/stage.h"

/* Section "Times": import reads it too. */
struct ingest_times {
    int unit; /* enum time_unit */
};

/* Section "Ingest". */
struct ingest_props {
    int64_t skew_ms;
    int64_t step_ms;
    int64_t idle_ms;
    const char *user_key_file;
    int raw_time; /* enum source_kind */
    struct ingest_times times;
};

extern const struct conf_prop ingest_props[];
extern const struct conf_prop ingest_times_props[];

/* Refuses (conf_refuse()) a key file that cannot be used. */
void ingest_props_check(const struct ingest_props *props, struct conf *conf);

/* Fills out and reads the key file: 32 bytes, or 64 hex digits and perhaps a
 * newline. Without one: all zero when keyless is true (pipe, backtest), for the
 * caller to say so; else ST_FATAL "config: ...", as for
 * a file that others may read or that is no key. */
MUST_USE enum status ingest_conf_take(const struct ingest_props *props, bool keyless,
                                      struct ingest_conf *out, struct err *err);

#endif
