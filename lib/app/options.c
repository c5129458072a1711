/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "app/inner.h"
#include "base/near.h"
#include "conf/value.h"

const struct app_common app_common_opts[] = {
    { "config", 'c', "FILE", "read the configuration from FILE", true, 'c' },
    { "set", 'X', "NAME=VALUE", "set one property", true, 'X' },
    { "quiet", 'q', NULL, "say only what went wrong", false, 'q' },
    { "verbose", 'v', NULL, "say more; twice: still more", false, 'v' },
    { "dry-run", 'n', NULL, "say what would be done, change nothing", false, 'n' },
    { "version", 'V', NULL, "print the version", false, 'V' },
    { "help", 'h', NULL, "print this help", false, 'h' },
    { "check-config", 0, NULL, "check the configuration and exit (0 or 78)", true,
      CODE_MODE + APP_CHECK },
    { "print-config", 0, NULL, "print the effective configuration and the origin of each value",
      true, CODE_MODE + APP_PRINT },
    { "sample-config", 0, NULL, "print a commented sample of the configuration", true,
      CODE_MODE + APP_SAMPLE },
    { "json-schema", 0, NULL, "print a JSON schema of the configuration", true,
      CODE_MODE + APP_SCHEMA },
    { "doc-config", 0, NULL, "print the configuration's reference in Markdown", true,
      CODE_MODE + APP_DOC },
    { NULL, 0, NULL, NULL, false, 0 },
};

static const struct app_opt *own_opt(const struct app *app, size_t i)
{
    return app->opts && app->opts[i].name ? &app->opts[i] : NULL;
}

bool app_takes(const struct app *app, const struct app_common *o)
{
    const struct app_opt *own;

    if ((o->needs_conf && !app->sections) || (o->letter == 'n' && !app->has_dry_run))
        return false;
    for (size_t i = 0; (own = own_opt(app, i)); i++) {
        if (strcmp(own->name, o->name) == 0)
            return false;
    }
    return true;
}

bool app_takes_letter(const struct app *app, const struct app_common *o)
{
    const struct app_opt *own;

    if (o->letter == 0 || !app_takes(app, o))
        return false;
    for (size_t i = 0; (own = own_opt(app, i)); i++) {
        if (own->letter == o->letter)
            return false;
    }
    return true;
}

/* What getopt_long() wants. */
struct getopt_tables {
    char letters[2 * APP_OPTS_MAX + 2];
    size_t n_letters;
    struct option longs[APP_OPTS_MAX + 1];
    size_t n_longs;
};

static void add(struct getopt_tables *t, const char *name, int letter, bool has_arg, int code)
{
    if (t->n_longs == APP_OPTS_MAX)
        return;
    t->longs[t->n_longs++] =
        (struct option){ name, has_arg ? required_argument : no_argument, NULL, code };
    if (letter != 0) {
        t->letters[t->n_letters++] = (char)letter;
        if (has_arg)
            t->letters[t->n_letters++] = ':';
    }
}

static void make_tables(const struct app *app, struct getopt_tables *t)
{
    const struct app_opt *own;

    memset(t, 0, sizeof(*t));
    t->letters[t->n_letters++] = ':'; /* a missing argument gives ':', and no message */
    for (size_t i = 0; (own = own_opt(app, i)); i++)
        add(t, own->name, own->letter, own->type != APP_FLAG, CODE_OWN + (int)i);
    for (const struct app_common *o = app_common_opts; o->name; o++) {
        if (app_takes(app, o))
            add(t, o->name, app_takes_letter(app, o) ? o->letter : 0, o->arg != NULL,
                CODE_LONG + o->code);
    }
}

static enum status set_number(const struct app_opt *o, enum conf_type type, const char *arg,
                              struct err *err)
{
    const struct conf_prop p = { .name = o->name, .type = type, .min = -9e15, .max = 9e15 };
    enum status st = conf_value_set(&p, o->into, arg, err);

    if (st != ST_OK)
        err_prefix(err, "usage");
    return st;
}

static enum status set_own(const struct app_opt *o, const char *arg, struct err *err)
{
    struct app_list *list = o->into;

    switch (o->type) {
    case APP_FLAG:
        *(bool *)o->into = true;
        return ST_OK;
    case APP_STR:
        *(const char **)o->into = arg;
        return ST_OK;
    case APP_INT:
        return set_number(o, CONF_INT, arg, err);
    case APP_MS:
        return set_number(o, CONF_MS, arg, err);
    case APP_LIST:
        if (list->n == APP_LIST_MAX)
            return err_set(err, ST_FATAL, "usage: --%s is given more than %d times", o->name,
                           APP_LIST_MAX);
        list->item[list->n++] = arg;
        return ST_OK;
    }
    return ST_OK;
}

static enum status set_common(struct app_line *line, int code, const char *arg, struct err *err)
{
    switch (code) {
    case 'c':
        line->conf_file = arg;
        return ST_OK;
    case 'X':
        if (line->set.n == APP_LIST_MAX)
            return err_set(err, ST_FATAL, "usage: more than %d times -X", APP_LIST_MAX);
        line->set.item[line->set.n++] = arg;
        return ST_OK;
    case 'q':
        line->run.verbosity = -1;
        return ST_OK;
    case 'v':
        line->run.verbosity++;
        return ST_OK;
    case 'n':
        line->run.dry_run = true;
        return ST_OK;
    case 'V':
        line->mode = APP_VERSION;
        return ST_OK;
    case 'h':
        line->mode = APP_HELP;
        return ST_OK;
    default:
        line->mode = (enum app_mode)(code - CODE_MODE);
        return ST_OK;
    }
}

/* A letter is the program's own before it is everybody's; a long name was told
 * apart by its code already. */
static int what_code(const struct app *app, int code)
{
    const struct app_opt *own;

    if (code >= CODE_LONG)
        return code - CODE_LONG;
    for (size_t i = 0; (own = own_opt(app, i)); i++) {
        if (own->letter != 0 && own->letter == code)
            return CODE_OWN + (int)i;
    }
    return code;
}

static enum status set(const struct app *app, struct app_line *line, int code, struct err *err)
{
    if (code >= CODE_OWN && code < CODE_MODE)
        return set_own(&app->opts[code - CODE_OWN], optarg, err);
    return set_common(line, code, optarg, err);
}

/* Which long option was meant by "--brokes" or "--brokes=x"; NULL: none is near. */
static const char *near_option(const struct getopt_tables *t, const char *word)
{
    const struct slice typed = { word + 2, strcspn(word + 2, "=") };
    const char *best = NULL;
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < t->n_longs; i++) {
        size_t d = near_distance(typed, slice_str(t->longs[i].name));

        if (d < least) {
            least = d;
            best = t->longs[i].name;
        }
    }
    return best && near_enough(typed, slice_str(best), least) ? best : NULL;
}

static enum status bad_option(const struct getopt_tables *t, int code, const char *word,
                              struct err *err)
{
    const char *meant = strncmp(word, "--", 2) == 0 ? near_option(t, word) : NULL;

    if (code == ':')
        return err_set(err, ST_FATAL, "usage: %s wants an argument", word);
    if (optopt > 0 && optopt <= UCHAR_MAX)
        return err_set(err, ST_FATAL, "usage: unknown option -%c", optopt);
    if (meant)
        return err_set(err, ST_FATAL, "usage: unknown option %s; did you mean --%s?", word, meant);
    return err_set(err, ST_FATAL, "usage: unknown option %s", word);
}

enum status app_parse(const struct app *app, int argc, char **argv, struct app_line *line,
                      struct err *err)
{
    struct getopt_tables t;
    enum status st = ST_OK;
    int code;

    make_tables(app, &t);
    opterr = 0;
    optind = 0; /* from the start, whatever a call before left */
    while (st == ST_OK) {
        int at = optind > 0 ? optind : 1;
        const char *word = at < argc ? argv[at] : "";

        optopt = 0;
        code = getopt_long(argc, argv, t.letters, t.longs, NULL);
        if (code == -1)
            break;
        if (code == '?' || code == ':')
            return bad_option(&t, code, word, err);
        st = set(app, line, what_code(app, code), err);
    }
    line->run.argc = argc - optind;
    line->run.argv = argv + optind;
    if (st == ST_OK && line->mode == APP_RUN && line->run.argc > 0 && !app->args)
        return err_set(err, ST_FATAL, "usage: unexpected argument %.60s", argv[optind]);
    return st;
}
