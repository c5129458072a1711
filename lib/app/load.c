/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "app/inner.h"
#include "file/file.h"

extern char **environ;

enum { SECRET_MAX = 64 * 1024 };

/* A secret that everybody on the machine may read is none. */
static enum status read_secret(const char *path, struct buf *out, struct err *err)
{
    struct stat sb;

    if (stat(path, &sb) == 0 && (sb.st_mode & S_IRWXO) != 0)
        return err_set(err, ST_FATAL, "%s: others may read it, want mode 0600 or 0640", path);
    return file_read(path, out, err);
}

static void load_secrets(struct conf *c)
{
    const char *path;

    for (size_t i = 0; (path = conf_secret_file(c, i)); i++) {
        struct err err = { 0 };
        struct buf bytes;

        buf_init(&bytes, SECRET_MAX);
        enum status st = read_secret(path, &bytes, &err);
        conf_secret(c, i, buf_slice(&bytes), st == ST_OK ? NULL : err.msg);
        if (bytes.p)
            memset(bytes.p, 0, bytes.cap);
        buf_release(&bytes);
    }
}

/* -X, but for names that are for other programs. */
static void load_options(const struct app *app, const struct app_list *set, struct conf *c)
{
    for (size_t i = 0; i < set->n; i++) {
        const char *eq = strchr(set->item[i], '=');
        struct slice name = { set->item[i], eq ? (size_t)(eq - set->item[i]) : 0 };

        if (!app->passes_on || !eq || conf_knows(c, slice_trim(name)))
            conf_option(c, set->item[i]);
    }
}

enum status app_read(const struct app *app, struct app_line *line, struct conf *c, struct err *err)
{
    struct buf text;
    enum status st = ST_OK;

    line->scope = (struct conf_scope){ app->name, app_programs, app_shared_props, app->also };
    conf_scope(c, &line->scope);
    buf_init(&text, CONF_TEXT_MAX);
    if (line->conf_file) {
        st = file_read(line->conf_file, &text, err);
        if (st != ST_OK) {
            err_prefix(err, "config");
            goto out;
        }
        conf_read(c, buf_slice(&text), line->conf_file);
    }
    conf_environment(c, environ);
    load_options(app, &line->set, c);
    load_secrets(c);
    st = conf_finish(c, err);
out:
    buf_release(&text);
    return st;
}

enum status app_check(const struct app *app, struct conf *c, struct err *err)
{
    if (!app->check)
        return ST_OK;
    app->check(c);
    return conf_finish(c, err);
}

enum status app_load(const struct app *app, struct app_line *line, struct conf **conf,
                     struct err *err)
{
    *conf = conf_new(app->sections, app->pass_prefix);
    if (!*conf)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = app_read(app, line, *conf, err);
    return st == ST_OK ? app_check(app, *conf, err) : st;
}
