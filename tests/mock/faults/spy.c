/* SPDX-License-Identifier: MIT */
#include "spy.h"

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Produce, AddPartitionsToTxn, AddOffsetsToTxn, EndTxn, TxnOffsetCommit. */
static bool is_of_txn(int16_t api)
{
    return api == 0 || api == 24 || api == 25 || api == 26 || api == 28;
}

/* There is one transactional producer at a time. */
static atomic_int failed;
static atomic_int since_epoch;
static atomic_int wrong;

int spy_failed(void)
{
    return atomic_load(&failed);
}

int spy_wrong(void)
{
    return atomic_load(&wrong);
}

static rd_kafka_resp_err_t on_response(rd_kafka_t *rk, int sockfd, const char *broker,
                                       int32_t broker_id, int16_t api, int16_t version,
                                       int32_t corr, size_t size, int64_t rtt,
                                       rd_kafka_resp_err_t err, void *opaque)
{
    (void)rk, (void)sockfd, (void)broker, (void)broker_id, (void)version;
    (void)corr, (void)size, (void)rtt, (void)opaque;
    if (err && is_of_txn(api)) {
        atomic_fetch_add(&failed, 1);
        atomic_fetch_add(&since_epoch, 1);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): ld's names */
rd_kafka_resp_err_t __real_rd_kafka_interceptor_add_on_response_received(
    rd_kafka_t *rk, const char *name, rd_kafka_interceptor_f_on_response_received_t *f,
    void *opaque);
rd_kafka_resp_err_t __wrap_rd_kafka_interceptor_add_on_response_received(
    rd_kafka_t *rk, const char *name, rd_kafka_interceptor_f_on_response_received_t *f,
    void *opaque);
rd_kafka_error_t *__real_rd_kafka_init_transactions(rd_kafka_t *rk, int timeout_ms);
rd_kafka_error_t *__wrap_rd_kafka_init_transactions(rd_kafka_t *rk, int timeout_ms);
rd_kafka_error_t *__real_rd_kafka_begin_transaction(rd_kafka_t *rk);
rd_kafka_error_t *__wrap_rd_kafka_begin_transaction(rd_kafka_t *rk);

rd_kafka_resp_err_t __wrap_rd_kafka_interceptor_add_on_response_received(
    rd_kafka_t *rk, const char *name, rd_kafka_interceptor_f_on_response_received_t *f,
    void *opaque)
{
    (void)__real_rd_kafka_interceptor_add_on_response_received(rk, "spy", on_response, NULL);
    return __real_rd_kafka_interceptor_add_on_response_received(rk, name, f, opaque);
}

rd_kafka_error_t *__wrap_rd_kafka_init_transactions(rd_kafka_t *rk, int timeout_ms)
{
    atomic_store(&since_epoch, 0);
    return __real_rd_kafka_init_transactions(rk, timeout_ms);
}

rd_kafka_error_t *__wrap_rd_kafka_begin_transaction(rd_kafka_t *rk)
{
    if (atomic_load(&since_epoch) > 0)
        atomic_fetch_add(&wrong, 1);
    return __real_rd_kafka_begin_transaction(rk);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
