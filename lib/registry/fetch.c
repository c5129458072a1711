/* SPDX-License-Identifier: MIT */
/* fetch.c -- the files of a version, into the cache. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "model/manifest.h"
#include "now/now.h"
#include "registry/inner.h"

enum { FILES_MAX = 64, NAME_MAX_HERE = 100, SUMS_MAX = FILES_MAX * (NAME_MAX_HERE + 68) };

#define TOTAL_MAX ((size_t)256 << 20)

/* One version on its way into the cache. */
struct fetching {
    const struct registry *r;
    const struct mlflow_version *version;
    const char *dir; /* where to                    */
    size_t bytes;    /* that came                   */
    int64_t until;   /* monotonic ms                */
    bool proven;     /* manifest.json was among them, with the hash that it has */
};

/* A name that stays in its folder. */
static bool is_plain_name(struct slice s)
{
    static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

    if (s.n == 0 || s.n > NAME_MAX_HERE || s.p[0] == '.')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!s.p[i] || !strchr(fine, s.p[i]))
            return false;
    }
    return true;
}

/* Fetches one file, which is to have that hash, and writes it. */
static enum status fetch_one(struct fetching *f, struct slice name, struct slice sha256,
                             struct err *err)
{
    char hex[SHA256_HEX_LEN + 1];
    char path[FILE_PATH_MAX];
    struct buf bytes;
    enum status st;

    if (now_mono_ms() > f->until)
        return err_set(err, ST_RETRY, "its files take longer than %d s", REGISTRY_FETCH_MS / 1000);
    buf_init(&bytes, BUNDLE_FILE_MAX);
    st = mlflow_file(&f->r->rest, f->version, name, &bytes, err);
    hash_sha256_hex(buf_slice(&bytes), hex);
    f->bytes += bytes.n;
    if (st == ST_OK && !slice_is(sha256, hex))
        st = err_set(err, ST_REJECT, "%.*s: its SHA-256 is %.12s..., SHA256SUMS says %.12s...",
                     SLICE_ARG(name), hex, sha256.p);
    if (st == ST_OK && f->bytes > TOTAL_MAX)
        st = err_set(err, ST_REJECT, "it has more than %zu bytes", TOTAL_MAX);
    if (st == ST_OK)
        st = file_path(f->dir, name, path, err);
    if (st == ST_OK)
        st = file_write(path, buf_slice(&bytes), err);
    buf_release(&bytes);
    return st;
}

/* One line "<64 hex>  <name>". */
static enum status fetch_line(struct fetching *f, struct slice line, const char *manifest,
                              struct err *err)
{
    const size_t head = SHA256_HEX_LEN + 2;

    if (line.n <= head || line.p[head - 2] != ' ' || line.p[head - 1] != ' ')
        return err_set(err, ST_REJECT, "SHA256SUMS has a line that is no sum and name");
    struct slice sum = { line.p, SHA256_HEX_LEN };
    struct slice name = { line.p + head, line.n - head };
    if (!is_plain_name(name))
        return err_set(err, ST_REJECT, "SHA256SUMS names a file that a bundle may not have");
    if (slice_is(name, "manifest.json")) {
        if (!slice_is(sum, manifest))
            return err_set(err, ST_REJECT, "SHA256SUMS is of another manifest.json");
        f->proven = true;
    }
    return fetch_one(f, name, sum, err);
}

static enum status fetch_all(struct fetching *f, struct slice sums, const char *manifest,
                             struct err *err)
{
    enum status st = ST_OK;
    size_t n = 0;

    while (st == ST_OK && sums.n > 0) {
        if (n++ == FILES_MAX)
            return err_set(err, ST_REJECT, "it has more than %d files", FILES_MAX);
        st = fetch_line(f, slice_cut(&sums, '\n'), manifest, err);
    }
    if (st == ST_OK && !f->proven)
        st = err_set(err, ST_REJECT, "SHA256SUMS does not name manifest.json");
    return st;
}

void registry_remove(const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *e;

    while (d && (e = readdir(d)) != NULL) {
        char path[FILE_PATH_MAX];
        struct err ignored = { 0 };

        if (e->d_name[0] != '.' && file_path(dir, slice_str(e->d_name), path, &ignored) == ST_OK)
            (void)unlink(path);
    }
    if (d)
        closedir(d);
    (void)rmdir(dir);
}

/* Gives a folder that was proven its name; one that is there already is as good, or worse. */
static enum status settle(const char *from, const char *to, struct err *err)
{
    if (rename(from, to) == 0)
        return ST_OK;
    if (errno != EEXIST && errno != ENOTEMPTY)
        return err_set(err, ST_FATAL, "%s: %s", to, strerror(errno));
    registry_remove(to);
    if (rename(from, to) != 0)
        return err_set(err, ST_FATAL, "%s: %s", to, strerror(errno));
    return ST_OK;
}

enum status registry_aspects(const struct registry *r, struct bundle **out, struct err *err)
{
    enum status st =
        r->taxonomy && r->taxonomy[0] ? bundle_taxonomy(*out, r->taxonomy, err) : ST_OK;

    if (st != ST_OK) {
        bundle_free(*out);
        *out = NULL;
    }
    return st;
}

/* Loads a folder that is to hold the bundle of that name. */
static enum status load(const char *dir, const char *sha256, struct bundle **out, struct err *err)
{
    enum status st = bundle_load(dir, out, err);

    if (st == ST_OK && !slice_is(bundle_info(*out)->sha256, sha256)) {
        bundle_free(*out);
        *out = NULL;
        st = err_set(err, ST_FATAL, "%s holds another manifest", dir);
    }
    if (st == ST_OK)
        registry_used(dir);
    return st;
}

enum status registry_load(const struct registry *r, const struct found *found, struct bundle **out,
                          struct err *err)
{
    enum status st = load(found->dir, found->sha256, out, err);

    return st == ST_OK ? registry_aspects(r, out, err) : st;
}

/* Fetches into a folder beside the cache's, proves it there and then gives it its name. */
static enum status download(struct fetching *f, const char *sha256, const char *to,
                            struct bundle **out, struct err *err)
{
    char dir[FILE_PATH_MAX + 8];
    struct buf sums;
    enum status st;

    snprintf(dir, sizeof(dir), "%s.XXXXXX", to);
    if (!mkdtemp(dir))
        return err_set(err, ST_FATAL, "config: %s: %s", f->r->cache, strerror(errno));
    f->dir = dir;
    buf_init(&sums, SUMS_MAX);
    st = mlflow_file(&f->r->rest, f->version, slice_str("SHA256SUMS"), &sums, err);
    if (st == ST_OK)
        st = fetch_all(f, buf_slice(&sums), sha256, err);
    f->dir = NULL;
    buf_release(&sums);
    if (st == ST_OK && load(dir, sha256, out, err) != ST_OK)
        st = ST_REJECT;
    if (st == ST_OK)
        st = settle(dir, to, err);
    if (st == ST_OK)
        registry_prune(f->r);
    if (st != ST_OK) {
        bundle_free(*out);
        *out = NULL;
        registry_remove(dir);
    }
    return st;
}

/* The name of what lies there: the hash of its manifest, which names all that scoring reads. */
static enum status ask_name(const struct registry *r, const struct mlflow_version *version,
                            char sha256[SHA256_HEX_LEN + 1], struct err *err)
{
    struct buf bytes;

    buf_init(&bytes, MANIFEST_MAX);
    enum status st = mlflow_file(&r->rest, version, slice_str("manifest.json"), &bytes, err);
    hash_sha256_hex(buf_slice(&bytes), sha256);
    buf_release(&bytes);
    return st;
}

enum status registry_fetch(const struct registry *r, const struct mlflow_version *version,
                           struct found *found, struct bundle **out, struct err *err)
{
    struct fetching f = { .r = r, .version = version, .until = now_mono_ms() + REGISTRY_FETCH_MS };
    struct err ignored = { 0 };
    enum status st = ask_name(r, version, found->sha256, err);

    *out = NULL;
    if (st == ST_OK)
        st = registry_make_cache(r, err);
    if (st == ST_OK)
        st = file_path(r->cache, slice_str(found->sha256), found->dir, err);
    if (st != ST_OK)
        return st;
    snprintf(found->version, sizeof(found->version), "%s", version->version);
    found->stale = false;
    if (load(found->dir, found->sha256, out, &ignored) != ST_OK)
        st = download(&f, found->sha256, found->dir, out, err);
    return st == ST_OK ? registry_aspects(r, out, err) : st;
}
