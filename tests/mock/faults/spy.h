/* SPDX-License-Identifier: MIT */
/* spy.h -- watches what lib/kafka does with librdkafka (the linker's --wrap), to
 * hold the guard of lib/kafka/producer.h to its word by other means than its own:
 * after a failed answer that belongs to a transaction, no transaction begins
 * before the producer has a new epoch. */
#ifndef MOCK_FAULTS_SPY_H
#define MOCK_FAULTS_SPY_H

/* Failed answers seen, of requests that belong to a transaction. */
int spy_failed(void);

/* Transactions that began on a producer with such an answer and without a new
 * epoch since. */
int spy_wrong(void);

#endif
