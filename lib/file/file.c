/* SPDX-License-Identifier: MIT */
#include "file/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status file_path(const char *dir, struct slice name, char out[FILE_PATH_MAX], struct err *err)
{
    int n = snprintf(out, FILE_PATH_MAX, "%s/%.*s", dir, SLICE_ARG(name));

    if (n < 0 || n >= FILE_PATH_MAX)
        return err_set(err, ST_FATAL, "%.*s: the path is too long", SLICE_ARG(name));
    return ST_OK;
}

enum status file_read(const char *path, struct buf *out, struct err *err)
{
    char chunk[65536];
    enum status st = ST_OK;
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(out, chunk, n);
    if (ferror(f))
        st = err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
    else if (buf_failed(out))
        st = err_set(err, ST_FATAL, "%s: is longer than %zu bytes, or no memory", path, out->max);
    fclose(f);
    return st;
}

enum status file_read_data(const char *path, struct buf *out, struct err *err)
{
    enum status st = file_read(path, out, err);

    if (st != ST_OK)
        err_prefix(err, "unavailable");
    return st;
}

enum status file_away(const char *path, struct err *err)
{
    return err_set(err, ST_FATAL, "unavailable: %s: %s", path, strerror(errno));
}

/* Writes to what is there, or makes it; flushed to the disk when it is to be renamed. */
static bool put(const char *path, struct slice bytes, const struct stat *like)
{
    FILE *f = fopen(path, "wb");
    bool ok = true;

    if (!f)
        return false;
    if (like->st_mode != 0)
        ok = fchmod(fileno(f), like->st_mode & 07777) == 0;
    ok = ok && (bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
    ok = ok && fflush(f) == 0;
    if (S_ISREG(like->st_mode) || like->st_mode == 0)
        ok = ok && fsync(fileno(f)) == 0;
    return fclose(f) == 0 && ok;
}

static bool name_part(const char *path, char part[FILE_PATH_MAX])
{
    int n = snprintf(part, FILE_PATH_MAX, "%s.part", path);

    if (n >= 0 && n < FILE_PATH_MAX)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

/* Leaves errno as it was. */
static void drop(const char *part)
{
    int why = errno;

    (void)unlink(part);
    errno = why;
}

/* Over there, then in its place. */
static bool replace(const char *path, struct slice bytes, const struct stat *like)
{
    char part[FILE_PATH_MAX];

    if (!name_part(path, part))
        return false;
    if (put(part, bytes, like) && rename(part, path) == 0)
        return true;
    drop(part);
    return false;
}

static bool is_other(const char *path, struct stat *is)
{
    return lstat(path, is) == 0 && !S_ISREG(is->st_mode);
}

enum status file_write(const char *path, struct slice bytes, struct err *err)
{
    struct stat is = { 0 };
    bool ok = is_other(path, &is) ? put(path, bytes, &is) : replace(path, bytes, &is);

    return ok ? ST_OK : err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
}

enum status file_try(const char *path, struct err *err)
{
    struct stat is = { 0 };
    char part[FILE_PATH_MAX];
    bool ok = false;

    if (is_other(path, &is)) {
        ok = !S_ISDIR(is.st_mode) && access(path, W_OK) == 0;
        errno = S_ISDIR(is.st_mode) ? EISDIR : errno;
    } else if (name_part(path, part)) {
        ok = put(part, (struct slice){ 0 }, &is);
        drop(part);
    }
    return ok ? ST_OK : err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
}
