/* SPDX-License-Identifier: MIT */
#include "crawls.h"

#include "support/check.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "producers/import/order.h"

/* After the crawls. */
#define NOW_MS INT64_C(1764000000000)

/* Now and then a comment is crawled again, two days later. */
#define AGAIN_MS INT64_C(172800000)

struct again {
    struct raw_record raw;
    char *value; /* NULL: none is waiting */
    char video[32];
    int64_t ms;
};

enum { LARGEST = 2 }; /* of the files */

static const char *const files[] = {
    "TTCommentExporter-7226101187500723498-201-comments.csv",
    "TTCommentExporter-7352578392337829166-68-comments.csv",
    "TTCommentExporter-7522631316479790391-3522-comments-replies.csv",
};

/* Takes the i-th row of a file. */
typedef void take_row(void *to, const struct raw_record *row, int i);

/* Hands on the first rows of the n-th file; false: it is not there. */
static bool read_rows(size_t n, int rows, take_row *take, void *to)
{
    const char *shared = getenv("ABSA_SHARED");
    struct err err = { 0 };
    struct split *split;
    struct raw_record rec;
    char path[4096];
    bool more = true;

    snprintf(path, sizeof(path), "%s/data/crawls/%s", shared ? shared : "", files[n]);
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    assert_int_equal(split_new(f, path, &split, &err), ST_OK);
    for (int i = 0; i < rows; i++) {
        assert_int_equal(split_next(split, &rec, &more, &err), ST_OK);
        if (!more)
            break;
        take(to, &rec, i);
    }
    split_free(split);
    fclose(f);
    return true;
}

static void put_in_order(void *to, const struct raw_record *row, int i)
{
    struct err err = { 0 };

    (void)i;
    assert_int_equal(order_add(to, row, &err), ST_OK);
}

static void append(struct check_log *log, int32_t part, const struct raw_record *raw, int64_t ms)
{
    struct err err = { 0 };
    struct raw_headers h;

    raw_headers(raw, ms, &h);
    const struct out_rec rec = { TOPIC_RAW, part, raw->video, raw->value, h.v, h.n };
    assert_int_equal(check_log_append(log, &rec, ms, &err), ST_OK);
}

/* All sightings of a comment come from one source (its raw partition), the comments of a video from
 * all. */
static int32_t source_of(const struct raw_record *raw, int32_t n)
{
    const char *comma = memchr(raw->value.p, ',', raw->value.n); /* behind the id */

    return hash_partition(
        (struct slice){ raw->value.p, comma ? (size_t)(comma - raw->value.p) : 0 }, n);
}

/* Appends what waits when its time has come; else, when nothing waits, raw does. */
static void crawl_again(struct check_log *log, struct again *a, const struct raw_record *raw,
                        int64_t ms)
{
    if (a->value && ms >= a->ms + AGAIN_MS) {
        append(log, source_of(&a->raw, check_log_topology(log)->parts[TOPIC_RAW]), &a->raw, ms);
        free(a->value);
        a->value = NULL;
    }
    if (a->value)
        return;
    a->ms = ms;
    a->raw = *raw;
    a->value = strndup(raw->value.p, raw->value.n);
    assert_non_null(a->value);
    snprintf(a->video, sizeof(a->video), "%.*s", SLICE_ARG(raw->video));
    a->raw.value.p = a->value;
    a->raw.video = slice_str(a->video);
}

static void append_ends(struct check_log *log, int64_t ms)
{
    struct err err = { 0 };
    const struct hdr h = { slice_str("absa-kind"), slice_str("end") };

    for (int32_t p = 0; p < check_log_topology(log)->parts[TOPIC_RAW]; p++) {
        const struct out_rec end = {
            .topic = TOPIC_RAW, .part = p, .value = slice_str(""), .hdr = &h, .nhdr = 1
        };
        assert_int_equal(check_log_append(log, &end, ms, &err), ST_OK);
    }
}

struct check_log *crawls_log(const struct topology *topo, int rows)
{
    const struct ingest_rules rules = { .time_unit = TIME_UNIT_NONE };
    struct err err = { 0 };
    struct order *order;
    struct raw_record raw;
    struct again again = { .value = NULL };
    int64_t ms = 0;
    bool more = true, found = true;

    assert_int_equal(order_new(&rules, NOW_MS, &order, &err), ST_OK);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && found; i++)
        found = read_rows(i, rows, put_in_order, order);
    struct check_log *log = found ? check_log_new(topo) : NULL;
    order_sort(order);
    while (log) {
        assert_int_equal(order_next(order, &raw, &ms, &more, &err), ST_OK);
        if (!more)
            break;
        append(log, source_of(&raw, topo->parts[TOPIC_RAW]), &raw, ms);
        crawl_again(log, &again, &raw, ms);
    }
    free(again.value);
    if (log)
        append_ends(log, ms);
    order_free(order);
    return log;
}

/* One play of the largest crawl. */
struct play {
    struct check_log *log;
    int64_t from_ms;
    int64_t step_ms;
    int64_t last_ms;
};

static void put_played(void *to, const struct raw_record *row, int i)
{
    struct play *p = to;

    p->last_ms = p->from_ms + i * p->step_ms;
    append(p->log, source_of(row, check_log_topology(p->log)->parts[TOPIC_RAW]), row, p->last_ms);
}

struct check_log *crawls_played(const struct topology *topo, int plays, int64_t apart_ms,
                                int64_t step_ms)
{
    struct play p = { .log = check_log_new(topo), .step_ms = step_ms };

    assert_non_null(p.log);
    for (int i = 0; i < plays; i++) {
        p.from_ms = NOW_MS + i * apart_ms;
        if (!read_rows(LARGEST, INT_MAX, put_played, &p)) {
            check_log_free(p.log);
            return NULL;
        }
    }
    append_ends(p.log, p.last_ms);
    return p.log;
}
