/* SPDX-License-Identifier: MIT */
/* config.h -- the properties of absa console. */
#ifndef CONSOLE_CONFIG_H
#define CONSOLE_CONFIG_H

#include <stdint.h>

#include "conf/conf.h"

enum { CONSOLE_PORT = 8707 };

/* Section "Console". */
struct console_conf {
    int64_t http_port;
    const char *address;
    const char *hosts;
    const char *token;
    int64_t keep_ms;
    int64_t memory;
    const char *database;
    const char *password;
    const char *baseline;
    const char *bundle;
    int log_format; /* enum log_format */
    int log_level;  /* enum log_level  */
};

extern const struct conf_prop console_props[];

/* Refuses what a start would refuse: for the check of the program's configuration. */
void console_conf_check(struct conf *conf, const struct console_conf *c);

#endif
