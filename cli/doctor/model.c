/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/doctor/checks.h"
#include "consumers/drift/config.h"
#include "drift/training.h"

/* The first librdkafka whose SCRAM Kafka 3.8.1 and later accept. */
enum { SCRAM_WORKS = 0x02060100 };

static bool uses_scram(const struct kafka_conf *kafka)
{
    const char *v = kafka_conf_get(kafka, "sasl.mechanisms");

    if (!v)
        v = kafka_conf_get(kafka, "sasl.mechanism");
    return v && strncmp(v, "SCRAM", 5) == 0;
}

static void libraries(struct doctor *d)
{
    int number;
    const char *version = kafka_library(&number);
    const bool bad = number < SCRAM_WORKS && uses_scram(&d->kafka);
    struct finding *f =
        report_add(&d->report, bad ? FOUND_WARN : FOUND_OK, "librdkafka",
                   number < SCRAM_WORKS
                       ? "SCRAM logins of versions before 2.6.1 fail against Kafka 3.8.1 and later"
                       : "the client of Kafka");

    finding_value(f, "%s%s", version, bad ? ", and sasl.mechanisms is SCRAM" : "");
    if (bad)
        finding_fix(f, "set kafka.sasl.mechanisms = PLAIN over TLS, or use client certificates");
    f = report_add(&d->report, FOUND_OK, "xgboost", "runs the models of the bundle");
    finding_value(f, "%s", bundle_library());
}

static struct bundle *bundle(struct doctor *d, struct found *found)
{
    const char *name = model_name(&d->conf->model, d->conf->score.bundle);
    static const char means[] = "hashes of its files, and its golden rows scored again";
    struct bundle *b = NULL;
    struct err err = { 0 };

    if (registry_once(&d->conf->model, d->conf->score.bundle, &d->conf->mlflow, found, &b, &err) !=
        ST_OK) {
        struct finding *f = report_add(&d->report, FOUND_FAIL, "bundle", means);

        finding_value(f, "%s", err.msg);
        if (mlflow_is_model(name))
            finding_fix(f, "absa serve --check-config%s   # mlflow.url, and what it knows",
                        d->same_conf);
        else
            finding_fix(f, "cd %.200s && sha256sum -c SHA256SUMS", name);
        return NULL;
    }
    const struct bundle_info *info = bundle_info(b);
    finding_value(report_add(&d->report, FOUND_OK, "bundle", means), "%.*s %.*s, %.12s..., %s",
                  SLICE_ARG(info->name), SLICE_ARG(info->version), info->sha256.p, found->dir);
    return b;
}

/* No failure: windows are judged against the stream, and it scores worse than it could. */
static void training(struct doctor *d, const struct baseline *base)
{
    static const char means[] = "is the stream what the model was trained on?";
    const size_t skewed = training_skewed(base);
    struct finding *f;
    struct buf names;

    if (base->training[0] == '\0')
        return;
    f = report_add(&d->report, skewed > 0 ? FOUND_WARN : FOUND_OK, "training data", means);
    if (skewed == 0) {
        finding_value(f, "no feature differs");
        return;
    }
    buf_init(&names, ERR_MSG_MAX);
    training_names(base, 3, &names);
    finding_value(f, "%zu of %zu features differ (PSI beyond noise): %.*s", skewed, base->n,
                  (int)names.n, names.n ? names.p : "");
    finding_fix(f, "absa train --data LABELLED --out bundle   # with texts of this stream");
    buf_release(&names);
}

static void baseline(struct doctor *d, const struct bundle *b, const struct found *found)
{
    static const char means[] =
        "what windows are compared with; only scores of its bundle are judged";
    struct baseline *base = NULL;
    struct err err = { 0 };

    if (drift_baseline_load(&d->conf->drift, found->dir, &base, &err) != ST_OK) {
        struct finding *f = report_add(&d->report, FOUND_FAIL, "baseline", means);

        finding_value(f, "%s", err.msg);
        finding_fix(f, "absa baseline --input FILE --out baseline.json");
        return;
    }
    const bool fits = !b || slice_is(bundle_info(b)->sha256, base->bundle_sha256);
    struct finding *f = report_add(&d->report, fits ? FOUND_OK : FOUND_FAIL, "baseline", means);
    finding_value(f, "%lld comments of %lld videos, %zu features%s", (long long)base->comments,
                  (long long)base->videos, base->n,
                  fits ? "" : "; made with another bundle, or score.taxonomy");
    if (!fits)
        finding_fix(f, "absa baseline --input FILE --out baseline.json   # with this bundle");
    training(d, base);
    baseline_free(base);
}

static void key(struct doctor *d)
{
    static const char means[] = "users are stored as pseudonyms under this key; keep it";
    static const char make[] = "(umask 077; openssl rand -hex 32 > absa.key)";
    const char *path = d->conf->ingest.user_key_file;
    struct ingest_conf conf;
    struct err err = { 0 };
    struct finding *f;

    if (path[0] == '\0') {
        f = report_add(&d->report, FOUND_WARN, "user key", means);
        finding_value(f, "ingest.user_key_file is not set: absa ingest will not start");
        finding_fix(f, "%s   # then ingest.user_key_file = absa.key", make);
        return;
    }
    const bool ok = ingest_conf_take(&d->conf->ingest, false, &conf, &err) == ST_OK;
    memset(&conf, 0, sizeof(conf));
    f = report_add(&d->report, ok ? FOUND_OK : FOUND_FAIL, "user key", means);
    finding_value(f, "%s", ok ? path : err.msg);
    if (!ok)
        finding_fix(f, strstr(err.msg, "others may read") ? "chmod 0600 %s" : "ls -l %s", path);
}

void check_model(struct doctor *d)
{
    d->report.area = "model";
    libraries(d);
    struct found found = { .dir = "" };
    struct bundle *b = bundle(d, &found);
    baseline(d, b, &found);
    bundle_free(b);
    key(d);
}
