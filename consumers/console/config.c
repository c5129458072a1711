/* SPDX-License-Identifier: MIT */
#include "consumers/console/config.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "store/store.h"

/* clang-format off */
const struct conf_prop console_props[] = {
    { .name = "http.port", .type = CONF_INT, .at = offsetof(struct console_conf, http_port), .dflt = "8707", .min = 0, .max = 65535,
      .doc = "Port of the page, and of /metrics, /healthz, /readyz, /config and /version; 0: any that is free." },
    { .name = "console.address", .type = CONF_STR, .at = offsetof(struct console_conf, address), .dflt = "127.0.0.1",
      .doc = "Address to listen on. Other than 127.0.0.1 and ::1 only with console.token, and behind a proxy that does TLS." },
    { .name = "console.hosts", .type = CONF_STR, .at = offsetof(struct console_conf, hosts), .dflt = "",
      .doc = "Names, by commas, under which a proxy asks; what else stands in a Host header is refused." },
    { .name = "console.token", .type = CONF_SECRET, .at = offsetof(struct console_conf, token), .dflt = "",
      .doc = "What a request has to bring as Authorization: Bearer." },
    { .name = "console.keep.ms", .type = CONF_MS, .at = offsetof(struct console_conf, keep_ms), .dflt = "24h", .min = 60000, .max = 3153600000000.0,
      .doc = "How much of the past is kept and shown at once, by the records' own time." },
    { .name = "console.memory", .type = CONF_SIZE, .at = offsetof(struct console_conf, memory), .dflt = "40M", .min = 1048576, .max = 1073741824,
      .doc = "Most bytes of windows and alerts that are kept; the oldest windows go first." },
    { .name = "console.database", .type = CONF_STR, .at = offsetof(struct console_conf, database), .dflt = "",
      .doc = "Where absa sink writes, as libpq takes it, for a login with absa_reader: what lies further back is shown too. Empty: none." },
    { .name = "console.password", .type = CONF_SECRET, .at = offsetof(struct console_conf, password), .dflt = "",
      .doc = "Password there." },
    { .name = "drift.baseline", .type = CONF_STR, .at = offsetof(struct console_conf, baseline), .dflt = "",
      .doc = "File of the baseline whose histograms are shown; empty: the one of the bundle." },
    { .name = "score.bundle", .type = CONF_STR, .at = offsetof(struct console_conf, bundle), .dflt = "",
      .doc = "Folder of the model whose card is shown; empty: $ABSA_BUNDLE, else the default bundle." },
    { .name = "log.format", .type = CONF_CHOICE, .at = offsetof(struct console_conf, log_format), .dflt = "logfmt", .choices = "logfmt|json",
      .doc = "How log lines look.", .reload = CONF_LIVE },
    { .name = "log.level", .type = CONF_CHOICE, .at = offsetof(struct console_conf, log_level), .dflt = "info", .choices = "error|warn|info|debug",
      .doc = "Least important lines that are logged; -q means error, -v debug.", .reload = CONF_LIVE },
    { .name = NULL },
};
/* clang-format on */

static bool is_loopback(const char *address)
{
    return strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0;
}

void console_conf_check(struct conf *conf, const struct console_conf *c)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    struct err err = { 0 };

    if (inet_pton(AF_INET, c->address, bytes) != 1 && inet_pton(AF_INET6, c->address, bytes) != 1) {
        (void)err_set(&err, ST_FATAL, "config: %.60s is no address", c->address);
        conf_refuse(conf, "console.address", &err);
    } else if (!is_loopback(c->address) && c->token[0] == '\0') {
        (void)err_set(&err, ST_FATAL, "config: %.60s can be reached by others: set console.token",
                      c->address);
        conf_refuse(conf, "console.address", &err);
    }
    if (c->database[0] != '\0' && store_check(c->database, &err) != ST_OK)
        conf_refuse(conf, "console.database", &err);
}
