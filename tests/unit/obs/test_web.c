/* SPDX-License-Identifier: MIT */
/* Who gets an answer from the server, who does not, and that nobody wears it down. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "obs/web.h"
#include "support/check.h"

enum { REPLY_MAX = 1 << 16, SLOW = 300 };

static void on_page(void *ctx, const struct web_ask *ask, struct web_answer *a)
{
    const char *q = web_param(ask, "q");

    (void)ctx;
    if (strcmp(ask->path, "/events") == 0) {
        a->type = "text/event-stream";
        a->events = true;
    } else if (strcmp(ask->path, "/fixed") == 0) {
        a->fixed = slice_str("for ever");
    } else if (strcmp(ask->path, "/page") == 0) {
        buf_fmt(&a->body, "q is %s", q ? q : "not there");
    } else {
        a->code = 404;
        buf_str(&a->body, "none");
    }
}

static struct web *start(struct web_conf conf)
{
    struct web *w = NULL;
    struct err err = { 0 };

    conf.page = on_page;
    assert_int_equal(web_start(&conf, &w, &err), ST_OK);
    return w;
}

static int go_to(const struct web *w)
{
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons(web_port(w)),
                                    .sin_addr = { htonl(INADDR_LOOPBACK) } };
    const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(s >= 0);
    assert_int_equal(connect(s, (const struct sockaddr *)&at, sizeof(at)), 0);
    return s;
}

static void say(int s, const char *text)
{
    size_t at = 0;
    ssize_t n = 1;

    for (; n > 0 && at<strlen(text); at += n> 0 ? (size_t)n : 0)
        n = send(s, text + at, strlen(text) - at, MSG_NOSIGNAL);
}

/* Until the other side closes, or the text is there, or 30 s. */
static void hear(int s, const char *until, char reply[REPLY_MAX])
{
    size_t n = 0;
    ssize_t got = 1;

    reply[0] = '\0';
    while (got > 0 && n + 1 < REPLY_MAX && !(until && strstr(reply, until))) {
        struct pollfd p = { .fd = s, .events = POLLIN };

        assert_int_equal(poll(&p, 1, 30000), 1);
        got = read(s, reply + n, REPLY_MAX - 1 - n);
        n += got > 0 ? (size_t)got : 0;
        reply[n] = '\0';
    }
}

/* The code of the answer to a request, which is in reply. */
static int ask(const struct web *w, const char *text, char reply[REPLY_MAX])
{
    const int s = go_to(w);

    say(s, text);
    hear(s, NULL, reply);
    close(s);
    return strncmp(reply, "HTTP/1.", 7) == 0 ? (int)strtol(reply + 9, NULL, 10) : 0;
}

#define END "Host: localhost\r\nConnection: close\r\n\r\n"

static char reply[REPLY_MAX];

static void test_answers(void **state)
{
    struct web *w = start((struct web_conf){ .hosts = "absa.example,other.example" });

    (void)state;
    assert_int_equal(ask(w, "GET /page?q=a%20b HTTP/1.1\r\n" END, reply), 200);
    assert_non_null(strstr(reply, "\r\n\r\nq is a b"));
    assert_non_null(
        strstr(reply, "Content-Security-Policy: default-src 'none'; script-src 'self'"));
    assert_non_null(strstr(reply, "X-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(reply, "Cache-Control: no-store\r\n"));
    assert_int_equal(ask(w, "HEAD /fixed HTTP/1.1\r\n" END, reply), 200);
    assert_null(strstr(reply, "for ever"));
    assert_int_equal(ask(w, "GET /fixed HTTP/1.0\r\n\r\n", reply), 200);
    assert_int_equal(
        ask(w, "GET /page HTTP/1.1\r\nHost: absa.example:443\r\nConnection: close\r\n\r\n", reply),
        200);
    web_stop(w);
}

/* A request that gets this code, or 0: the connection is closed without one. */
static const struct {
    int code;
    const char *text;
} poison[] = {
    { 405, "POST /page HTTP/1.1\r\nContent-Length: 3\r\n" END "abc" },
    { 405, "TRACE /page HTTP/1.1\r\n" END },
    { 405, "DELETE /page HTTP/1.1\r\n" END },
    { 421, "GET /page HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n" },
    { 421, "GET /page HTTP/1.1\r\nHost: localhost.evil.example\r\nConnection: close\r\n\r\n" },
    { 421, "GET /page HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n" },
    { 400, "GET /page HTTP/1.1\r\n\r\n" },
    { 413, "GET /page HTTP/1.1\r\nContent-Length: 5\r\n" END "hello" },
    { 413, "GET /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END "0\r\n\r\n" },
    { 404, "GET /..%2f..%2fetc/passwd HTTP/1.1\r\n" END },
    { 404, "GET /%00 HTTP/1.1\r\n" END },
    { 404, "GET /page/ HTTP/1.1\r\n" END },
};

static void test_poison(void **state)
{
    struct web *w = start((struct web_conf){ .hosts = "other.example" });

    (void)state;
    for (size_t i = 0; i < sizeof(poison) / sizeof(poison[0]); i++) {
        if (ask(w, poison[i].text, reply) != poison[i].code)
            fail_msg("%s: %.60s", poison[i].text, reply);
    }
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\n" END, reply), 200);
    web_stop(w);
}

/* What is said of these is the library's choice; that it goes on is ours. */
static void test_nonsense(void **state)
{
    static const char *const texts[] = {
        "GET /page\r\n\r\n",
        "GET\r\n\r\n",
        "\r\n\r\n\r\n",
        "\x16\x03\x01\x02\x01\x01\xfc\x03\x03",
        "GET /page HTTP/9.9\r\n" END,
        "GET /page HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" END "0\r\n\r\n",
        "GET /page HTTP/1.1\r\nContent-Length: -1\r\n" END,
        "GET /page HTTP/1.1\r\n no name\r\n" END,
        "GET http://[::1 HTTP/1.1\r\n" END,
    };
    struct web *w = start((struct web_conf){ 0 });

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const int s = go_to(w);

        say(s, texts[i]);
        assert_int_equal(shutdown(s, SHUT_WR), 0);
        hear(s, NULL, reply);
        assert_null(strstr(reply, "q is not there"));
        close(s);
    }
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\n" END, reply), 200);
    web_stop(w);
}

static void test_too_long(void **state)
{
    static char text[1 << 20];
    struct web *w = start((struct web_conf){ 0 });
    const int head = (int)strlen("GET /page HTTP/1.1\r\nX: ");

    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    memcpy(text, "GET /page HTTP/1.1\r\nX: ", (size_t)head);
    int code = ask(w, text, reply);
    assert_true(code == 431 || code == 0); /* 0: closed while we still wrote */
    memset(text, 'a', sizeof(text) - 1);
    memcpy(text, "GET /", 5);
    code = ask(w, text, reply);
    assert_true(code == 414 || code == 0);
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\n" END, reply), 200);
    web_stop(w);
}

/* Connections that say a little and wait: far more than there is room for. */
static void test_slow(void **state)
{
    static int slow[SLOW];
    struct web *w = start((struct web_conf){ 0 });

    (void)state;
    for (int i = 0; i < SLOW; i++) {
        slow[i] = go_to(w);
        say(slow[i], "GET /page HTTP/1.1\r\nHost: lo");
    }
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask(w, "GET /page HTTP/1.1\r\n" END, reply), 200);
    hear(slow[0], NULL, reply); /* closed without a word */
    assert_string_equal(reply, "");
    for (int i = 0; i < SLOW; i++)
        close(slow[i]);
    web_stop(w);
}

/* A byte a second keeps no connection: a request has WEB_ASK_MS in all. */
static void test_trickle(void **state)
{
    const struct timespec pause = { .tv_nsec = 500 * 1000000L };
    struct web *w = start((struct web_conf){ 0 });
    const int s = go_to(w);
    struct pollfd p = { .fd = s, .events = POLLIN };
    int n = 0;

    (void)state;
    while (poll(&p, 1, 0) == 0 && n++ < 100) {
        say(s, "G");
        (void)nanosleep(&pause, NULL);
    }
    assert_true(n < 100);
    close(s);
    web_stop(w);
}

static void test_keep_alive(void **state)
{
    struct web *w = start((struct web_conf){ 0 });
    const int s = go_to(w);

    (void)state;
    for (int i = 0; i < WEB_REQUESTS; i++) {
        say(s, "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
        hear(s, "q is not there", reply);
        if ((strstr(reply, "Connection: close") != NULL) != (i == WEB_REQUESTS - 1))
            fail_msg("request %d: %s", i, reply);
    }
    close(s);
    web_stop(w);
}

/* Requests that do not wait for answers get them in their order, up to the first that is refused.
 */
static void test_pipelined(void **state)
{
    static const char text[] = "GET /page?q=one HTTP/1.1\r\nHost: localhost\r\n\r\n"
                               "GET /page?q=two HTTP/1.1\r\nHost: localhost\r\n\r\n"
                               "GET /page?q=bad HTTP/1.1\r\nHost: evil.example\r\n\r\n"
                               "GET /page?q=late HTTP/1.1\r\n" END;
    struct web *w = start((struct web_conf){ 0 });

    (void)state;
    assert_int_equal(ask(w, text, reply), 200);
    const char *first = strstr(reply, "q is one");
    assert_non_null(first);
    const char *second = strstr(first, "q is two");
    assert_non_null(second);
    assert_non_null(strstr(second, "HTTP/1.1 421"));
    assert_null(strstr(reply, "q is bad"));
    assert_null(strstr(reply, "q is late"));
    web_stop(w);
}

static void test_token(void **state)
{
    struct web *w = start((struct web_conf){ .token = "secret" });

    (void)state;
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\n" END, reply), 401);
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\nAuthorization: Bearer secre\r\n" END, reply),
                     401);
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\nAuthorization: Bearer secrets\r\n" END, reply),
                     401);
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\nAuthorization: Bearer \r\n" END, reply), 401);
    assert_int_equal(ask(w, "GET /page?token=secret HTTP/1.1\r\n" END, reply), 401);
    assert_int_equal(ask(w, "GET /page HTTP/1.1\r\nAuthorization: Bearer secret\r\n" END, reply),
                     200);
    web_stop(w);
}

static void test_events(void **state)
{
    struct web *w = start((struct web_conf){ 0 });
    int s[WEB_FOLLOWERS];

    (void)state;
    for (int i = 0; i < WEB_FOLLOWERS; i++) {
        s[i] = go_to(w);
        say(s[i], "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        hear(s[i], ": hello", reply);
    }
    assert_int_equal(ask(w, "GET /events HTTP/1.1\r\n" END, reply), 503);
    web_event(w, "news", slice_str("{\"n\":1}"));
    for (int i = 0; i < WEB_FOLLOWERS; i++)
        hear(s[i], "event: news\ndata: {\"n\":1}\n\n", reply);
    close(s[0]); /* makes room, once it is noticed */
    for (int code = 503, i = 0; code == 503 && i < 100; i++) {
        const struct timespec pause = { .tv_nsec = 100 * 1000000L };

        web_event(w, "news", slice_str("{\"n\":2}"));
        (void)nanosleep(&pause, NULL);
        s[0] = go_to(w);
        say(s[0], "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        hear(s[0], "\"n\":2", reply); /* a refusal ends before */
        code = strstr(reply, " 503 ") ? 503 : 200;
        if (code == 503)
            close(s[0]);
    }
    web_stop(w); /* ends those that follow */
    for (int i = 0; i < WEB_FOLLOWERS; i++)
        close(s[i]);
}

static void test_addresses(void **state)
{
    const struct web_conf none = { .address = "localhost", .page = on_page };
    struct web *w = start((struct web_conf){ .address = "127.0.0.2" });
    struct web *other = NULL;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(web_start(&none, &other, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: "));
    web_stop(w);
    web_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),    cmocka_unit_test(test_poison),
        cmocka_unit_test(test_nonsense),   cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_slow),       cmocka_unit_test(test_trickle),
        cmocka_unit_test(test_keep_alive), cmocka_unit_test(test_token),
        cmocka_unit_test(test_events),     cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_pipelined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
