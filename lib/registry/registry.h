/* SPDX-License-Identifier: MIT */
/* registry.h -- a model by its name: asked for, fetched, proven, kept.
 *
 *     score.model = models:/absa-sentiment-model@champion
 *          │ where and what version?                    (mlflow_find)
 *          │ manifest.json: its SHA-256 is the model's name
 *          ▼
 *     CACHE/<sha256>/   there already? else every file of SHA256SUMS, each with the hash
 *          │            that it is to have, into a folder beside it
 *          ▼
 *     bundle_load()     hashes, golden rows, lint: only what passes gets its name in the
 *                       cache, and CACHE/at/<key> then says which one this was last
 *
 * Without an answer, or with one that does not pass, the one that was there last goes on:
 * a registry that is down stops nobody who has been here before. Everything fetched is
 * bounded: names, files, bytes, time. So is the cache: with another model it forgets those that
 * no name means any more but the score.model_keep used last; it may be emptied whenever nothing
 * starts. */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "conf/conf.h"
#include "file/file.h"
#include "model/bundle.h"
#include "net/mlflow.h"

/* Where the registry is: section "MLflow". */
struct mlflow_conf {
    const char *url;
    const char *user;
    const char *password;
    const char *token;
    const char *ca_file;
    bool plain;
};

/* Which model: section "Model". */
struct model_conf {
    const char *model;    /* models:/..., a folder; "": score.bundle */
    const char *cache;    /* a folder; "": the user's own            */
    const char *taxonomy; /* a file of terms; "": the bundle's own */
    int64_t poll_ms;      /* 0: never                                */
    int64_t keep;         /* models that no name means, in the cache */
};

extern const struct conf_prop mlflow_props[];
extern const struct conf_prop model_props[];

/* Refuses (conf_refuse()) an address that may not be, a name that is none, and a folder that
 * holds no bundle; bundle is score.bundle. The registry itself is not asked. */
void mlflow_props_check(const struct mlflow_conf *m, struct conf *conf);
void model_props_check(const struct model_conf *m, const char *bundle, const struct mlflow_conf *at,
                       struct conf *conf);
/* The same for one name, that of a property. */
void model_name_check(const char *name, const char *property, const struct mlflow_conf *at,
                      struct conf *conf);

/* score.model, else the folder of score.bundle, else the default's. Borrowed. */
const char *model_name(const struct model_conf *m, const char *bundle);

/* The registry as these properties, or where they are silent MLflow's own variables, name it:
 * MLFLOW_TRACKING_URI, _USERNAME, _PASSWORD, _TOKEN, _SERVER_CERT_PATH. Borrowed. */
struct rest mlflow_rest(const struct mlflow_conf *m, const atomic_bool *stop);

enum { REGISTRY_FETCH_MS = 300000 };

/* A model that was found. */
struct found {
    char dir[FILE_PATH_MAX];
    char version[MLFLOW_ID_MAX + 1]; /* of the registry; "" for a folder           */
    char sha256[SHA256_HEX_LEN + 1]; /* of its manifest, whatever taxonomy         */
    bool stale;                      /* the registry did not say so now: the cache */
};

struct registry {
    struct rest rest;
    char cache[FILE_PATH_MAX]; /* a folder, made when missing; "": there is none to use */
    const char *taxonomy;      /* bundle_taxonomy(); NULL, "": the bundle's             */
    int64_t keep;              /* so many of the cache, used last; 0: all               */
};

/* Fills a registry of properties, which are borrowed. */
void registry_open(const struct model_conf *m, const struct mlflow_conf *at,
                   const atomic_bool *stop, struct registry *out);

/* Loads what version is found at, from the registry or the cache. ST_RETRY: the registry is
 * down or slow; ST_REJECT: it has no such files, or they are no bundle of ours; ST_FATAL. */
MUST_USE enum status registry_fetch(const struct registry *r, const struct mlflow_version *version,
                                    struct found *found, struct bundle **out, struct err *err);

/* The first model of a program: a folder, or a name of the registry; then, when that fails
 * and one was there before, that one (found->stale, and a line of the log). ST_FATAL
 * "config: ..." or, when the registry cannot be had, "unavailable: ...". */
MUST_USE enum status registry_first(const struct registry *r, const char *name, struct found *found,
                                    struct bundle **out, struct err *err);

/* For those who load one and never look again: net_start() if need be, registry_open(),
 * registry_first(). */
MUST_USE enum status registry_once(const struct model_conf *m, const char *bundle,
                                   const struct mlflow_conf *at, struct found *found,
                                   struct bundle **out, struct err *err);

/* Remembers what a name meant; registry_still(): what it meant last is in use. */
void registry_remember(const struct registry *r, const char *name, const struct found *found);
void registry_still(const struct registry *r, const char *name, const struct found *found);

#endif
