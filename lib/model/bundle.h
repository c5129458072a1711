/* SPDX-License-Identifier: MIT */
/* bundle.h -- a model as a folder, and scoring with it.
 *
 *     manifest.json    name, version, features in order, monitored features,
 *                      outputs (booster, transform), tables, sha256 of each
 *                      scoring file, golden rows
 *     *.ubj            XGBoost boosters, one an output
 *     *.tsv            lexicons, cues, taxonomy of aspects, heads
 *     vocab.txt, static.bin    the encoder: pieces of words, and their vectors
 *     minilm.xml, .bin, .tsv   MiniLM (minilm.h), for the encoders minilm and cascade
 *     conformal.json   how far off a sentiment is (conformal.h), if it was measured
 *     baseline.json    what drift compares with     card.md   for people
 *     SHA256SUMS       of all of these: sha256sum -c SHA256SUMS
 *
 * A bundle is named by the SHA-256 of its manifest, which names every file that
 * scoring reads. Loading checks each hash and scores the golden rows: a bundle
 * that does not reproduce its own numbers is refused (with MiniLM to two digits: another CPU
 * rounds otherwise), and so is one whose features
 * cannot be had or whose scores are none (lint.h). Where a manifest's output
 * has a transform:
 *
 *     identity      as the booster says
 *     clip          cut to the output's range, as a part of the model
 *     one_minus_exp 1 - e^-x
 *     table         straight lines between the points of "points"
 *
 * A score out of its range after that is clamped and counted. */
#ifndef MODEL_BUNDLE_H
#define MODEL_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/conformal.h"
#include "record/output.h"
#include "record/score.h"
#include "score/reading.h"

enum {
    BUNDLE_BATCH_MAX = 256,
    BUNDLE_FEATURES_MAX = 64,
    BUNDLE_MONITORED_MAX = 25,
    BUNDLE_FILE_MAX = 64 << 20,
};

struct bundle;

/* Loads the folder dir. ST_FATAL with "config: bundle DIR: ..." when a file is
 * missing, cut short, changed, of another format, or the golden rows differ. */
MUST_USE enum status bundle_load(const char *dir, struct bundle **out, struct err *err);
void bundle_free(struct bundle *b);

/* As bundle_load(), but the golden rows are neither asked for nor replayed: for
 * training, which makes them with it. */
MUST_USE enum status bundle_load_unproven(const char *dir, struct bundle **out, struct err *err);

/* Finds aspects by the table in a file (score/taxonomy.h) from here on, and not by the bundle's.
 * These are other scores, so they have another name: bundle_info()->sha256 becomes the SHA-256
 * of the manifest's hash and the file's, both in hex. Once a bundle, before it scores; the golden
 * rows were replayed with its own. ST_FATAL "config: taxonomy: FILE: line 3: ...": the bundle is
 * of no use then. */
MUST_USE enum status bundle_taxonomy(struct bundle *b, const char *path, struct err *err);

/* What the manifest says; all of it lives as long as the bundle. */
struct bundle_info {
    struct slice name;
    struct slice version;
    struct slice encoder;
    struct slice sha256;        /* of manifest.json, in hex; bundle_taxonomy() */
    struct strings features;    /* of the boosters, in order      */
    struct strings monitored;   /* of score.features, in order    */
    struct conformal conformal; /* how far off a sentiment is; n is 0 where nobody has measured */
};

const struct bundle_info *bundle_info(const struct bundle *b);

/* The version of XGBoost that runs, "1.7.4". */
const char *bundle_library(void);

/* What a bundle says of one comment. */
struct scored {
    double output[OUTPUT_N]; /* within their ranges, unless bad                */
    unsigned clamped;        /* how many were out of range                     */
    bool bad;                /* an answer is not finite: a dead letter         */
    bool escalated;          /* a cascade asked MiniLM                         */
    struct aspect_list aspects;
    struct doubles monitored;
};

/* Scores n <= BUNDLE_BATCH_MAX comments; a comment's scores do not depend on the
 * others. Lists live in a. ST_FATAL: memory or the library. */
MUST_USE enum status bundle_score(struct bundle *b, const struct facts *in, size_t n,
                                  struct arena *a, struct scored *out, struct err *err);

/* Why a comment has its scores: what each feature is, and what it adds to each output
 * before the transform (booster_explain()). */
struct explained {
    struct scored scored;
    float value[BUNDLE_FEATURES_MAX];          /* in the order of bundle_info()->features */
    float part[OUTPUT_N][BUNDLE_FEATURES_MAX]; /* the same */
    float start[OUTPUT_N];                     /* where every text starts */
};

/* Scores and explains one comment. As bundle_score(), at some 500 us. */
MUST_USE enum status bundle_explain(struct bundle *b, const struct facts *in, struct arena *a,
                                    struct explained *out, struct err *err);

#endif
