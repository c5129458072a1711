/* SPDX-License-Identifier: MIT */
/* cache.c -- what a name meant last, and the first model of a program. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "net/net.h"
#include "obs/log.h"
#include "registry/inner.h"

/* mkdir -p, as far as a person may have left it undone. */
static enum status make_dirs(const char *path, struct err *err)
{
    char part[FILE_PATH_MAX];
    size_t n = strlen(path);

    for (size_t i = 1; i <= n && n < sizeof(part); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(part, sizeof(part), "%.*s", (int)i, path);
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return err_set(err, ST_FATAL, "config: folder for models %s: %s", part,
                           strerror(errno));
    }
    return ST_OK;
}

enum status registry_make_cache(const struct registry *r, struct err *err)
{
    char at[FILE_PATH_MAX];

    if (r->cache[0] == '\0')
        return err_set(err, ST_FATAL, "config: no folder for models: set score.model_cache");
    enum status st = file_path(r->cache, slice_str("at"), at, err);

    return st == ST_OK ? make_dirs(at, err) : st;
}

/* The note of a name at this registry. */
static enum status note_path(const struct registry *r, const char *name, char out[FILE_PATH_MAX],
                             struct err *err)
{
    const struct slice of[] = { slice_str(r->rest.base), slice_str(name) };
    char key[HASH_ID_HEX_LEN + 1];
    char file[sizeof("at/") + HASH_ID_HEX_LEN];

    hash_id(of, 2, key);
    snprintf(file, sizeof(file), "at/%s", key);
    return file_path(r->cache, slice_str(file), out, err);
}

void registry_remember(const struct registry *r, const char *name, const struct found *found)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };
    struct buf text;

    buf_init(&text, REGISTRY_NOTE_MAX);
    buf_fmt(&text, "%s %s\n", found->sha256, found->version);
    enum status st = note_path(r, name, path, &err);
    if (st == ST_OK)
        st = file_write(path, buf_slice(&text), &err);
    if (st != ST_OK)
        log_warn("cannot note which model this is", LOG_STR("why", err.msg));
    buf_release(&text);
}

void registry_still(const struct registry *r, const char *name, const struct found *found)
{
    char path[FILE_PATH_MAX];
    struct err ignored = { 0 };

    registry_used(found->dir);
    if (note_path(r, name, path, &ignored) == ST_OK)
        registry_used(path);
}

/* What the note says; false: there is none that can be read. */
static bool recall(const struct registry *r, const char *name, struct found *found)
{
    char path[FILE_PATH_MAX];
    struct err ignored = { 0 };
    struct buf text;

    buf_init(&text, REGISTRY_NOTE_MAX);
    bool ok = note_path(r, name, path, &ignored) == ST_OK &&
              file_read(path, &text, &ignored) == ST_OK && text.n > SHA256_HEX_LEN + 1 &&
              text.p[SHA256_HEX_LEN] == ' ';
    if (ok) {
        struct slice version = { text.p + SHA256_HEX_LEN + 1, text.n - SHA256_HEX_LEN - 1 };

        version = slice_trim(version);
        snprintf(found->sha256, sizeof(found->sha256), "%.*s", SHA256_HEX_LEN, text.p);
        snprintf(found->version, sizeof(found->version), "%.*s", SLICE_ARG(version));
        ok = strspn(found->sha256, "0123456789abcdef") == SHA256_HEX_LEN &&
             file_path(r->cache, slice_str(found->sha256), found->dir, &ignored) == ST_OK;
    }
    buf_release(&text);
    return ok;
}

static enum status from_folder(const struct registry *r, const char *dir, struct found *found,
                               struct bundle **out, struct err *err)
{
    enum status st = bundle_load(dir, out, err);

    memset(found, 0, sizeof(*found));
    if (st != ST_OK)
        return st;
    snprintf(found->dir, sizeof(found->dir), "%s", dir);
    snprintf(found->sha256, sizeof(found->sha256), "%s", bundle_info(*out)->sha256.p);
    return registry_aspects(r, out, err);
}

static enum status from_registry(const struct registry *r, const struct mlflow_model *m,
                                 struct found *found, struct bundle **out, struct err *err)
{
    struct mlflow_version version;
    enum status st = mlflow_find(&r->rest, m, &version, err);

    return st == ST_OK ? registry_fetch(r, &version, found, out, err) : st;
}

enum status registry_first(const struct registry *r, const char *name, struct found *found,
                           struct bundle **out, struct err *err)
{
    struct mlflow_model model;
    struct err ignored = { 0 };

    *out = NULL;
    if (!mlflow_is_model(name))
        return from_folder(r, name, found, out, err);
    memset(found, 0, sizeof(*found));
    if (mlflow_parse(name, &model, err) != ST_OK) {
        err_prefix(err, "config: score.model");
        return ST_FATAL;
    }
    enum status st = from_registry(r, &model, found, out, err);
    if (st == ST_OK) {
        registry_remember(r, name, found);
        return ST_OK;
    }
    if (recall(r, name, found) && registry_load(r, found, out, &ignored) == ST_OK) {
        found->stale = true;
        log_warn("the registry gives no model: the one of before goes on", LOG_STR("model", name),
                 LOG_STR("version", found->version), LOG_STR("why", err->msg));
        return ST_OK;
    }
    err_prefix(err, "%s: model %s, and none of before in %s",
               st == ST_RETRY ? "unavailable" : "config", name, r->cache);
    return ST_FATAL;
}

enum status registry_once(const struct model_conf *m, const char *bundle,
                          const struct mlflow_conf *at, struct found *found, struct bundle **out,
                          struct err *err)
{
    const char *name = model_name(m, bundle);
    const bool net = mlflow_is_model(name);
    enum status st = net ? net_start(err) : ST_OK;
    struct registry r;

    *out = NULL;
    registry_open(m, at, NULL, &r);
    if (st != ST_OK)
        return st;
    st = registry_first(&r, name, found, out, err);
    if (net)
        net_stop();
    return st;
}
