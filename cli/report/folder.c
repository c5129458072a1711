/* SPDX-License-Identifier: MIT */
#include "cli/report/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "file/file.h"
#include "report/run.h"

static enum status take_lines(struct run *run, enum run_file file, FILE *in, struct err *err)
{
    char *line = NULL;
    size_t cap = 0;
    size_t number = 0;
    ssize_t n;
    enum status st = ST_OK;

    while (st == ST_OK && (n = getline(&line, &cap, in)) >= 0) {
        const struct slice s = slice_trim((struct slice){ line, (size_t)n });

        number++;
        if (s.n > 0)
            st = run_take(run, file, s, err);
    }
    if (st != ST_OK)
        err_prefix(err, "line %zu", number);
    else if (ferror(in))
        st = err_set(err, ST_FATAL, "unavailable: %s", strerror(errno));
    free(line);
    return st;
}

static enum status take_file(const struct folder *f, struct run *run, enum run_file file,
                             struct err *err)
{
    char path[FILE_PATH_MAX];
    enum status st = file_path(f->dir, slice_str(run_file_name(file)), path, err);

    if (st != ST_OK)
        return st;
    FILE *in = fopen(path, "r");
    if (!in)
        return err_set(err, ST_FATAL, "unavailable: %s: %s", path, strerror(errno));
    st = take_lines(run, file, in, err);
    if (st != ST_OK)
        err_prefix(err, "%s", run_file_name(file));
    (void)fclose(in);
    return st;
}

enum status folder_report(const struct folder *f, struct buf *out, struct err *err)
{
    const struct run_end end = { f->summary, f->command, app_version() };
    struct run *run = NULL;
    enum status st = run_new(f->wire, f->baseline, &run, err);

    for (int file = 0; st == ST_OK && file < RUN_FILES; file++)
        st = take_file(f, run, (enum run_file)file, err);
    if (st == ST_OK)
        st = run_render(run, &end, out, err);
    run_free(run);
    return st;
}

void folder_quote(struct buf *out, const char *arg)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "@%+=:,./-_";

    if (arg[0] != '\0' && strspn(arg, safe) == strlen(arg)) {
        buf_str(out, arg);
        return;
    }
    buf_byte(out, '\'');
    for (const char *p = arg; *p; p++) {
        if (*p == '\'')
            buf_str(out, "'\\''");
        else
            buf_byte(out, *p);
    }
    buf_byte(out, '\'');
}
