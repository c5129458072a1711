/* SPDX-License-Identifier: MIT */
/* alert.h -- an alert that explains itself and can be checked.
 *
 * It holds both histograms of the feature that moved most, so whoever reads it
 * can recompute every number from the record alone; alert_check() does, with the
 * function that the judge measured with. A checksum binds what cannot be
 * recomputed (coordinates of examples, the message, n_eff). No wall-clock time
 * is in it: the same log gives the same alert. */
#ifndef DRIFT_ALERT_H
#define DRIFT_ALERT_H

#include "base/arena.h"
#include "base/err.h"
#include "drift/evidence.h"
#include "drift/policy.h"
#include "drift/scan_weigh.h"
#include "drift/tally.h"
#include "record/alert.h"
#include "record/state.h"
#include "record/window.h"
#include "wire/wire.h"

/* What the numbers of an alert mean; 2: with skew, tails and evidence; 3: evidence of the rest
 * beside one value that nearly all have. Those from ALERT_METHOD_MIN on are checked. */
enum { ALERT_METHOD = EVIDENCE_METHOD, ALERT_METHOD_MIN = EVIDENCE_METHOD_NO_REST };

enum {
    ALERT_ALSO_MAX = 10,
    ALERT_EXAMPLES_MAX = 10,
    ALERT_EXAMPLES_PER_BIN = 3,
    ALERT_BYTES_MAX = 1 << 20
};

/* Of rule scan: what was found at the boundary, and weighed. */
struct alert_scan {
    const struct scan *scan;
    const struct scan_rules *rules;
    const struct scan_weight *weight;
};

/* What an alert is made of; all borrowed. */
struct alert_case {
    const struct window *window;   /* judged, or the run that moved most as one */
    const struct tally *tally;     /* what it judged                            */
    const struct alert_scan *scan; /* NULL: rule window                         */
    const struct policy *policy;
    const struct alert_state_of *episode; /* as it stands with this alert */
    enum alert_state state;
    int32_t feature;                 /* position in the baseline */
    struct moved_segment_list moved; /* segments that moved at the boundary, this one among them */
    struct slice config;             /* sha256:... */
};

/* Builds the record in a; strings are borrowed from the case or live in a.
 * ST_FATAL: memory. */
MUST_USE enum status alert_build(const struct alert_case *c, struct arena *a, struct alert *out,
                                 struct err *err);

/* Fills what follows from edges, bins, counts, sums, unit, baseline_sd, n_eff and,
 * of rule scan, from what evidence is given: n, m, psi, ks, wasserstein, js, p,
 * moved, moments; of rule scan also n_eff, q and the rest of evidence. The one place where these
 * numbers come from. The arrays must be of one shape (alert_check() looks).
 * ST_FATAL: memory. */
MUST_USE enum status alert_measure(struct alert *al, struct arena *a, struct err *err);

/* The part of alert_measure() that weighs evidence; n and m are filled. Changes
 * what al->evidence points to. ST_FATAL: memory. */
MUST_USE enum status alert_weigh(struct alert *al, struct arena *a, struct err *err);

/* What is wrong with evidence from the wire, or NULL; al's counts are checked. */
const char *alert_evidence_fault(const struct alert *al);

/* Id of an episode: hash of rule, its version, segment, start of the episode,
 * baseline and bundle. out holds HASH_ID_HEX_LEN + 1 bytes. */
void alert_id(const struct alert *al, char *out);

/* SHA-256 in hex of the record's canonical JSON with an empty checksum. out
 * holds SHA256_HEX_LEN + 1 bytes. ST_FATAL: memory. */
MUST_USE enum status alert_checksum(const struct alert *al, char *out, struct err *err);

/* Runbook of a feature. */
const char *alert_todo(struct slice feature);

enum { ALERT_DIFF_FIELD = 96, ALERT_DIFF_VALUE = 128 };

/* The first difference found. */
struct alert_diff {
    char field[ALERT_DIFF_FIELD]; /* "moved[0].share_now" */
    char recorded[ALERT_DIFF_VALUE];
    char recomputed[ALERT_DIFF_VALUE];
};

/* Recomputes every number of a record from the record alone. ST_OK: all agree;
 * ST_REJECT: *diff names the first that does not (or err says what the record
 * lacks, with diff->field empty); ST_FATAL: memory. Uses a for its working. */
MUST_USE enum status alert_check(const struct alert *al, struct arena *a, struct alert_diff *diff,
                                 struct err *err);

/* The same of one line of JSON as absa writes it. Refuses (ST_REJECT) also what
 * is written otherwise than absa would write it, white space apart: so no digit
 * of a number changes unseen, not even one that no double can tell. */
MUST_USE enum status alert_check_line(struct wire *w, struct slice line, struct arena *a,
                                      struct alert_diff *diff, struct err *err);

#endif
