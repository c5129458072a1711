/* SPDX-License-Identifier: MIT */
/* compare.c -- drift between two tables, column by column.
 *
 * Reads both files, compares (lib/stats/compare.h), prints. Exits as diff does:
 * 0 no drift, 1 drift, over 1 trouble: 65 where nothing could be compared too. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "compare/column.h"
#include "compare/table.h"
#include "file/file.h"

enum { NAMES_MAX = 1024, EXIT_DRIFT = 1 };

#define REPORT_MAX ((size_t)256 << 20)

static const char *reference;
static const char *current;
static const char *format = "text";
static struct app_list columns;

static const struct app_opt opts[] = {
    { "reference", 'r', "FILE", APP_STR, &reference, "the table of the good times" },
    { "current", 'c', "FILE", APP_STR, &current, "the table to judge" },
    { "columns", 0, "A,B", APP_LIST, &columns, "compare these columns alone" },
    { "format", 'f', "NAME", APP_STR, &format, "text (default), json or html" },
    { NULL, 0, NULL, APP_FLAG, NULL, NULL },
};

static const struct format {
    const char *name;
    enum status (*print)(const struct report *r, struct buf *out, struct err *err);
} formats[] = {
    { "text", report_text },
    { "json", report_json },
    { "html", report_html },
};

/* The names out of --columns a,b --columns c. */
static enum status split_names(struct slice *names, size_t *n, struct err *err)
{
    *n = 0;
    for (size_t i = 0; i < columns.n; i++) {
        for (const char *p = columns.item[i], *end; p; p = end ? end + 1 : NULL) {
            end = strchr(p, ',');
            if (*n == NAMES_MAX)
                return err_set(err, ST_FATAL, "usage: more than %d columns", NAMES_MAX);
            names[(*n)++] = (struct slice){ p, end ? (size_t)(end - p) : strlen(p) };
        }
    }
    return ST_OK;
}

static enum status read_table(const char *path, struct table *t, struct err *err)
{
    struct buf text;

    buf_init(&text, TABLE_FILE_MAX);
    enum status st = file_read_data(path, &text, err);
    if (st == ST_OK) {
        st = table_read(t, buf_slice(&text), err);
        if (st != ST_OK)
            err_prefix(err, "%s", path);
    }
    buf_release(&text);
    return st;
}

/* That nothing could be compared is no all-clear for the script that asks. */
static int exit_of(const struct report *r)
{
    if (r->drifted > 0)
        return EXIT_DRIFT;
    return r->undecided == r->n ? EXIT_DATA : 0;
}

static enum status compare(struct table *ref, struct table *cur, const struct format *f,
                           int *exit_code, struct err *err)
{
    static struct slice names[NAMES_MAX];
    struct report report = { .ref_name = reference, .cur_name = current };
    struct buf out;
    size_t n;

    buf_init(&out, REPORT_MAX);
    enum status st = split_names(names, &n, err);
    if (st == ST_OK)
        st = report_make(&report, ref, cur, names, n, err);
    if (st == ST_OK)
        st = f->print(&report, &out, err);
    if (st == ST_OK)
        st = app_print(&out, err);
    *exit_code = st == ST_OK ? exit_of(&report) : 0;
    report_release(&report);
    buf_release(&out);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct format *f = formats;
    struct table ref;
    struct table cur;

    if (run->argc > 0 || !reference || !current)
        return err_set(err, ST_FATAL, "usage: want --reference FILE and --current FILE");
    while (f < formats + 3 && strcmp(f->name, format) != 0)
        f++;
    if (f == formats + 3)
        return err_set(err, ST_FATAL, "usage: --format is text, json or html, not %.40s", format);
    table_init(&ref);
    table_init(&cur);
    enum status st = read_table(reference, &ref, err);
    if (st == ST_OK)
        st = read_table(current, &cur, err);
    if (st == ST_OK)
        st = compare(&ref, &cur, f, &run->exit_code, err);
    table_release(&ref);
    table_release(&cur);
    return st;
}

static const struct app app = {
    .name = "compare",
    .summary =
        "Says whether the columns of one table look like those of another: every distance\n"
        "and p-value of each. Exits as diff does: 0 no drift, 1 drift, over 1 trouble (65:\n"
        "no table, or none of whose columns could be compared).\n"
        "\n"
        "A file is CSV (with a header), JSON lines or a JSON array of objects. A column is\n"
        "numeric when every cell of the reference that is not empty is a number. Empty, NaN\n"
        "and null are missing; infinities are dropped and counted.\n"
        "\n"
        "Drift is q < 0.05 (Benjamini-Hochberg over the columns) and a PSI that is more than\n"
        "0.02 over what samples of this size show by chance; with drift, WARNING is a PSI\n"
        "over 0.2, CRITICAL one over 0.3.",
    .examples = "  absa compare --reference last_month.csv --current today.csv\n"
                "  absa compare -r train.csv -c live.jsonl --columns score,length --format json\n"
                "  absa compare -r a.csv -c b.csv --format html > report.html\n",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
