/* SPDX-License-Identifier: MIT */
#include "dump.h"

#include "support/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 24 };

static void add_hex(struct buf *out, struct slice s)
{
    static const char digits[] = "0123456789abcdef";

    buf_byte(out, ' ');
    buf_byte(out, s.p ? '=' : '-');
    for (size_t i = 0; s.p && i < s.n; i++) {
        buf_byte(out, digits[(unsigned char)s.p[i] >> 4]);
        buf_byte(out, digits[(unsigned char)s.p[i] & 15]);
    }
}

static void add_record(const struct check_log *log, const struct stage_rec *r, size_t i,
                       struct buf *out)
{
    buf_fmt(out, "%s %d %" PRId64 " %" PRId64, topic_table[r->topic].name, (int)r->part, r->offset,
            check_log_time(log, r->topic, r->part, i));
    add_hex(out, r->key);
    add_hex(out, r->value);
    for (size_t h = 0; h < r->nhdr; h++) {
        add_hex(out, r->hdr[h].name);
        add_hex(out, r->hdr[h].value);
    }
    buf_byte(out, '\n');
}

void dump_log(const struct check_log *log, struct buf *out)
{
    for (int t = 0; t < TOPIC_N; t++) {
        for (int32_t p = 0; p < check_log_topology(log)->parts[t]; p++) {
            for (size_t i = 0; i < check_log_n(log, (enum topic_id)t, p); i++)
                add_record(log, check_log_at(log, (enum topic_id)t, p, i), i, out);
        }
    }
}

static int digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* In place: the bytes of "=6162" are put over its text. */
static struct slice take_hex(struct slice word)
{
    char *to = (char *)(uintptr_t)word.p; /* NOLINT(performance-no-int-to-ptr): ours to write */
    size_t n = word.n / 2;

    if (word.n == 0 || word.p[0] == '-')
        return (struct slice){ NULL, 0 };
    for (size_t i = 0; i < n; i++)
        to[i] = (char)(digit(word.p[1 + 2 * i]) << 4 | digit(word.p[2 + 2 * i]));
    return (struct slice){ to, n };
}

static size_t split(struct slice line, struct slice *word)
{
    size_t n = 0;

    for (size_t from = 0, i = 0; i <= line.n; i++) {
        if (i < line.n && line.p[i] != ' ')
            continue;
        assert_true(n < WORDS_MAX);
        word[n++] = (struct slice){ line.p + from, i - from };
        from = i + 1;
    }
    return n;
}

static int64_t number(struct slice s)
{
    int64_t n = 0;

    assert_true(slice_to_int64(s, &n));
    return n;
}

static void read_record(struct slice line, struct check_log *log)
{
    struct slice word[WORDS_MAX] = { { NULL, 0 } };
    struct hdr hdr[WORDS_MAX / 2];
    struct out_rec rec = { .hdr = hdr };
    struct err err = { 0 };
    size_t n = split(line, word);
    int topic = 0;

    assert_true(n >= 6 && n % 2 == 0);
    while (topic < TOPIC_N && !slice_is(word[0], topic_table[topic].name))
        topic++;
    assert_int_not_equal(topic, TOPIC_N);
    rec.topic = (enum topic_id)topic;
    rec.part = (int32_t)number(word[1]);
    rec.key = take_hex(word[4]);
    rec.value = take_hex(word[5]);
    for (size_t i = 6; i < n; i += 2)
        hdr[rec.nhdr++] = (struct hdr){ take_hex(word[i]), take_hex(word[i + 1]) };
    check_log_skip(log, rec.topic, rec.part, number(word[2]));
    assert_int_equal(check_log_append(log, &rec, number(word[3]), &err), ST_OK);
}

void dump_read(struct slice text, struct check_log *log)
{
    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n);

        assert_non_null(end);
        read_record((struct slice){ text.p, (size_t)(end - text.p) }, log);
        text.n -= (size_t)(end + 1 - text.p);
        text.p = end + 1;
    }
}

struct slice dump_fact(struct slice facts, const char *name)
{
    size_t len = strlen(name);

    while (facts.n > 0) {
        const char *end = memchr(facts.p, '\n', facts.n);
        size_t n = end ? (size_t)(end - facts.p) : facts.n;

        if (n > len && memcmp(facts.p, name, len) == 0 && facts.p[len] == '=')
            return (struct slice){ facts.p + len + 1, n - len - 1 };
        facts.p += end ? n + 1 : n;
        facts.n -= end ? n + 1 : n;
    }
    fail_msg("there is no fact %s", name);
    return (struct slice){ NULL, 0 };
}

int64_t dump_number(struct slice facts, const char *name)
{
    return number(dump_fact(facts, name));
}
