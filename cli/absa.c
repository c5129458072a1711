/* SPDX-License-Identifier: MIT */
/* absa.c -- the front door: absa COMMAND becomes the program absa-COMMAND.
 *
 * Each command is a program of its own, so that each links only what it needs.
 * tests/arch checks that this table and the programs agree. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/near.h"
#include "cli/find.h"

struct command {
    const char *name;
    const char *what;
};

/* As the data flows, then what is done beside it. */
static const struct command commands[] = {
    { "up", "the whole pipeline on this machine, and a picture of what flows" },
    { "import", "files of any scraper into the raw topic" },
    { "ingest", "raw records of any scraper in, comments out" },
    { "score", "comments in, scores out" },
    { "drift", "scores in, windows and alerts out" },
    { "errors", "labels in, the errors of predictions out, for a drift of their own" },
    { "notify", "alerts in, mail and messages out" },
    { "sink", "windows, alerts, scores and labels into PostgreSQL" },
    { "console", "a page that says what the pipeline knows: drift, alerts, what flows" },
    { "tail", "alerts as they come, or what any topic of absa holds" },
    { "explain", "which features make the scores of a text, or of the examples in an alert" },
    { "shadow", "two models on the same comments: how far they are apart" },
    { "serve", "a model behind HTTP, asked as MLflow's is" },
    { "verify-alert", "recompute every number of an alert from the record alone" },
    { "replay", "a stretch of a raw topic again, into another topic" },
    { "backtest", "the whole pipeline over files or a stretch of a topic, without Kafka" },
    { "report", "what a backtest found as one HTML page, to read, print or send" },
    { "why", "why a feature was, or was not, an alert at a time" },
    { "label", "judgements of people or tools onto absa.labels, with the predictions they judge" },
    { "train", "make a bundle (model, tables, baseline) from labelled text" },
    { "baseline", "what scores look like when all is well, from files or a topic" },
    { "compare", "drift between two tables, column by column" },
    { "broker", "a broker in memory, for demonstrations and tests" },
    { "topics", "the topics that there should be: compared with the cluster, or created" },
    { "dead", "dead letters: how many and why, one of them, and back where they came from" },
    { "doctor", "is all that the pipeline needs there and right, and what helps if not" },
    { "canary", "marked records through the whole pipeline: does each come through, how fast" },
    { "check-config", "check a program's configuration, or print a sample or a schema of it" },
};
static const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

static void print_commands(FILE *f)
{
    fputs("Usage: absa COMMAND [options]\n\nFinds out when what a model is fed, or what it says, "
          "no longer looks like what it was built on.\n\nCommands\n",
          f);
    for (size_t i = 0; i < n_commands; i++)
        fprintf(f, "  %-14s %s\n", commands[i].name, commands[i].what);
    fputs("\nabsa help COMMAND, or absa COMMAND --help, says more.\n", f);
}

static int unknown(const char *name)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < n_commands; i++) {
        size_t d = near_distance(slice_str(name), slice_str(commands[i].name));

        if (d < least) {
            least = d;
            best = commands[i].name;
        }
    }
    fprintf(stderr, "absa: no command is called %.60s", name);
    if (best && near_enough(slice_str(name), slice_str(best), least))
        fprintf(stderr, "; did you mean %s?", best);
    fputs("\nabsa help lists the commands\n", stderr);
    return EXIT_USAGE;
}

static int start(const char *name, char **argv)
{
    struct err err = { 0 };
    size_t i = 0;

    while (i < n_commands && strcmp(commands[i].name, name) != 0)
        i++;
    if (i == n_commands)
        return unknown(name);
    enum status st = find_exec(name, argv, &err);
    fprintf(stderr, "absa: %s\n", err.msg);
    return app_exit_code(st, &err);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "help";

    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("absa %s\n", app_version());
        return EXIT_OK;
    }
    if (strcmp(word, "help") != 0 && strcmp(word, "--help") != 0 && strcmp(word, "-h") != 0)
        return start(word, argv + 1);
    if (argc > 2) {
        char help[] = "--help";
        char *args[] = { argv[0], help, NULL };

        return start(argv[2], args);
    }
    print_commands(argc > 1 ? stdout : stderr);
    return argc > 1 ? EXIT_OK : EXIT_USAGE;
}
