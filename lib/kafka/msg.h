/* SPDX-License-Identifier: MIT */
/* msg.h -- one record of a log as a stage sees it, with the memory behind it. */
#ifndef KAFKA_MSG_H
#define KAFKA_MSG_H

#include <stdbool.h>
#include <stddef.h>

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

/* The names of all topics under a prefix. */
enum { KAFKA_TOPIC_MAX = 250 };

struct kafka_names {
    char of[TOPIC_N][KAFKA_TOPIC_MAX];
};

/* ST_FATAL: prefix is too long. */
MUST_USE enum status kafka_names_make(const char *prefix, struct kafka_names *out, struct err *err);

#endif
