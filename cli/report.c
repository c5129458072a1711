/* SPDX-License-Identifier: MIT */
/* report.c -- the page of a folder that a backtest wrote. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "cli/report/folder.h"
#include "file/file.h"
#include "report/page.h"

enum { TEXT_MAX = 1 << 20 };

static const char *baseline_file;
static const char *out_file;

static const struct app_opt opts[] = {
    { "baseline", 0, "FILE", APP_STR, &baseline_file, "instead of baseline.json in the folder" },
    { "out", 'o', "FILE", APP_STR, &out_file, "the page (default: report.html in it; -: stdout)" },
    { .name = NULL },
};

struct files {
    struct buf summary;
    struct buf command;
    struct buf baseline;
    struct buf page;
};

/* A file of the folder; one that may be missing is then empty. */
static enum status read_one(const char *dir, const char *name, bool may_miss, struct buf *to,
                            struct err *err)
{
    char path[FILE_PATH_MAX];
    enum status st = file_path(dir, slice_str(name), path, err);

    if (st != ST_OK)
        return st;
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        if (may_miss)
            return ST_OK;
        return err_set(err, ST_FATAL,
                       "unavailable: %s is not there: not a folder that a backtest "
                       "wrote to its end",
                       path);
    }
    return file_read_data(path, to, err);
}

static enum status read_baseline(const char *dir, struct files *f, struct baseline **out,
                                 struct err *err)
{
    enum status st;

    if (baseline_file)
        st = file_read_data(baseline_file, &f->baseline, err);
    else
        st = read_one(dir, FOLDER_BASELINE, false, &f->baseline, err);
    if (st != ST_OK)
        return st;
    st = baseline_read(buf_slice(&f->baseline), out, err);
    if (st != ST_OK)
        err_prefix(err, "%s", baseline_file ? baseline_file : FOLDER_BASELINE);
    return st;
}

static enum status write_page(const char *dir, struct buf *page, struct err *err)
{
    char path[FILE_PATH_MAX];

    if (out_file && strcmp(out_file, "-") == 0)
        return app_print(page, err);
    if (out_file)
        return file_write(out_file, buf_slice(page), err);
    enum status st = file_path(dir, slice_str(FOLDER_REPORT), path, err);
    return st == ST_OK ? file_write(path, buf_slice(page), err) : st;
}

static enum status make(const char *dir, struct files *f, struct err *err)
{
    struct folder folder = { .dir = dir };
    struct baseline *baseline = NULL;
    struct wire *wire = NULL;
    enum status st = read_one(dir, FOLDER_SUMMARY, false, &f->summary, err);

    if (st == ST_OK)
        st = read_one(dir, FOLDER_COMMAND, true, &f->command, err);
    if (st == ST_OK)
        st = read_baseline(dir, f, &baseline, err);
    if (st == ST_OK)
        st = wire_new(NULL, &wire, err);
    if (st == ST_OK) {
        folder.wire = wire;
        folder.baseline = baseline;
        folder.summary = buf_slice(&f->summary);
        folder.command = slice_trim(buf_slice(&f->command));
        st = folder_report(&folder, &f->page, err);
    }
    if (st == ST_OK)
        st = write_page(dir, &f->page, err);
    wire_free(wire);
    baseline_free(baseline);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct files f;

    if (run->argc != 1)
        return err_set(err, ST_FATAL, "usage: say which DIR: one that absa backtest --out wrote");
    buf_init(&f.summary, TEXT_MAX);
    buf_init(&f.command, TEXT_MAX);
    buf_init(&f.baseline, BASELINE_BYTES_MAX);
    buf_init(&f.page, PAGE_BYTES_MAX);
    enum status st = make(run->argv[0], &f, err);
    buf_release(&f.page);
    buf_release(&f.baseline);
    buf_release(&f.command);
    buf_release(&f.summary);
    return st;
}

static const struct app app = {
    .name = "report",
    .args = "DIR",
    .summary =
        "Writes the report of a folder that absa backtest --out wrote: one HTML file that\n"
        "needs nothing else. Verdict, features by drift, histograms, PSI over time, segments,\n"
        "alerts with their evidence, data quality, method. The same folder gives the same\n"
        "bytes.",
    .examples = "  absa backtest --input comments.csv --out result\n"
                "  absa report result --out comments.html\n",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
