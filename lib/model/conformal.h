/* SPDX-License-Identifier: MIT */
/* conformal.h -- how far from the truth a sentiment is, with so much certainty.
 *
 * Texts that taught neither the sentiment nor its expected error are sorted into groups by
 * confidence. Of a group of n, the ceil((n + 1) level)-th smallest error is its half width: the
 * truth of another text with such a confidence lies within it of the score with a probability of
 * at least level, however wrong the model is, if the texts are alike in kind (split conformal
 * prediction, Vovk, Gammerman, Shafer 2005; by group: Mondrian).
 *
 *     conformal.json   {"format": 1, "levels": [0.8, 0.9, 0.95],
 *                       "groups": [{"confidence": 0, "n": 168, "within": [0.3, 0.4, 0.5]}, ...]}
 *
 * It scores nothing, so the manifest does not name it: a bundle has it or has not. */
#ifndef MODEL_CONFORMAL_H
#define MODEL_CONFORMAL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { CONFORMAL_LEVELS = 3, CONFORMAL_GROUPS_MAX = 5, CONFORMAL_GROUP_MIN = 100 };

/* 0.8, 0.9, 0.95 */
extern const double conformal_levels[CONFORMAL_LEVELS];

/* A sentiment is in -1..1: what is within this is no news. */
#define CONFORMAL_ALL 2.0

/* No half width is less: where a model of three folds is right to the last digit, that of all is
 * right to another one. */
#define CONFORMAL_LEAST 0.001

struct conformal_group {
    double from;                     /* the least confidence of it         */
    size_t n;                        /* texts that it was found on         */
    double within[CONFORMAL_LEVELS]; /* CONFORMAL_ALL: n is too small to say */
};

struct conformal {
    struct conformal_group v[CONFORMAL_GROUPS_MAX]; /* from rises; the first one's is 0 */
    size_t n;                                       /* 0: nothing is known              */
};

/* Finds groups of at least CONFORMAL_GROUP_MIN texts (or one of all) and their half widths from n
 * confidences and errors of sentiment. ST_FATAL: memory. O(n log n). */
MUST_USE enum status conformal_fit(const double *confidence, const double *error, size_t n,
                                   struct conformal *out, struct err *err);

/* The half width for a score of such a confidence, at conformal_levels[level]; c->n > 0. */
double conformal_within(const struct conformal *c, double confidence, size_t level);

/* Appends the text that conformal_read() reads. */
void conformal_write(const struct conformal *c, struct buf *out);

/* ST_FATAL says what is wrong. */
MUST_USE enum status conformal_read(struct slice json, struct conformal *out, struct err *err);

/* Reads conformal.json of a folder; out->n is 0 where it has none. ST_FATAL: it cannot be read. */
MUST_USE enum status conformal_load(const char *dir, struct conformal *out, struct err *err);

#endif
