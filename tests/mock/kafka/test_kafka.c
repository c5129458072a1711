/* SPDX-License-Identifier: MIT */
/* lib/kafka against librdkafka's mock cluster: the guard, the plain producer,
 * the bounded reader. */
#include "support/check.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kafka/admin.h"
#include "kafka/producer.h"
#include "kafka/reader.h"
#include "kafka/topics.h"

enum { END_TXN = 26, SLOW_MS = 7500, FLUSH_MS = 60000, PARTS = 2, RECORDS = 100 };

/* Far more than an answer takes where many wait for a processor. */
static const char timeout_ms[] = "3000";

struct fixture {
    rd_kafka_t *rk;
    rd_kafka_mock_cluster_t *mock;
    struct kafka_conf conf;
};

static int setup_brokers(void **state, int brokers)
{
    static struct fixture f;
    char why[200];
    struct err err = { 0 };

    f = (struct fixture){ 0 };
    f.rk = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof(why));
    assert_non_null(f.rk);
    f.mock = rd_kafka_mock_cluster_new(f.rk, brokers);
    assert_non_null(f.mock);
    assert_int_equal(rd_kafka_mock_topic_create(f.mock, "absa.raw", PARTS, 1), 0);
    assert_int_equal(kafka_conf_set(&f.conf, "bootstrap.servers",
                                    rd_kafka_mock_cluster_bootstraps(f.mock), &err),
                     ST_OK);
    assert_int_equal(kafka_conf_set(&f.conf, "socket.timeout.ms", timeout_ms, &err), ST_OK);
    *state = &f;
    return 0;
}

static int setup(void **state)
{
    return setup_brokers(state, 1);
}

static int setup_two(void **state)
{
    return setup_brokers(state, 2);
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    kafka_conf_release(&f->conf);
    rd_kafka_mock_cluster_destroy(f->mock);
    rd_kafka_destroy(f->rk);
    return 0;
}

static void one_txn(struct kafka_producer *p, bool commit)
{
    const struct kafka_rec rec = { .topic = "absa.raw", .value = { "hi", 2 } };
    struct err err = { 0 };

    assert_int_equal(kafka_txn_begin(p, &err), ST_OK);
    assert_int_equal(kafka_producer_send(p, &rec, &err), ST_OK);
    if (!commit)
        assert_int_equal(kafka_producer_flush(p, FLUSH_MS, &err), ST_OK);
    assert_int_equal(commit ? kafka_txn_commit(p, &err) : kafka_txn_abort(p, &err), ST_OK);
}

/* The next answer to EndTxn comes after the client gave up on it and asked
 * again: the hazard that KIP-890 closes in clients that have it. */
static void delay_end_txn(struct fixture *f)
{
    rd_kafka_mock_broker_push_request_error_rtts(f->mock, 1, END_TXN, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 SLOW_MS);
}

static void taint_is_cured(struct fixture *f, bool commit)
{
    struct kafka_producer *p;
    struct err err = { 0 };

    assert_int_equal(kafka_producer_new_txn(&f->conf, "slot-0", &p, &err), ST_OK);
    one_txn(p, true);
    assert_false(kafka_producer_tainted(p));
    delay_end_txn(f);
    one_txn(p, commit);
    assert_true(kafka_producer_tainted(p));
    assert_int_equal(kafka_producer_retired(p), 0); /* at once, but not before it ended */
    one_txn(p, true);
    assert_int_equal(kafka_producer_retired(p), 1);
    assert_false(kafka_producer_tainted(p));
    one_txn(p, true);
    assert_int_equal(kafka_producer_retired(p), 1);
    kafka_producer_free(p);
}

static void test_taint_by_commit(void **state)
{
    taint_is_cured(*state, true);
}

static void test_taint_by_abort(void **state)
{
    taint_is_cured(*state, false);
}

static void send_numbered(struct fixture *f)
{
    struct kafka_producer *p;
    struct err err = { 0 };

    assert_int_equal(kafka_producer_new(&f->conf, &p, &err), ST_OK);
    for (int i = 0; i < RECORDS; i++) {
        char text[16];
        const struct hdr h = { slice_str("n"), { text, 1 } };

        snprintf(text, sizeof(text), "%d", i);
        const struct kafka_rec rec = { .topic = "absa.raw",
                                       .part = i % PARTS,
                                       .key = { "key", 3 },
                                       .value = slice_str(i == 50 ? NULL : text),
                                       .hdr = &h,
                                       .nhdr = 1 };
        assert_int_equal(kafka_producer_send(p, &rec, &err), ST_OK);
    }
    assert_int_equal(kafka_producer_flush(p, FLUSH_MS, &err), ST_OK);
    assert_int_equal(kafka_producer_delivered(p), RECORDS);
    kafka_producer_free(p);
}

static void test_write_and_read(void **state)
{
    struct fixture *f = *state;
    const struct kafka_names names = kafka_names_make("absa.");
    struct kafka_reader *r;
    const struct kafka_msg *m;
    struct err err = { 0 };
    int n = 0;

    send_numbered(f);
    assert_int_equal(kafka_reader_new(&f->conf, &names, &r, &err), ST_OK);
    assert_int_equal(kafka_reader_open(r, TOPIC_RAW, 0, 5, -1, &err), ST_OK);
    for (;; n++) {
        char want[16];

        assert_int_equal(kafka_reader_next(r, &m, &err), ST_OK);
        if (!m)
            break;
        snprintf(want, sizeof(want), "%d", (n + 5) * PARTS);
        assert_int_equal(m->rec.offset, n + 5);
        assert_int_equal(m->rec.nhdr, 1);
        assert_true(slice_is(m->rec.key, "key"));
        assert_int_equal(*stage_header(&m->rec, "n").p, want[0]);
        if (m->rec.offset == 25)
            assert_null(m->rec.value.p);
        else
            assert_true(slice_is(m->rec.value, want));
    }
    assert_int_equal(n, RECORDS / PARTS - 5);
    assert_int_equal(kafka_reader_open(r, TOPIC_RAW, 1, -1, 3, &err), ST_OK); /* again, bounded */
    for (n = 0; kafka_reader_next(r, &m, &err) == ST_OK && m; n++)
        assert_int_equal(m->rec.part, 1);
    assert_int_equal(n, 3);
    kafka_reader_free(r);
}

static void test_refused_properties(void **state)
{
    struct kafka_conf conf = { 0 };
    struct err err = { 0 };

    (void)state;
    assert_int_equal(kafka_conf_set(&conf, "group.id", "x", &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: kafka.group.id"));
    assert_int_equal(kafka_conf_set(&conf, "linger.msx", "5", &err), ST_FATAL);
    assert_int_equal(kafka_conf_set(&conf, "linger.ms", "many", &err), ST_FATAL);
    assert_int_equal(kafka_conf_set(&conf, "linger.ms", "5", &err), ST_OK);
    assert_int_equal(kafka_conf_set(&conf, "linger.ms", "7", &err), ST_OK);
    assert_string_equal(kafka_conf_get(&conf, "linger.ms"), "7");
    kafka_conf_release(&conf);
}

static void test_admin(void **state)
{
    struct fixture *f = *state;
    struct kafka_admin *a;
    struct err err = { 0 };
    int32_t n = 0;
    int64_t low = -1;
    int64_t end = -1;

    send_numbered(f);
    assert_int_equal(kafka_admin_new(&f->conf, &a, &err), ST_OK);
    assert_int_equal(kafka_admin_partitions(a, "absa.raw", &n, &err), ST_OK);
    assert_int_equal(n, PARTS);
    assert_int_equal(kafka_admin_range(a, "absa.raw", 1, &low, &end, &err), ST_OK);
    assert_int_equal(low, 0);
    assert_int_equal(end, RECORDS / PARTS);
    kafka_admin_free(a);
}

/* Who led a partition when it was asked last does not answer for it any more. */
static void test_range_follows_the_leader(void **state)
{
    struct fixture *f = *state;
    struct kafka_admin *a;
    struct err err = { 0 };
    int64_t low = -1;
    int64_t end = -1;

    assert_int_equal(kafka_admin_new(&f->conf, &a, &err), ST_OK);
    for (int32_t leader = 1; leader <= 4; leader++) {
        assert_int_equal(rd_kafka_mock_partition_set_leader(f->mock, "absa.raw", 1, 1 + leader % 2),
                         0);
        assert_int_equal(kafka_admin_range(a, "absa.raw", 1, &low, &end, &err), ST_OK);
    }
    kafka_admin_free(a);
}

/* 40 messages that fill a queue each: one a second, when nothing wakes who fetches. */
static void test_a_small_queue_does_not_wait(void **state)
{
    enum { BIG = 80 << 10, MESSAGES = 40, FAST_S = 20 };
    static const char big[BIG];
    struct fixture *f = *state;
    struct kafka_producer *p;
    struct kafka_reader *r;
    const struct kafka_names names = kafka_names_make("absa.");
    const struct kafka_msg *m;
    struct err err = { 0 };
    struct timespec begun;
    struct timespec now;

    assert_int_equal(kafka_conf_set(&f->conf, "batch.num.messages", "1", &err), ST_OK);
    assert_int_equal(kafka_conf_set(&f->conf, "queued.max.messages.kbytes", "16", &err), ST_OK);
    assert_int_equal(kafka_producer_new(&f->conf, &p, &err), ST_OK);
    for (int i = 0; i < MESSAGES; i++)
        assert_int_equal(
            kafka_producer_send(
                p, &(struct kafka_rec){ .topic = "absa.raw", .value = { big, BIG } }, &err),
            ST_OK);
    assert_int_equal(kafka_producer_flush(p, FLUSH_MS, &err), ST_OK);
    kafka_producer_free(p);
    assert_int_equal(kafka_reader_new(&f->conf, &names, &r, &err), ST_OK);
    (void)clock_gettime(CLOCK_MONOTONIC, &begun);
    assert_int_equal(kafka_reader_open(r, TOPIC_RAW, 0, 0, -1, &err), ST_OK);
    for (int i = 0; i < MESSAGES; i++) {
        assert_int_equal(kafka_reader_next(r, &m, &err), ST_OK);
        assert_non_null(m);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    assert_in_range(now.tv_sec - begun.tv_sec, 0, FAST_S);
    kafka_reader_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_properties),
        cmocka_unit_test_setup_teardown(test_write_and_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_admin, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_small_queue_does_not_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_range_follows_the_leader, setup_two, teardown),
        cmocka_unit_test_setup_teardown(test_taint_by_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_taint_by_abort, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
