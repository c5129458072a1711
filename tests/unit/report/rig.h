/* SPDX-License-Identifier: MIT */
/* rig.h -- a run that is made up, and the page of it. */
#ifndef UNIT_REPORT_RIG_H
#define UNIT_REPORT_RIG_H

#include "support/check.h"

#include "record/alert.h"
#include "record/window.h"
#include "report/page.h"
#include "report/run.h"

enum { FEATURES_MAX = 200, LANGS = 3, START_MS = 1000 };

#define HOUR_MS INT64_C(3600000)
#define HOSTILE "<script>alert(1)</script>\"'&\xE2\x80\xAE\xE2\x80\xAC\x1b"

struct rig {
    struct wire *wire;
    struct baseline *baseline;
    struct run *run;
    struct buf line;
    struct buf page;
    struct err err;
};

/* Languages of which one is no name that anybody would give; the last feature of a baseline. */
extern const char *const langs[LANGS];

/* A baseline of n features and the languages, and a run of it. */
void setup(struct rig *r, size_t n_features);
void teardown(struct rig *r);

enum status take(struct rig *r, enum run_file file, enum record_kind kind, const void *rec);

/* A judged window without features. */
struct window window_of(struct rig *r, const char *segment, int64_t hour);

/* Adds one in which all features are alike, and as far from the baseline as the hour is late. */
void add_window(struct rig *r, const char *segment, int64_t hour, enum severity severity);

/* An alert of which each text is this one; its arrays are shared by all that it gave. */
struct alert alert_of(const char *text);

void render(struct rig *r);
bool has(const struct rig *r, const char *what);

#endif
