/* SPDX-License-Identifier: MIT */
#include "file/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

enum status file_write(const char *path, struct slice bytes, struct err *err)
{
    FILE *f = fopen(path, "wb");
    bool ok;

    if (!f)
        return err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
    ok = bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    ok = fclose(f) == 0 && ok;
    return ok ? ST_OK : err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
}
