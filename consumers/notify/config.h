/* SPDX-License-Identifier: MIT */
/* config.h -- the properties of absa-notify, and what follows from them. */
#ifndef CONSUMERS_NOTIFY_CONFIG_H
#define CONSUMERS_NOTIFY_CONFIG_H

#include "conf/conf.h"
#include "consumers/notify/stage.h"
#include "net/smtp.h"

enum receiver_type { RECEIVER_SMTP, RECEIVER_SNS };

/* notify.receiver.<name>.* */
struct receiver {
    const char *name;
    int type; /* enum receiver_type */
    const char *url;
    const char *ca_file;
    const char *from;
    const char *to;
    int tls; /* enum smtp_tls */
    const char *user;
    const char *password;
    const char *topic_arn;
    const char *region;
    const char *access_key;
    const char *secret_key;
};

struct notify_props {
    const char *receivers;
    int min_severity;
    const char *group_by;
    int64_t group_wait_ms;
    int64_t repeat_ms;
    bool send_resolved;
};

extern const struct conf_prop notify_props[];
extern const struct conf_prop receiver_props[];

/* The receivers of a configuration, as conf fills them. */
struct receivers {
    struct receiver v[NOTIFY_RECEIVERS_MAX];
    struct conf_family family;
};

/* Makes the family point at v. */
void receivers_init(struct receivers *r);

/* The receiver called name, as it stands in where. ST_FATAL "config: ...": there is none; says
 * which may have been meant. */
MUST_USE enum status receivers_find(const struct receivers *r, const char *where, struct slice name,
                                    const struct receiver **out, struct err *err);

/* Checks what a table cannot: that each receiver has what its type needs, no bare
 * password over the network, and fills *conf; what is told in the order of
 * notify.receivers, chosen[i] being the i-th. ST_FATAL "config: ...". */
MUST_USE enum status notify_conf_take(const struct notify_props *props, const struct receivers *r,
                                      struct notify_conf *conf,
                                      const struct receiver *chosen[NOTIFY_RECEIVERS_MAX],
                                      struct err *err);

/* The addresses of a list with commas, each copied to a and checked. ST_FATAL "config: ...". */
MUST_USE enum status receiver_addresses(const struct receiver *r, struct arena *a,
                                        struct mail *mail, struct err *err);

#endif
