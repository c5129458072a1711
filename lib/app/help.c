/* SPDX-License-Identifier: MIT */

#include "app/inner.h"

enum { DOC_COLUMN = 30 };

static void print_option(struct buf *out, int letter, const char *name, const char *arg,
                         const char *doc)
{
    size_t start = out->n;

    if (letter != 0)
        buf_fmt(out, "  -%c, --%s", letter, name);
    else
        buf_fmt(out, "      --%s", name);
    if (arg)
        buf_fmt(out, " %s", arg);
    size_t width = out->n - start;
    if (width + 2 > DOC_COLUMN)
        buf_fmt(out, "\n%*s%s\n", DOC_COLUMN, "", doc);
    else
        buf_fmt(out, "%*s%s\n", (int)(DOC_COLUMN - width), "", doc);
}

static void print_properties(const struct app *app, struct buf *out)
{
    buf_str(out, "\nProperties: name = value in the file of -c, ABSA_NAME in the environment, "
                 "-X name=value\n");
    conf_print_help(app->sections, out);
    if (app->pass_prefix)
        buf_fmt(out, "\n  %s*\n      Handed on untouched.\n", app->pass_prefix);
}

void app_print_help(const struct app *app, struct buf *out)
{
    buf_fmt(out, "Usage: absa %s [options]", app->name);
    if (app->args)
        buf_fmt(out, " %s", app->args);
    buf_fmt(out, "\n\n%s\n", app->summary);
    if (app->opts && app->opts[0].name)
        buf_str(out, "\nOptions\n");
    for (const struct app_opt *o = app->opts; o && o->name; o++)
        print_option(out, o->letter, o->name, o->arg, o->doc);
    buf_str(out, "\nOptions of every command\n");
    for (const struct app_common *o = app_common_opts; o->name; o++) {
        if (app_takes(app, o))
            print_option(out, app_takes_letter(app, o) ? o->letter : 0, o->name, o->arg, o->doc);
    }
    if (app->examples)
        buf_fmt(out, "\nExamples\n%s", app->examples);
    if (app->sections)
        print_properties(app, out);
    buf_str(out, "\nExit codes: 0 done, 64 usage, 65 bad data, 69 a service or file is not there, "
                 "70 internal, 75 try again,\n77 not permitted, 78 configuration\n");
}
