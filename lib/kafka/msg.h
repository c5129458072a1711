/* SPDX-License-Identifier: MIT */
/* msg.h -- one record of a log as a stage sees it, with the memory behind it. */
#ifndef KAFKA_MSG_H
#define KAFKA_MSG_H

#include <stdbool.h>

#include "stage/stage.h"

struct kafka_msg {
    struct stage_rec rec; /* borrows from this message                          */
    bool append_time;     /* arrival_ms is the broker's time, not a producer's  */
    bool end;             /* no record: rec.offset is the end of rec.part       */
    void *owned;          /* librdkafka's message                               */
    struct hdr *hdr;
};

/* Frees what is behind it; NULL-safe on a zeroed struct. */
void kafka_msg_release(struct kafka_msg *m);

/* Bytes of a name, with its NUL, as Kafka has it; and of what it begins with. */
enum { KAFKA_TOPIC_MAX = 250, KAFKA_PREFIX_MAX = 230 };

struct kafka_names {
    char of[TOPIC_N][KAFKA_TOPIC_MAX];
};

/* The names of all topics under a prefix of at most KAFKA_PREFIX_MAX bytes. */
struct kafka_names kafka_names_make(const char *prefix);

#endif
