/* SPDX-License-Identifier: MIT */
#include "cli/up/scrape.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_MAX = 256 * 1024, LINE_BYTES_MAX = 512, TIMEOUT_US = 500000 };

static bool starts(struct slice s, const char *with)
{
    size_t n = strlen(with);

    return s.n >= n && memcmp(s.p, with, n) == 0;
}

/* The number behind the last space of a line. */
static double value_of(struct slice line)
{
    char text[LINE_BYTES_MAX];
    size_t at = line.n;

    while (at > 0 && line.p[at - 1] != ' ')
        at--;
    snprintf(text, sizeof(text), "%.*s", (int)(line.n - at), line.p + at);
    return strtod(text, NULL);
}

static bool holds(struct slice s, const char *word)
{
    const size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.n; i++) {
        if (memcmp(s.p + i, word, n) == 0)
            return true;
    }
    return false;
}

static void take_line(struct slice line, struct figures *out)
{
    static const struct {
        const char *metric;
        size_t at; /* in struct figures */
    } sums[] = {
        { "absa_records_total", offsetof(struct figures, records) },
        { "absa_consumer_lag", offsetof(struct figures, lag) },
        { "absa_store_lag", offsetof(struct figures, lag) },
        { "absa_store_rows_total", offsetof(struct figures, wrote) },
        { "absa_comments_total", offsetof(struct figures, wrote) },
        { "absa_scores_total", offsetof(struct figures, wrote) },
        { "absa_pane_batches_total", offsetof(struct figures, wrote) },
        { "absa_windows_total", offsetof(struct figures, wrote) },
        { "absa_dead_total", offsetof(struct figures, dead) },
    };

    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        if (starts(line, sums[i].metric))
            *(int64_t *)((char *)out + sums[i].at) += (int64_t)value_of(line);
    }
    if (starts(line, "absa_notifications_total"))
        *(holds(line, "result=\"sent\"") ? &out->wrote : &out->untold) += (int64_t)value_of(line);
    if (starts(line, "absa_watermark_timestamp_seconds")) {
        int64_t ms = (int64_t)(value_of(line) * 1e3);

        if (out->watermark_ms == INT64_MIN || ms < out->watermark_ms)
            out->watermark_ms = ms;
    }
}

void scrape_parse(struct slice text, struct figures *out)
{
    *out = (struct figures){ .watermark_ms = INT64_MIN };
    while (text.n > 0)
        take_line(slice_cut(&text, '\n'), out);
}

static size_t read_answer(int fd, char *into, size_t max)
{
    size_t n = 0;
    ssize_t got;

    while (n < max && (got = recv(fd, into + n, max - n, 0)) > 0)
        n += (size_t)got;
    return n;
}

bool scrape(int port, struct figures *out)
{
    static const char question[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
                                   "Connection: close\r\n\r\n";
    const struct sockaddr_in a = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct timeval patience = { 0, TIMEOUT_US };
    char *answer = malloc(ANSWER_MAX);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t n = 0;

    if (answer && fd >= 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
        connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0 &&
        send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL) == sizeof(question) - 1)
        n = read_answer(fd, answer, ANSWER_MAX);
    bool ok = starts((struct slice){ answer, n }, "HTTP/1.1 200");
    if (ok)
        scrape_parse((struct slice){ answer, n }, out);
    if (fd >= 0)
        close(fd);
    free(answer);
    return ok;
}
