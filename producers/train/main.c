/* SPDX-License-Identifier: MIT */
/* absa-train -- labelled texts in, a bundle out. */
#include <string.h>

#include "app/app.h"
#include "model/bundle.h"
#include "model/default_dir.h"
#include "producers/train/train.h"

static struct train_conf conf = {
    .name = "absa-model",
    .version = "1",
    .columns = { "text", "sentiment", "engagement", "implicitness", "is_reply" },
};
static const char *split = "hash";

static const struct app_opt opts[] = {
    { "data", 0, "FILE", APP_STR, &conf.data, "labelled texts: CSV, TSV or JSON lines (.jsonl)" },
    { "out", 0, "DIR", APP_STR, &conf.out, "folder of the bundle" },
    { "tables", 0, "DIR", APP_STR, &conf.tables, "word tables; those of the default bundle" },
    { "name", 0, "NAME", APP_STR, &conf.name, "name of the model (absa-model)" },
    { "model-version", 0, "V", APP_STR, &conf.version, "version of the model (1)" },
    { "split", 0, "HOW", APP_STR, &split, "hash, or time: the rows are in time order (hash)" },
    { "text", 0, "COL", APP_STR, &conf.columns.text, "column of the text (text)" },
    { "sentiment", 0, "COL", APP_STR, &conf.columns.sentiment, "of -1..1 (sentiment)" },
    { "engagement", 0, "COL", APP_STR, &conf.columns.engagement,
      "of 0..1, may be missing (engagement)" },
    { "implicitness", 0, "COL", APP_STR, &conf.columns.implicitness,
      "of 0..1, may be missing (implicitness)" },
    { "is-reply", 0, "COL", APP_STR, &conf.columns.is_reply,
      "1 or true, may be missing (is_reply)" },
    { NULL, 0, NULL, APP_FLAG, NULL, NULL },
};

static enum status run(struct app_run *app, struct err *err)
{
    (void)app;
    if (!conf.data || !conf.out)
        return err_set(err, ST_FATAL, "usage: --data FILE and --out DIR are needed");
    if (strcmp(split, "hash") != 0 && strcmp(split, "time") != 0)
        return err_set(err, ST_FATAL, "usage: --split is hash or time");
    conf.split = strcmp(split, "time") == 0 ? SPLIT_TIME : SPLIT_HASH;
    if (!conf.tables)
        conf.tables = bundle_dir("");
    return train(&conf, err);
}

static const struct app app = {
    .name = "train",
    .summary = "labelled texts in, a bundle out",
    .examples = "  absa train --data labels.csv --out my-bundle\n",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
