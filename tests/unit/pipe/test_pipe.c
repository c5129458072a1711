/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../check/toys/toys.h"
#include "pipe/pipe.h"

enum { PARTS = 2, RECORDS = 60 };

/* What came out, as text. */
struct seen {
    struct buf text;
    enum topic_id only; /* TOPIC_N: all */
    size_t stop_after;
    size_t n;
};

static enum status see(void *ctx, const struct out_rec *rec, struct err *err)
{
    struct seen *s = ctx;

    if (s->stop_after > 0 && s->n >= s->stop_after)
        return err_set(err, ST_FATAL, "the disk is full");
    s->n++;
    if (s->only == TOPIC_N || s->only == rec->topic)
        buf_fmt(&s->text, "%s %d %.*s\n", topic_table[rec->topic].name, (int)rec->part,
                SLICE_ARG(rec->value));
    return ST_OK;
}

struct plan {
    struct out_limits limits;
    size_t batch;
    unsigned copies;
    enum topic_id only;
    size_t stop_after;
};

/* Feeds RECORDS numbers through the three toys; the text of what came out. */
static enum status run(const struct plan *plan, struct seen *seen, struct err *err)
{
    static enum toy_mutant right = TOY_RIGHT;
    struct stage s[3];
    struct topology topo = topology_make(PARTS, PARTS, 1);
    struct pipe_conf conf = {
        .topo = &topo, .limits = plan->limits, .copies = plan->copies, .sink = see, .ctx = seen
    };
    struct stage_rec rec[RECORDS] = { 0 };
    char text[RECORDS][16];
    struct pipe *p;

    *seen = (struct seen){ .only = plan->only, .stop_after = plan->stop_after };
    buf_init(&seen->text, 1 << 20);
    assert_int_equal(toy_mapper(&right, &s[0], err), ST_OK);
    assert_int_equal(toy_counter(&right, &s[1], err), ST_OK);
    assert_int_equal(toy_splitter(&right, &s[2], err), ST_OK);
    enum status st = pipe_new(s, 3, &conf, &p, err);
    for (size_t i = 0; i < RECORDS; i++) {
        snprintf(text[i], sizeof(text[i]), "%zu", i * 7919);
        rec[i] = (struct stage_rec){ .topic = TOPIC_RAW,
                                     .part = (int32_t)(i % PARTS),
                                     .offset = (int64_t)i,
                                     .value = slice_str(text[i]) };
    }
    for (size_t i = 0; i < RECORDS && st == ST_OK; i += plan->batch)
        st = pipe_feed(p, rec + i, RECORDS - i < plan->batch ? RECORDS - i : plan->batch, err);
    if (st == ST_OK)
        assert_int_equal(pipe_counter(p, COUNTER_COMMENTS), RECORDS);
    pipe_free(p);
    for (int i = 0; i < 3; i++)
        stage_close(&s[i]);
    return st;
}

/* The lines of a text in the order of their bytes: partitions interleave as the
 * batches are cut. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_lines(struct buf *b)
{
    char *v[2000] = { NULL };
    size_t n = 0;
    char *copy = malloc(b->n);

    assert_non_null(copy);
    memcpy(copy, b->p, b->n);
    for (char *p = copy, *nl; (nl = memchr(p, '\n', b->n - (size_t)(p - copy))); p = nl + 1) {
        *nl = '\0';
        v[n++] = p;
    }
    qsort(v, n, sizeof(v[0]), by_text);
    buf_clear(b);
    for (size_t i = 0; i < n; i++) {
        buf_str(b, v[i]);
        buf_byte(b, '\n');
    }
    free(copy);
}

static void test_any_batches_give_the_same(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct seen a;
    struct seen b;

    const struct plan whole = { .batch = RECORDS, .only = TOPIC_N };
    assert_int_equal(run(&whole, &a, &err), ST_OK);
    assert_memory_equal(a.text.p, "windows 0 ", 10);
    sort_lines(&a.text); /* the first in order: nothing of an inner topic got out */
    assert_memory_equal(a.text.p, "windows 0 ", 10);
    for (size_t batch = 1; batch < RECORDS; batch += 11) {
        for (size_t limit = 1; limit < 40; limit += 12) {
            const struct plan cut = { { limit, 1 << 20 }, batch, 0, TOPIC_N, 0 };
            assert_int_equal(run(&cut, &b, &err), ST_OK);
            sort_lines(&b.text);
            assert_true(slice_eq(buf_slice(&a.text), buf_slice(&b.text)));
            buf_release(&b.text);
        }
    }
    buf_release(&a.text);
}

static void test_same_batches_same_order(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct seen a;
    struct seen b;
    const struct plan plan = { .batch = 7, .only = TOPIC_N };

    assert_int_equal(run(&plan, &a, &err), ST_OK);
    assert_int_equal(run(&plan, &b, &err), ST_OK);
    assert_true(slice_eq(buf_slice(&a.text), buf_slice(&b.text)));
    buf_release(&a.text);
    buf_release(&b.text);
}

static void test_copies_of_inner_topics(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct seen seen;
    const struct plan plan = { .batch = RECORDS,
                               .copies = 1u << TOPIC_COMMENTS,
                               .only = TOPIC_COMMENTS };

    assert_int_equal(run(&plan, &seen, &err), ST_OK);
    assert_memory_equal(seen.text.p, "comments 0 <0>\ncomments 0 1\ncomments 0 <15838>\n", 47);
    buf_release(&seen.text);
}

static void test_a_sink_that_fails_ends_it(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct seen seen;
    const struct plan plan = { .batch = RECORDS, .only = TOPIC_N, .stop_after = 5 };

    assert_int_equal(run(&plan, &seen, &err), ST_FATAL);
    assert_string_equal(err.msg, "the disk is full");
    assert_int_equal(seen.n, 5);
    buf_release(&seen.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_batches_give_the_same),
        cmocka_unit_test(test_same_batches_same_order),
        cmocka_unit_test(test_copies_of_inner_topics),
        cmocka_unit_test(test_a_sink_that_fails_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
