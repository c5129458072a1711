/* SPDX-License-Identifier: MIT */
#include "pipeline.h"

#include <stddef.h>
#include <stdio.h>

#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "model/default_dir.h"
#include "model/file.h"

struct pipeline_conf pipeline_conf;

/* clang-format off */
static const struct conf_prop drift_props[] = {
    { .name = "drift.baseline", .type = CONF_STR, .at = offsetof(struct drift_settings, baseline), .dflt = "",
      .doc = "Baseline file (absa baseline); empty: the one of score.bundle." },
    { .name = "drift.segments", .type = CONF_STR, .at = offsetof(struct drift_settings, segments), .dflt = "all",
      .doc = "Segments to watch, with commas: all, video:ID, aspect:NAME, lang:CODE." },
    { .name = "drift.policy", .type = CONF_STR, .at = offsetof(struct drift_settings, policy), .dflt = "fixed",
      .doc = "When drift is an alert; fixed: PSI over 0.2 WARNING, over 0.3 CRITICAL." },
    { .name = "window.ms", .type = CONF_MS, .at = offsetof(struct drift_settings, window_ms), .dflt = "1h", .min = 1, .max = 31622400000.0,
      .doc = "Length of a window; a multiple of pane.ms." },
    { .name = "window.min_samples", .type = CONF_INT, .at = offsetof(struct drift_settings, min_samples), .dflt = "200", .min = 1, .max = 1e9,
      .doc = "Comments that a window needs to be judged." },
    { .name = "window.min_videos", .type = CONF_INT, .at = offsetof(struct drift_settings, min_videos), .dflt = "10", .min = 1, .max = 1e9,
      .doc = "Effective videos (Kish) that a window needs to be judged." },
    { .name = NULL },
};
/* clang-format on */

const struct conf_section pipeline_sections[] = {
    { "Topics", kafka_topics_props, &pipeline_conf.topics },
    { "Ingest", ingest_props, &pipeline_conf.ingest },
    { "Score", score_props, &pipeline_conf.score },
    { "Drift", drift_props, &pipeline_conf.drift },
    { NULL, NULL, NULL },
};

/* The first that is neither NULL nor empty; else the last. */
static const char *first_of(const char *a, const char *b, const char *c)
{
    return a && a[0] ? a : b && b[0] ? b : c;
}

static enum status open_ingest(struct pipeline *p, bool quiet, struct err *err)
{
    const char *key = pipeline_conf.ingest.user_key_file;
    enum status st = ingest_conf_take(&pipeline_conf.ingest, true, &p->ingest, err);

    if (st == ST_OK && key[0] == '\0' && !quiet)
        fputs("note: no ingest.user_key_file: user ids are hashed with an all-zero key\n", stderr);
    if (st == ST_OK)
        st = ingest_stage_new(&p->ingest, p->wire, &p->topo, &p->stage[PIPELINE_INGEST], err);
    return st;
}

static const char *bundle_dir(void)
{
    return first_of(pipeline_conf.bundle, pipeline_conf.score.bundle, bundle_default_dir());
}

static enum status open_score(struct pipeline *p, struct err *err)
{
    enum status st = bundle_load(bundle_dir(), &p->bundle, err);

    return st == ST_OK ? score_stage_new(&pipeline_conf.score, p->wire, &p->topo, p->bundle,
                                         &p->stage[PIPELINE_SCORE], err)
                       : st;
}

static enum status load_baseline(struct pipeline *p, struct err *err)
{
    char in_bundle[FILE_PATH_MAX];
    struct buf bytes;
    enum status st = file_path(bundle_dir(), slice_str("baseline.json"), in_bundle, err);
    const char *path = first_of(pipeline_conf.baseline, pipeline_conf.drift.baseline, in_bundle);

    buf_init(&bytes, BASELINE_BYTES_MAX);
    if (st == ST_OK)
        st = file_read(path, &bytes, err);
    if (st == ST_OK)
        st = baseline_read(buf_slice(&bytes), &p->baseline, err);
    buf_release(&bytes);
    if (st != ST_OK) {
        err_prefix(err, "config: baseline %s", path);
        return ST_FATAL;
    }
    return ST_OK;
}

static enum status open_drift(struct pipeline *p, struct err *err)
{
    const struct drift_settings *s = &pipeline_conf.drift;
    const struct drift_conf conf = { .pane_ms = pipeline_conf.ingest.pane_ms,
                                     .window_ms = s->window_ms,
                                     .min_samples = s->min_samples,
                                     .min_videos = s->min_videos,
                                     .policy = s->policy,
                                     .segments = s->segments,
                                     .run = 1 };
    enum status st = load_baseline(p, err);

    if (st == ST_OK)
        st = pane_stage_new(&conf, p->wire, &p->topo, p->baseline, &p->stage[PIPELINE_PANE], err);
    if (st == ST_OK)
        st = judge_stage_new(&conf, p->wire, &p->topo, p->baseline, &p->stage[PIPELINE_JUDGE], err);
    return st;
}

enum status pipeline_open(struct pipeline *p, size_t n, bool quiet, struct err *err)
{
    *p = (struct pipeline){ .topo = kafka_topology(&pipeline_conf.topics) };
    enum status st = wire_new(NULL, &p->wire, err);

    if (st == ST_OK)
        st = open_ingest(p, quiet, err);
    if (st == ST_OK && n > PIPELINE_SCORE)
        st = open_score(p, err);
    if (st == ST_OK && n > PIPELINE_PANE)
        st = open_drift(p, err);
    return st;
}

void pipeline_close(struct pipeline *p)
{
    for (int i = 0; i < PIPELINE_N; i++)
        stage_close(&p->stage[i]);
    baseline_free(p->baseline);
    bundle_free(p->bundle);
    wire_free(p->wire);
    *p = (struct pipeline){ 0 };
}
