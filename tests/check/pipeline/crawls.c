/* SPDX-License-Identifier: MIT */
#include "crawls.h"

#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "producers/import/order.h"

/* After the crawls. */
#define NOW_MS INT64_C(1764000000000)

enum { FILE_WITH_UPDATE = 1 }; /* has one comment twice */

static const char *const files[] = {
    "TTCommentExporter-7226101187500723498-201-comments.csv",
    "TTCommentExporter-7352578392337829166-68-comments.csv",
    "TTCommentExporter-7522631316479790391-3522-comments-replies.csv",
};

static bool add_file(struct order *order, const char *path, int rows)
{
    struct err err = { 0 };
    struct split *split;
    struct raw_record rec;
    bool more = true;
    FILE *f = fopen(path, "rb");

    if (!f)
        return false;
    assert_int_equal(split_new(f, path, &split, &err), ST_OK);
    for (int i = 0; i < rows; i++) {
        assert_int_equal(split_next(split, &rec, &more, &err), ST_OK);
        if (!more)
            break;
        assert_int_equal(order_add(order, &rec, &err), ST_OK);
    }
    split_free(split);
    fclose(f);
    return true;
}

static void append(struct check_log *log, int32_t part, const struct raw_record *raw, int64_t ms)
{
    struct err err = { 0 };
    struct raw_headers h;

    raw_headers(raw, ms, &h);
    const struct out_rec rec = { TOPIC_RAW, part, raw->video, raw->value, h.v, h.n };
    assert_int_equal(check_log_append(log, &rec, ms, &err), ST_OK);
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

struct check_log *crawls_log(const struct topology *topo, int rows, bool updates)
{
    const struct ingest_rules rules = { .time_unit = TIME_UNIT_NONE };
    const char *shared = getenv("ABSA_SHARED");
    struct err err = { 0 };
    struct order *order;
    struct raw_record raw;
    char path[4096];
    int64_t ms = 0;
    bool more = true, found = shared != NULL;

    assert_int_equal(order_new(&rules, NOW_MS, &order, &err), ST_OK);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && found; i++) {
        snprintf(path, sizeof(path), "%s/data/crawls/%s", shared, files[i]);
        if (i != FILE_WITH_UPDATE || updates)
            found = add_file(order, path, rows);
    }
    struct check_log *log = found ? check_log_new(topo) : NULL;
    order_sort(order);
    for (int32_t i = 0; log; i++) { /* each video over all partitions: sources meet downstream */
        assert_int_equal(order_next(order, &raw, &ms, &more, &err), ST_OK);
        if (!more)
            break;
        append(log, i % topo->parts[TOPIC_RAW], &raw, ms);
    }
    if (log)
        append_ends(log, ms);
    order_free(order);
    return log;
}
