/* SPDX-License-Identifier: MIT */
/* check-config.c -- asks a program about its own configuration.
 *
 * Only the program knows its properties, so this becomes that program with
 * --print-config (or --sample-config, --json-schema); the program checks the
 * whole configuration first and exits 78 with every error. */
#include <stdio.h>

#include "app/app.h"
#include "cli/find.h"

static const char *conf_file;
static struct app_list set;
static bool schema;
static bool sample;

static const struct app_opt opts[] = {
    { "config", 'c', "FILE", APP_STR, &conf_file, "the configuration to check" },
    { "set", 'X', "NAME=VALUE", APP_LIST, &set, "set one property" },
    { "json-schema", 0, NULL, APP_FLAG, &schema, "print a JSON schema for editors" },
    { "sample", 0, NULL, APP_FLAG, &sample, "print a commented sample" },
    { NULL, 0, NULL, APP_FLAG, NULL, NULL },
};

enum { WORDS_MAX = 2 * APP_LIST_MAX + 8 };

/* execv() wants char *, and does not write to them. */
static void add(char **words, size_t *n, const char *word)
{
    union {
        const char *in;
        char *out;
    } cast = { .in = word };

    words[(*n)++] = cast.out;
}

static enum status run(struct app_run *run, struct err *err)
{
    static char *words[WORDS_MAX];
    size_t n = 0;

    if (run->argc != 1)
        return err_set(err, ST_FATAL, "usage: want one PROGRAM, as in absa check-config ingest");
    add(words, &n, "absa");
    add(words, &n, schema ? "--json-schema" : sample ? "--sample-config" : "--print-config");
    if (conf_file) {
        add(words, &n, "--config"); /* -c is a count in tail */
        add(words, &n, conf_file);
    }
    for (size_t i = 0; i < set.n; i++) {
        add(words, &n, "-X");
        add(words, &n, set.item[i]);
    }
    return find_exec(run->argv[0], words, err);
}

static const struct app app = {
    .name = "check-config",
    .args = "PROGRAM",
    .summary = "Checks a program's configuration and prints the effective one with the origin of\n"
               "each value; exit 78 and every error with file:line when it is wrong.",
    .examples = "  absa check-config ingest -c ingest.conf\n"
                "  absa check-config drift --sample > drift.conf\n",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
