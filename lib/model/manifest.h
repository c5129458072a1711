/* SPDX-License-Identifier: MIT */
/* manifest.h -- manifest.json, read and written.
 *
 * "minilm" stands there when the encoder is minilm or cascade, "above" with cascade alone:
 *
 *     {"format": 1, "name": "absa-default", "version": "1", "encoder": "static",
 *      "minilm": {"precision": "int8", "above": 0.21},
 *      "features": ["chars", ...], "monitored": ["chars", ...],
 *      "outputs": {"sentiment_score": {"booster": "sentiment.ubj", "transform": "identity"},
 *                  ..., "confidence": {"booster": ..., "transform": "table",
 *                                      "points": [[0.1, 0.95], [0.4, 0.5]]}},
 *      "tables": {"lexicon": "lexicon.tsv", ...}, "kindred": 0.5,
 *      "licences": [{"what": "...", "licence": "MIT", "by": "..."}],
 *      "files": {"lexicon.tsv": "<sha256>", ...},
 *      "golden": [{"text": "...", "is_reply": false, "scores": [0.3, 0.8, 0.1, 0.9],
 *                  "monitored": [50, ...],
 *                  "aspects": [{"category": "shipping", "term": "shipping", "start": 36,
 *                               "end": 44, "sentiment": -0.3}]}]} */
#ifndef MODEL_MANIFEST_H
#define MODEL_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/bundle.h"
#include "model/tables.h"

enum { MANIFEST_FORMAT = 1, MANIFEST_MAX = 4 << 20, MANIFEST_FILES_MAX = 32, POINTS_MAX = 64 };

enum transform {
    TRANSFORM_IDENTITY,
    TRANSFORM_CLIP,
    TRANSFORM_ONE_MINUS_EXP,
    TRANSFORM_TABLE,
    TRANSFORM_N,
};

extern const char *const transform_names[TRANSFORM_N];

enum encoder_kind {
    KIND_NONE,
    KIND_STATIC,  /* vectors of the pieces                                    */
    KIND_MINILM,  /* and MiniLM                                               */
    KIND_CASCADE, /* MiniLM where the error to be expected without it is large */
    KIND_N,
};

/* "none", ... */
extern const char *const kind_names[KIND_N];

struct point {
    double x, y;
};

struct manifest_output {
    struct slice booster; /* a file of the bundle */
    enum transform transform;
    struct point points[POINTS_MAX]; /* x rising */
    size_t n_points;
};

struct manifest_file {
    struct slice name;
    struct slice sha256; /* hex */
};

struct manifest_licence {
    struct slice what, licence, by;
};

struct golden {
    struct facts facts;
    double output[OUTPUT_N];
    struct doubles monitored; /* NaN as null */
    struct aspect_list aspects;
};

/* Strings and arrays live in the arena that it was read into. */
struct manifest {
    struct slice name, version, encoder;
    enum encoder_kind kind;   /* the same as encoder                        */
    enum precision precision; /* of MiniLM                                  */
    double above;             /* cascade: the expected error, as the booster of confidence
                                 says it, above which MiniLM is asked       */
    struct strings features, monitored;
    struct manifest_output outputs[OUTPUT_N];
    struct slice tables[TABLE_N]; /* a file of the bundle; empty: none */
    bool kindred;                 /* aspects by words that are near, too */
    double apart;                 /* 0..1: how near (score/kindred.h)  */
    struct manifest_licence *licences;
    size_t n_licences;
    struct manifest_file *files;
    size_t n_files;
    struct golden *golden;
    size_t n_golden;
};

/* Reads and checks the text alone: every name known, every file listed with a
 * hash, points rising. ST_FATAL says what is wrong. */
MUST_USE enum status manifest_read(struct slice json, struct arena *a, struct manifest *out,
                                   struct err *err);

/* Appends the text that manifest_read() reads; the same manifest gives the same
 * bytes. ST_FATAL: memory. */
MUST_USE enum status manifest_write(const struct manifest *m, struct buf *out, struct err *err);

/* The value after a transform: what the booster said becomes a score. */
double transform_apply(const struct manifest_output *o, const struct output_info *info, double x);

#endif
