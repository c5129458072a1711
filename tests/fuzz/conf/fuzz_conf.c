/* SPDX-License-Identifier: MIT */
/* The configuration reader must never crash, leak or accept a number outside its range,
 * and what it prints must read back without an error that was not there before. */
#include <stdlib.h>

#include "conf/conf.h"

struct demo {
    int64_t pane_ms;
    int64_t bytes;
    double alpha;
    const char *topic;
    const char *password;
    bool loud;
    int role;
};

static struct demo demo;

static const struct conf_prop props[] = {
    { .name = "pane.ms",
      .type = CONF_MS,
      .at = offsetof(struct demo, pane_ms),
      .dflt = "60s",
      .min = 1000,
      .max = 86400000,
      .doc = "Pane." },
    { .name = "bytes",
      .type = CONF_SIZE,
      .at = offsetof(struct demo, bytes),
      .dflt = "1M",
      .min = 1,
      .max = 1 << 30,
      .doc = "Bytes." },
    { .name = "alpha",
      .type = CONF_DOUBLE,
      .at = offsetof(struct demo, alpha),
      .dflt = "0.5",
      .max = 1,
      .doc = "Alpha." },
    { .name = "topic",
      .type = CONF_STR,
      .at = offsetof(struct demo, topic),
      .dflt = "a",
      .doc = "Topic." },
    { .name = "password",
      .type = CONF_SECRET,
      .at = offsetof(struct demo, password),
      .dflt = "",
      .doc = "Password." },
    { .name = "loud",
      .type = CONF_BOOL,
      .at = offsetof(struct demo, loud),
      .dflt = "false",
      .doc = "Loud." },
    { .name = "role",
      .type = CONF_CHOICE,
      .at = offsetof(struct demo, role),
      .dflt = "pane",
      .choices = "pane|judge",
      .doc = "Role." },
    { .name = NULL },
};
static const struct conf_section sections[] = {
    { "demo", props, &demo },
    { NULL, NULL, NULL },
};

static const char *const names[] = { "demo", "other", NULL };
static const char *const shared[] = { "topic", "pane.ms", NULL };
static const struct conf_scope scope = { "demo", names, shared, names + 1 };

static void check_ranges(void)
{
    if (demo.pane_ms < 1000 || demo.pane_ms > 86400000 || demo.bytes < 1 || demo.bytes > 1 << 30 ||
        !(demo.alpha >= 0 && demo.alpha <= 1) || demo.role < 0 || demo.role > 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf *c = conf_new(sections, "kafka.");
    struct err err = { 0 };
    struct buf out;

    if (!c)
        return 0;
    buf_init(&out, 8 << 20);
    conf_scope(c, &scope);
    conf_read(c, (struct slice){ (const char *)data, size }, "fuzz");
    for (size_t i = 0; conf_secret_file(c, i); i++)
        conf_secret(c, i, slice_str("s3cr3t"), NULL);
    check_ranges();
    if (conf_finish(c, &err) == ST_OK) {
        conf_print(c, &out);
        struct conf *again = conf_new(sections, "kafka.");

        conf_read(again, buf_slice(&out), "again");
        if (conf_finish(again, &err) != ST_OK)
            abort();
        check_ranges();
        conf_free(again);
    }
    buf_release(&out);
    conf_free(c);
    return 0;
}
