/* SPDX-License-Identifier: MIT */
#include "cli/report/folder.h"

#include <string.h>

#include "app/app.h"
#include "file/file.h"
#include "file/lines.h"
#include "report/run.h"

/* Where the lines of a file go. */
struct taker {
    struct run *run;
    enum run_file file;
};

static enum status take_line(void *ctx, struct slice line, struct err *err)
{
    const struct taker *t = ctx;

    return run_take(t->run, t->file, line, err);
}

static enum status take_file(const struct folder *f, struct run *run, enum run_file file,
                             struct err *err)
{
    struct taker t = { run, file };
    char path[FILE_PATH_MAX];
    enum status st = file_path(f->dir, slice_str(run_file_name(file)), path, err);

    if (st != ST_OK)
        return st;
    st = file_lines(path, take_line, &t, err);
    if (st != ST_OK)
        err_prefix(err, "%s", run_file_name(file));
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
