/* SPDX-License-Identifier: MIT */
/* sns.h -- one message to an SNS topic: Publish, signed by libcurl (SigV4).
 *
 *     200                                    sent
 *     429, 5xx, Throttling, nobody there     retry, not before Retry-After
 *     401, 403, an unknown CA                hold: the configuration is wrong
 *     signed at another time than now        hold: the clock is wrong, here or there
 *     any other 4xx                          refused
 *
 * A message is cut to 256 KiB less room for attributes, between characters, and
 * then has the attribute truncated=true. Subjects are ASCII of at most 100. A
 * topic whose name ends in .fifo gets the key as its deduplication id. */
#ifndef NET_SNS_H
#define NET_SNS_H

#include "base/buf.h"
#include "base/slice.h"
#include "net/net.h"

enum {
    SNS_MESSAGE_MAX = 256 * 1024 - 1024,
    SNS_SUBJECT_MAX = 100,
    SNS_CLOCK_OFF_S = 4 * 60, /* a signature counts for 5 minutes */
};

struct sns {
    const char *url; /* "": https://sns.<region>.amazonaws.com/ */
    const char *region;
    const char *topic_arn;
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* "" or NULL: none */
    const char *ca_file;       /* "": the system's */
};

struct sns_message {
    struct slice subject;
    struct slice text;
    struct slice key;
    const char *severity;
    const char *state;
};

/* Publishes it within NET_TOTAL_MS. */
void sns_publish(const struct sns *s, const struct sns_message *m, struct effect_result *res);

/* What an answer means; body is the server's XML. */
enum effect_how sns_how(long code, struct slice body);

/* Says for a person why it was not taken: code and name of the error; and of a 4xx, when the clock
 * here is SNS_CLOCK_OFF_S or more from the server's, by how much. A wrong clock has several names
 * (SignatureDoesNotMatch, RequestExpired), of which most say nothing of clocks. */
void sns_explain(long code, struct slice body, int64_t ahead_s, char *why, size_t cap);

/* Appends s as a subject: printable ASCII, others become '?', at most
 * SNS_SUBJECT_MAX. */
void sns_subject(struct slice s, struct buf *out);

#endif
