/* SPDX-License-Identifier: MIT */
/* A second reading beside the one in force: it touches nothing until it is exchanged, and the
 * comparison names every difference without a secret. */
#include <stdio.h>
#include <string.h>

#include "conf/twin.h"
#include "support/check.h"

struct demo {
    const char *topic;
    const char *password;
    int64_t pane_ms;
    bool loud;
    int role;
    double alpha;
    int64_t other; /* no property fills it */
};

struct member {
    const char *name;
    const char *url;
};

static struct demo demo;
static struct member members[4];
static struct conf_family family;

/* clang-format off */
static const struct conf_prop props[] = {
    { .name = "topic", .type = CONF_STR, .at = offsetof(struct demo, topic), .dflt = "a", .doc = "T." },
    { .name = "password", .type = CONF_SECRET, .at = offsetof(struct demo, password), .dflt = "", .doc = "P.", .reload = CONF_LIVE },
    { .name = "pane.ms", .type = CONF_MS, .at = offsetof(struct demo, pane_ms), .dflt = "60s", .min = 1, .max = 1e9, .doc = "M.", .reload = CONF_RUN },
    { .name = "loud", .type = CONF_BOOL, .at = offsetof(struct demo, loud), .dflt = "false", .doc = "L.", .reload = CONF_LIVE },
    { .name = "role", .type = CONF_CHOICE, .at = offsetof(struct demo, role), .dflt = "x", .choices = "x|y", .doc = "R.", .reload = CONF_LIVE },
    { .name = "alpha", .type = CONF_DOUBLE, .at = offsetof(struct demo, alpha), .dflt = "0.5", .min = 0, .max = 1, .doc = "A.", .reload = CONF_LIVE },
    { .name = NULL },
};
static const struct conf_prop member_props[] = {
    { .name = "to.*.url", .type = CONF_STR, .at = offsetof(struct member, url), .dflt = "none", .doc = "U.", .reload = CONF_LIVE },
    { .name = NULL },
};
static const struct conf_section sections[] = {
    { "demo", props, &demo },
    { "to", member_props, &family },
    { NULL, NULL, NULL },
};
/* clang-format on */

static struct conf *now;
static char list[2000];

static int setup(void **state)
{
    (void)state;
    memset(&demo, 0, sizeof(demo));
    demo.other = 77;
    family = (struct conf_family){
        .v = members, .size = sizeof(members[0]), .max = 4, .name_at = offsetof(struct member, name)
    };
    now = conf_new(sections, "kafka.");
    conf_option(now, "topic=first");
    conf_option(now, "to.mail.url=one");
    conf_option(now, "kafka.a=1");
    list[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    conf_free(now);
    return 0;
}

static void note(void *ctx, const struct conf_change *c)
{
    static const char *const words[] = { "restart", "live", "run" };
    size_t n = strlen(list);

    (void)ctx;
    (void)snprintf(list + n, sizeof(list) - n, "%s: %s>%s %s\n", c->name,
                   c->before ? c->before : "-", c->after ? c->after : "-", words[c->reload]);
}

static void nothing_moves_before_the_exchange(void **state)
{
    struct conf_twin *twin = conf_twin_new(sections, "kafka.");
    struct conf *next = conf_twin_conf(twin);
    struct err err = { 0 };

    (void)state;
    conf_option(next, "topic=second");
    conf_option(next, "loud=true");
    conf_option(next, "role=y");
    conf_option(next, "alpha=0.25");
    conf_option(next, "pane.ms=5s");
    conf_option(next, "to.sms.url=two");
    conf_option(next, "to.mail.url=three");
    assert_int_equal(conf_finish(next, &err), ST_OK);
    assert_string_equal(demo.topic, "first");
    assert_false(demo.loud);
    assert_int_equal(family.n, 1);
    assert_string_equal(members[0].url, "one");

    conf_twin_exchange(twin);
    assert_string_equal(demo.topic, "second");
    assert_true(demo.loud);
    assert_int_equal(demo.role, 1);
    assert_true(demo.alpha > 0.2 && demo.alpha < 0.3);
    assert_int_equal(demo.pane_ms, 5000);
    assert_int_equal(demo.other, 77);
    assert_int_equal(family.n, 2);
    assert_string_equal(members[0].name, "sms");
    assert_string_equal(members[1].url, "three");

    conf_twin_exchange(twin);
    assert_string_equal(demo.topic, "first");
    assert_false(demo.loud);
    assert_int_equal(demo.pane_ms, 60000);
    assert_int_equal(family.n, 1);
    assert_string_equal(members[0].url, "one");
    conf_twin_free(twin);
}

static void the_comparison_names_every_difference(void **state)
{
    static char password[] = "ABSA_PASSWORD=hunter2";
    static char kafka[] = "ABSA_KAFKA_SASL_PASSWORD=hunter3";
    char *env[] = { password, kafka, NULL };
    struct conf_twin *twin = conf_twin_new(sections, "kafka.");
    struct conf *next = conf_twin_conf(twin);

    (void)state;
    conf_environment(next, env);
    conf_option(next, "topic=first");
    conf_option(next, "pane.ms=5s");
    conf_option(next, "to.sms.url=two");
    conf_option(next, "kafka.b=2");
    conf_compare(now, next, note, NULL);
    assert_string_equal(list, "password: >*** live\n"
                              "pane.ms: 60s>5s run\n"
                              "to.sms.url: ->two live\n"
                              "to.mail.url: one>- live\n"
                              "kafka.sasl.password: ->*** restart\n"
                              "kafka.b: ->2 restart\n"
                              "kafka.a: 1>- restart\n");
    list[0] = '\0';
    conf_compare(next, next, note, NULL);
    assert_string_equal(list, "");
    conf_twin_free(twin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_moves_before_the_exchange, setup, teardown),
        cmocka_unit_test_setup_teardown(the_comparison_names_every_difference, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
