/* SPDX-License-Identifier: MIT */
/* absa-train -- labelled texts in, a bundle out. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "model/bundle.h"
#include "model/default_dir.h"
#include "net/net.h"
#include "producers/train/train.h"
#include "registry/registry.h"
#include "score/tsv.h"

static struct train_conf conf = {
    .name = "absa-model",
    .version = "1",
    .apart = 0.5,
    .columns = { .text = "text",
                 .sentiment = "sentiment",
                 .engagement = "engagement",
                 .implicitness = "implicitness",
                 .is_reply = "is_reply",
                 .lang = "lang" },
    .categories = "aspect,lang",
};
static const char *split = "hash";
static const char *kindred;
static const char *encoder = "static";
static const char *precision = "int8";
static const char *budget = "300";
static struct mlflow_conf mlflow;
static const char *url;
static struct publish_conf publish = {
    .experiment = "absa-drift",
    .model = "absa-sentiment-model",
};

static const struct conf_section sections[] = {
    { "MLflow", mlflow_props, &mlflow },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "data", 0, "FILE", APP_STR, &conf.data,
      "labelled texts: CSV, TSV, JSON lines (.jsonl) or Avro (.avro)" },
    { "out", 0, "DIR", APP_STR, &conf.out, "folder of the bundle" },
    { "tables", 0, "DIR", APP_STR, &conf.tables, "word tables; those of the default bundle" },
    { "encoder", 0, "KIND", APP_STR, &encoder, "static, minilm or cascade (static)" },
    { "minilm", 0, "DIR", APP_STR, &conf.minilm,
      "with minilm and cascade: minilm.xml and minilm.bin, of tools/minilm" },
    { "precision", 0, "P", APP_STR, &precision, "of MiniLM: f32, bf16 or int8 (int8)" },
    { "budget", 0, "US", APP_STR, &budget,
      "with cascade: what MiniLM may cost a comment, in microseconds on average (300)" },
    { "name", 0, "NAME", APP_STR, &conf.name, "name of the model (absa-model)" },
    { "model-version", 0, "V", APP_STR, &conf.version, "version of the model (1)" },
    { "kindred", 0, "SHARE", APP_STR, &kindred,
      "aspects by words near to the taxonomy's: 0..1, the lower the more, or off (0.5)" },
    { "split", 0, "HOW", APP_STR, &split, "hash, or time: the rows are in time order (hash)" },
    { "text", 0, "COL", APP_STR, &conf.columns.text, "column of the text (text)" },
    { "sentiment", 0, "COL", APP_STR, &conf.columns.sentiment, "of -1..1 (sentiment)" },
    { "engagement", 0, "COL", APP_STR, &conf.columns.engagement,
      "of 0..1, may be missing (engagement)" },
    { "implicitness", 0, "COL", APP_STR, &conf.columns.implicitness,
      "of 0..1, may be missing (implicitness)" },
    { "is-reply", 0, "COL", APP_STR, &conf.columns.is_reply,
      "1 or true, may be missing (is_reply)" },
    { "lang", 0, "COL", APP_STR, &conf.columns.lang, "language, en, may be missing (lang)" },
    { "categories", 0, "FIELDS", APP_STR, &conf.categories,
      "the baseline has the shares of their values, with commas, or off (aspect,lang)" },
    { "likes", 0, "COL", APP_STR, &conf.columns.likes,
      "engagement is the rank of these likes among those of the same --video" },
    { "video", 0, "COL", APP_STR, &conf.columns.video, "with --likes: what the comment is under" },
    { "mlflow", 0, "URL", APP_STR, &url, "logs the run there, and registers the bundle" },
    { "experiment", 0, "NAME", APP_STR, &publish.experiment,
      "with --mlflow: the run's experiment (absa-drift)" },
    { "register", 0, "NAME", APP_STR, &publish.model,
      "with --mlflow: the registered model (absa-sentiment-model)" },
    { "alias", 0, "NAME", APP_STR, &publish.alias, "with --mlflow: points to the new version" },
    { NULL, 0, NULL, APP_FLAG, NULL, NULL },
};

/* A name as it stands in models:/NAME/VERSION and models:/NAME@ALIAS. */
static enum status check_names(struct err *err)
{
    struct mlflow_model ignored;
    char text[2 * MLFLOW_NAME_MAX];

    snprintf(text, sizeof(text), "models:/%s@%s", publish.model,
             publish.alias ? publish.alias : "none");
    enum status st = mlflow_parse(text, &ignored, err);
    if (st != ST_OK)
        err_prefix(err, "usage: --register, --alias");
    return st;
}

static enum status run_published(struct err *err)
{
    enum status st = check_names(err);

    mlflow.url = url;
    publish.rest = mlflow_rest(&mlflow, app_stop_flag());
    if (st == ST_OK && rest_check(&publish.rest, err) != ST_OK) {
        err_prefix(err, "usage: --mlflow");
        st = ST_FATAL;
    }
    if (st == ST_OK)
        st = net_start(err);
    if (st != ST_OK)
        return st;
    conf.publish = &publish;
    st = train(&conf, err);
    net_stop();
    return st;
}

/* --kindred: a share, or off. */
static enum status take_kindred(struct err *err)
{
    if (!kindred)
        return ST_OK;
    if (strcmp(kindred, "off") == 0) {
        conf.apart = -1.0;
        return ST_OK;
    }
    if (!tsv_number(slice_str(kindred), &conf.apart) || conf.apart < 0.0 || conf.apart > 1.0)
        return err_set(err, ST_FATAL, "usage: --kindred is a number in 0..1, or off");
    return ST_OK;
}

/* --encoder and what goes with it. */
static enum status set_encoder(struct err *err)
{
    enum encoder_kind kind = KIND_STATIC;
    enum precision p = PRECISION_F32;

    while (kind < KIND_N && strcmp(encoder, kind_names[kind]) != 0)
        kind++;
    if (kind == KIND_N)
        return err_set(err, ST_FATAL, "usage: --encoder is static, minilm or cascade");
    while (p < PRECISION_N && strcmp(precision, precision_names[p]) != 0)
        p++;
    if (p == PRECISION_N)
        return err_set(err, ST_FATAL, "usage: --precision is f32, bf16 or int8");
    if (!tsv_number(slice_str(budget), &conf.budget_us) || conf.budget_us < 0.0)
        return err_set(err, ST_FATAL, "usage: --budget is not a number of at least 0");
    if ((kind >= KIND_MINILM) != (conf.minilm != NULL))
        return err_set(err, ST_FATAL, "usage: --minilm goes with --encoder minilm or cascade");
    conf.encoder = kind;
    conf.precision = p;
    return ST_OK;
}

static enum status run(struct app_run *app, struct err *err)
{
    (void)app;
    if (take_kindred(err) != ST_OK || set_encoder(err) != ST_OK)
        return ST_FATAL;
    if (!conf.data || !conf.out)
        return err_set(err, ST_FATAL, "usage: --data FILE and --out DIR are needed");
    if (!conf.columns.likes != !conf.columns.video)
        return err_set(err, ST_FATAL, "usage: --likes and --video go together");
    if (strcmp(split, "hash") != 0 && strcmp(split, "time") != 0)
        return err_set(err, ST_FATAL, "usage: --split is hash or time");
    conf.split = strcmp(split, "time") == 0 ? SPLIT_TIME : SPLIT_HASH;
    if (strcmp(conf.categories, "off") == 0)
        conf.categories = NULL;
    if (!conf.tables)
        conf.tables = bundle_dir("");
    return url ? run_published(err) : train(&conf, err);
}

static void check(struct conf *c)
{
    mlflow_props_check(&mlflow, c);
}

static const struct app app = {
    .name = "train",
    .summary = "labelled texts in, a bundle out",
    .examples = "  absa train --data labels.csv --out my-bundle\n"
                "  absa train --data labels.csv --out my-bundle --mlflow http://127.0.0.1:5000\n",
    .sections = sections,
    .opts = opts,
    .check = check,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
