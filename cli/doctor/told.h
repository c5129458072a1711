/* SPDX-License-Identifier: MIT */
/* told.h -- what came of the messages: absa.notify as it stands, by receiver.
 *
 * The topic is compacted, but lazily: the last record of a key counts, and a
 * tombstone takes it away. */
#ifndef CLI_DOCTOR_TOLD_H
#define CLI_DOCTOR_TOLD_H

#include "cli/doctor/report.h"
#include "record/notify.h"
#include "stage/effect.h"

enum { TOLD_MAX = 4096, TOLD_NAME_MAX = 48 };

/* Of one group of one receiver. */
struct told_row {
    uint64_t key; /* its hash */
    char receiver[TOLD_NAME_MAX];
    enum notify_state state;
    int32_t attempts;
    char why[EFFECT_WHY_MAX];
};

/* Zeroed is empty. */
struct told {
    struct told_row v[TOLD_MAX];
    size_t n;
};

/* The next record of key; now NULL: a tombstone. Groups beyond TOLD_MAX are left out. */
void told_take(struct told *t, struct slice key, const struct notify *now);

/* A finding a receiver, about the worst of its groups: held, refused, being tried again. The
 * commands end in how (" -c FILE"). */
void told_report(const struct told *t, const char *how, struct report *report);

#endif
