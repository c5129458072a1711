/* SPDX-License-Identifier: MIT */
/* Real exports through split and ingest: every row is a comment. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "ingest/ingest.h"
#include "producers/import/order.h"
#include "producers/import/split.h"

enum { SKIPPED = 77 };

static const int64_t arrival_ms = INT64_C(1763900000000); /* 2025-11-23 */

struct sums {
    int comments, refused, replies, by[4];
};

static void count_item(const struct ingest_item *item, struct sums *sums)
{
    const struct comment *c = &item->comment;

    if (item->refused) {
        sums->refused++;
        print_error("refused: %s\n", item->why);
        return;
    }
    sums->comments++;
    sums->replies += c->is_reply;
    sums->by[c->time_source]++;
}

static void read_file(const char *path, struct sums *sums)
{
    const struct ingest_rules rules = { 0 };
    struct arena *a = arena_new(16 << 20);
    struct split *s = NULL;
    struct err err = { 0 };
    bool more = true;
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    assert_non_null(a);
    assert_int_equal(split_new(f, path, &s, &err), ST_OK);
    for (;;) {
        struct raw_record rec;
        struct ingest_items items;

        assert_int_equal(split_next(s, &rec, &more, &err), ST_OK);
        if (!more)
            break;
        const struct ingest_raw raw = { rec.value, rec.shape, rec.video, arrival_ms };
        arena_reset(a);
        assert_int_equal(ingest_read(&rules, &raw, a, &items, &err), ST_OK);
        for (size_t i = 0; i < items.n; i++)
            count_item(&items.v[i], sums);
    }
    split_free(s);
    arena_free(a);
    fclose(f);
}

static struct sums read_shared(const char *name)
{
    struct sums sums = { 0 };
    char path[1024];

    snprintf(path, sizeof(path), "%s/data/%s", getenv("ABSA_SHARED"), name);
    read_file(path, &sums);
    printf("# %s: %d comments, %d refused, %d replies; time as given %d, zone repaired %d, "
           "by id %d\n",
           name, sums.comments, sums.refused, sums.replies, sums.by[TIME_FIELD], sums.by[TIME_ZONE],
           sums.by[TIME_ID]);
    return sums;
}

static void crawls(void **state)
{
    struct sums s;

    (void)state;
    s = read_shared("crawls/TTCommentExporter-7522631316479790391-3522-comments-replies.csv");
    assert_int_equal(s.comments, 3521);
    assert_int_equal(s.refused, 0);
    assert_int_equal(s.by[TIME_ZONE], 3508);
    assert_int_equal(s.by[TIME_ID], 13);
    s = read_shared("crawls/TTCommentExporter-7226101187500723498-201-comments.csv");
    assert_int_equal(s.comments, 201);
    assert_int_equal(s.refused, 0);
    assert_int_equal(s.by[TIME_ZONE], 199); /* 162 in summer, 37 in winter */
    s = read_shared("crawls/TTCommentExporter-7352578392337829166-68-comments.csv");
    assert_int_equal(s.comments, 68);
    assert_int_equal(s.by[TIME_ZONE], 68);
}

/* Replayed at the times of writing, in that order, nothing is refused: also not
 * the comments whose local time is ahead of the arrival made from their id. */
static void replayed(void **state)
{
    static const char name[] =
        "crawls/TTCommentExporter-7522631316479790391-3522-comments-replies.csv";
    const struct ingest_rules rules = { 0 };
    struct arena *a = arena_new(16 << 20);
    struct split *s = NULL;
    struct order *o = NULL;
    struct raw_record rec;
    struct err err = { 0 };
    struct sums sums = { 0 };
    char path[1024];
    int64_t ms = 0;
    int64_t last = 0;
    bool more = true;

    (void)state;
    snprintf(path, sizeof(path), "%s/data/%s", getenv("ABSA_SHARED"), name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(split_new(f, path, &s, &err), ST_OK);
    assert_int_equal(order_new(&rules, arrival_ms, &o, &err), ST_OK);
    while (split_next(s, &rec, &more, &err) == ST_OK && more)
        assert_int_equal(order_add(o, &rec, &err), ST_OK);
    order_sort(o);
    while (order_next(o, &rec, &ms, &more, &err) == ST_OK && more) {
        const struct ingest_raw raw = { rec.value, rec.shape, rec.video, ms };
        struct ingest_items items;

        arena_reset(a);
        assert_int_equal(ingest_read(&rules, &raw, a, &items, &err), ST_OK);
        assert_int_equal(items.n, 1);
        count_item(&items.v[0], &sums);
        assert_int_equal(items.v[0].comment.created_ms, ms);
        assert_true(ms >= last);
        last = ms;
    }
    assert_int_equal(sums.comments, 3521);
    assert_int_equal(sums.refused, 0);
    order_free(o);
    split_free(s);
    arena_free(a);
    fclose(f);
}

struct shape_case {
    const char *name;
    int comments;
    int replies;
};

static void every_shape(void **state)
{
    static const struct shape_case cases[] = {
        { "shapes/tiktok_web_comment.jsonl", 4, 2 }, { "shapes/tiktok_web_page.json", 3, 1 },
        { "shapes/ttcommentexporter.csv", 2, 1 },    { "shapes/seed_readme_input.json", 1, 0 },
        { "shapes/apify_clockworks.json", 2, 1 },    { "shapes/apify_happy_b.json", 1, 0 },
        { "shapes/romy_scrapper.json", 2, 1 },       { "shapes/tiktok_research_api.json", 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct sums s = read_shared(cases[i].name);

        assert_int_equal(s.refused, 0);
        assert_int_equal(s.comments, cases[i].comments);
        assert_int_equal(s.replies, cases[i].replies);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crawls),
        cmocka_unit_test(replayed),
        cmocka_unit_test(every_shape),
    };
    const char *shared = getenv("ABSA_SHARED");
    char path[1024];
    FILE *f;

    snprintf(path, sizeof(path), "%s/data/README.md", shared ? shared : "");
    f = fopen(path, "rb");
    if (!f) {
        printf("skipped: no shared test data (ABSA_SHARED)\n");
        return SKIPPED;
    }
    fclose(f);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
