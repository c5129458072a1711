/* SPDX-License-Identifier: MIT */
#include "producers/train/train.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEPS = 9, BAR = 24 }; /* 4 folds, 3 outputs, golden rows, baseline */

void train_progress(struct training *t, const char *what)
{
    int filled;

    t->steps++;
    if (!isatty(STDERR_FILENO))
        return;
    filled = BAR * t->steps / STEPS;
    fprintf(stderr, "\r[%.*s%*s] %d/%d %-20s%s", filled, "########################", BAR - filled,
            "", t->steps, STEPS, what, t->steps == STEPS ? "\n" : "");
}

static void report(const struct training *t, const struct quality *q)
{
    printf("%zu rows, %zu features, %zu test rows\n", t->data.n, t->manifest.features.n, q->n);
    for (size_t o = 0; o < OUTPUT_CONFIDENCE; o++)
        printf("%-20s %3d trees, Pearson %.4f, mean absolute error %.4f\n", output_table[o].name,
               t->rounds[o], q->pearson[o], q->mae[o]);
    printf("%-20s %3d trees, mean %.3f, share within 0.25 of the truth %.3f\n",
           output_table[OUTPUT_CONFIDENCE].name, t->rounds[OUTPUT_CONFIDENCE], q->mean_confidence,
           q->near_enough);
    printf("%-20s", "conformal");
    for (size_t l = 0; q->n > 0 && l < CONFORMAL_LEVELS; l++)
        printf("%s %.0f %% held for %.1f %%", l > 0 ? "," : "", 100.0 * conformal_levels[l],
               100.0 * (double)q->covered[l] / (double)q->n);
    printf(" of the test rows\n");
    if (t->manifest.kind == KIND_CASCADE)
        printf("%-20s %zu of %zu test rows to MiniLM: expected error above %.4f\n", "cascade",
               q->escalated, q->n, t->manifest.above);
    printf("%s\n", t->conf->out);
}

static enum status learn(struct training *t, struct quality *q, struct err *err)
{
    const struct train_conf *conf = t->conf;
    enum status st;

    t->manifest.name = slice_str(conf->name);
    t->manifest.version = slice_str(conf->version);
    st = shares_init(&t->shares, conf->categories, err);
    if (st == ST_OK)
        st = data_read(conf->data, &conf->columns, conf->split, t->arena, &t->data, err);
    if (st == ST_OK)
        st = shares_room(&t->shares, t->data.n, t->arena, err);
    if (st != ST_OK)
        return st;
    if (mkdir(conf->out, 0777) != 0 && errno != EEXIST)
        return err_set(err, ST_FATAL, "%s: %s", conf->out, strerror(errno));
    st = train_features(t, err);
    if (st == ST_OK)
        st = train_models(t, err);
    if (st == ST_OK)
        st = train_write(t, q, err);
    if (st == ST_OK)
        report(t, q);
    return st;
}

static enum status run(struct training *t, struct err *err)
{
    const struct publish_conf *publish = t->conf->publish;
    struct quality q = { 0 };
    struct mlflow_run told = { .id = "" };
    enum status st = publish ? publish_begin(publish, &told, err) : ST_OK;

    if (st != ST_OK)
        return st;
    st = learn(t, &q, err);
    if (st == ST_OK && publish)
        st = publish_end(t, &q, &told, err);
    if (st != ST_OK && publish)
        publish_failed(publish, &told);
    return st;
}

enum status train(const struct train_conf *conf, struct err *err)
{
    struct training t = { .conf = conf };
    enum status st;

    t.arena = arena_new(TRAIN_MEMORY_MAX);
    if (!t.arena)
        return err_set(err, ST_FATAL, "out of memory for training");
    st = run(&t, err);
    tables_release(&t.tables);
    shares_release(&t.shares);
    arena_free(t.arena);
    return st;
}
