/* SPDX-License-Identifier: MIT */
/* Log lines, metrics, health, and the pages over a real socket. */
#include "support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "obs/http.h"
#include "obs/log.h"

static void expect_line(enum log_format format, const struct log_field *f, size_t n,
                        const char *want)
{
    struct buf b;

    buf_init(&b, 4096);
    log_render(format, LOG_WARN, "partition lost", f, n, &b);
    buf_byte(&b, '\0');
    assert_false(buf_failed(&b));
    assert_string_equal(b.p, want);
    buf_release(&b);
}

static void test_log_levels(void **state)
{
    (void)state;
    assert_int_equal(log_least(-1, LOG_DEBUG), LOG_ERROR);
    assert_int_equal(log_least(0, LOG_WARN), LOG_WARN);
    assert_int_equal(log_least(2, LOG_WARN), LOG_DEBUG);
}

static void test_log_lines(void **state)
{
    const struct log_field f[] = { { 0 },
                                   LOG_INT("part", 3),
                                   LOG_STR("group", "a b"),
                                   LOG_STR("plain", "absa.raw"),
                                   LOG_STR("nasty", "q\"\\\n\x01"),
                                   LOG_STR("none", NULL),
                                   LOG_DOUBLE("lag", 1.5) };

    (void)state;
    expect_line(LOG_LOGFMT, f, sizeof(f) / sizeof(f[0]),
                " level=warn msg=\"partition lost\" part=3 group=\"a b\" plain=absa.raw "
                "nasty=\"q\\\"\\\\\\n\\u0001\" none=\"\" lag=1.5");
    expect_line(
        LOG_JSON, f, sizeof(f) / sizeof(f[0]),
        ",\"level\":\"warn\",\"msg\":\"partition lost\",\"part\":3,\"group\":\"a b\","
        "\"plain\":\"absa.raw\",\"nasty\":\"q\\\"\\\\\\n\\u0001\",\"none\":\"\",\"lag\":1.5");
}

static void test_metrics(void **state)
{
    struct metrics *m = metrics_new("score", "score-0", "0.1.0");
    struct buf b;

    (void)state;
    assert_non_null(m);
    metrics_set(m, METRIC_LAG, 2, 17);
    metrics_set(m, METRIC_LAG, 3, 1);
    metrics_add(m, METRIC_COMMITS, METRIC_NO_LABEL, 1);
    metrics_add(m, METRIC_COMMITS, METRIC_NO_LABEL, 2);
    buf_init(&b, 1 << 20);
    metrics_render(m, &b);
    buf_byte(&b, '\0');
    assert_non_null(strstr(b.p, "\nabsa_consumer_lag{stage=\"score\",partition=\"2\"} 17\n"));
    assert_non_null(strstr(b.p, "\nabsa_commits_total{stage=\"score\"} 3\n"));
    assert_non_null(strstr(b.p, "\nabsa_aborts_total{stage=\"score\"} 0\n"));
    assert_non_null(strstr(b.p, "absa_dead_total{stage=\"score\",reason=\"killer\"} 0\n"));
    assert_non_null(strstr(b.p, "absa_build_info{version=\"0.1.0\",stage=\"score\""));
    metrics_forget(m, METRIC_LAG, 3);
    buf_clear(&b);
    metrics_render(m, &b);
    buf_byte(&b, '\0');
    assert_non_null(strstr(b.p, "partition=\"2\""));
    assert_null(strstr(b.p, "partition=\"3\""));
    metrics_clear(m, METRIC_LAG);
    buf_clear(&b);
    metrics_render(m, &b);
    buf_byte(&b, '\0');
    assert_null(strstr(b.p, "partition=\"2\""));
    buf_release(&b);
    metrics_free(m);
}

static void test_health(void **state)
{
    struct health *h = health_new();
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    assert_true(health_alive(h));
    assert_false(health_render(h, &b)); /* nothing was checked yet */
    health_set(h, "assigned", false, "no \"partitions\"");
    health_info(h, "note", "");
    buf_clear(&b);
    assert_false(health_render(h, &b));
    buf_byte(&b, '\0');
    assert_string_equal(b.p, "{\"ready\": false, \"checks\": ["
                             "{\"name\": \"assigned\", \"ok\": false, \"why\": \"no "
                             "\\\"partitions\\\"\"}, {\"name\": \"note\", \"ok\": true, \"why\": "
                             "\"\"}]}\n");
    health_set(h, "assigned", true, "");
    assert_true(health_render(h, &b));
    health_set(h, "mail", false, "held");
    assert_false(health_render(h, &b));
    health_forget(h, "mail");
    health_forget(h, "nobody");
    assert_true(health_render(h, &b));
    health_away(h, 60000);
    assert_true(health_alive(h));
    health_away(h, -HEALTH_BEAT_MS);
    assert_false(health_alive(h));
    health_beat(h);
    assert_true(health_alive(h));
    buf_release(&b);
    health_free(h);
}

/* Sends text to the server and takes the status code of its answer; all of the
 * answer is in reply. */
static int ask(uint16_t port, const char *text, char *reply, size_t cap)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int s = socket(AF_INET, SOCK_STREAM, 0);
    size_t n = 0;
    ssize_t got;

    assert_int_equal(connect(s, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(write(s, text, strlen(text)), strlen(text));
    while (n + 1 < cap && (got = read(s, reply + n, cap - 1 - n)) > 0)
        n += (size_t)got;
    reply[n] = '\0';
    close(s);
    return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? (int)strtol(reply + 9, NULL, 10) : 0;
}

#define END "Host: localhost\r\nConnection: close\r\n\r\n"

static void test_pages(void **state)
{
    static char reply[1 << 17];
    struct metrics *m = metrics_new("toy", "toy-0", "0.1.0");
    struct health *h = health_new();
    const struct http_pages pages = { m, h, "0.1.0" };
    const char *pane = NULL;
    const struct conf_prop props[] = { { .name = "pane", .dflt = "60s" }, { .name = NULL } };
    const struct conf_section sections[] = { { "Toy", props, &pane }, { NULL, NULL, NULL } };
    struct conf *conf = conf_new(sections, NULL);
    struct http *http;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(http_start(0, &pages, &http, &err), ST_OK);
    uint16_t port = http_port(http);
    assert_int_equal(ask(port, "GET /metrics HTTP/1.1\r\n" END, reply, sizeof(reply)), 200);
    assert_non_null(strstr(reply, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    assert_non_null(strstr(reply, "process_resident_memory_bytes"));
    assert_int_equal(ask(port, "GET /healthz HTTP/1.1\r\n" END, reply, sizeof(reply)), 200);
    assert_int_equal(ask(port, "GET /readyz HTTP/1.1\r\n" END, reply, sizeof(reply)), 503);
    health_set(h, "assigned", true, "");
    assert_int_equal(ask(port, "GET /readyz HTTP/1.1\r\n" END, reply, sizeof(reply)), 200);
    assert_int_equal(ask(port, "HEAD /version HTTP/1.1\r\n" END, reply, sizeof(reply)), 200);
    assert_null(strstr(reply, "\r\n\r\n0.1.0"));
    assert_int_equal(
        ask(port, "POST /metrics HTTP/1.1\r\nContent-Length: 0\r\n" END, reply, sizeof(reply)),
        405);
    assert_int_equal(ask(port, "GET /nothing HTTP/1.1\r\n" END, reply, sizeof(reply)), 404);
    assert_int_equal(ask(port, "GET /config HTTP/1.1\r\n" END, reply, sizeof(reply)), 404);
    assert_int_equal(http_show_config(http, conf, &err), ST_OK);
    conf_option(conf, "pane=30s");
    assert_int_equal(http_show_config(http, conf, &err), ST_OK);
    assert_int_equal(ask(port, "GET /config HTTP/1.1\r\n" END, reply, sizeof(reply)), 200);
    assert_non_null(strstr(reply, "\npane = 30s"));
    assert_null(strstr(reply, "pane = 60s"));
    assert_int_equal(ask(port,
                         "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n"
                         "Connection: close\r\n\r\n",
                         reply, sizeof(reply)),
                     421);
    struct http *second;
    assert_int_equal(http_start(port, &pages, &second, &err), ST_FATAL);
    http_stop(http);
    conf_free(conf);
    health_free(h);
    metrics_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_levels), cmocka_unit_test(test_log_lines),
        cmocka_unit_test(test_metrics),    cmocka_unit_test(test_health),
        cmocka_unit_test(test_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
