/* SPDX-License-Identifier: MIT */
/* json.c -- the answer as one JSON object. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "cli/why/account.h"
#include "wire/table.h"

enum { WORDS_MAX = 4096 };

/* json_object_set_new() takes the value over and refuses NULL, so one flag tells of all. */
static void set(json_t *o, const char *name, json_t *v, int *bad)
{
    *bad |= json_object_set_new(o, name, v);
}

static json_t *real(struct opt_double x)
{
    return x.has && isfinite(x.v) ? json_real(x.v) : json_null();
}

static json_t *plain(double x)
{
    return real((struct opt_double){ x, true });
}

static json_t *text(struct slice s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

static json_t *words(const struct why *y, void (*say)(const struct why *, struct buf *))
{
    struct buf b;

    buf_init(&b, WORDS_MAX);
    say(y, &b);
    json_t *v = b.n > 0 ? text(buf_slice(&b)) : json_null();
    buf_release(&b);
    return v;
}

static void set_measured(json_t *o, const struct why *y, int *bad)
{
    const struct window *w = &y->window;
    const struct window_feature *f = &y->feature;

    set(o, "state", json_string(wire_window_state_names[w->state]), bad);
    if (w->stale_by.n > 0)
        set(o, "stale_by", text(w->stale_by), bad);
    set(o, "n", json_integer(w->n), bad);
    set(o, "videos", json_integer(w->videos), bad);
    set(o, "videos_eff", plain(w->videos_eff), bad);
    set(o, "n_values", json_integer(f->n), bad);
    set(o, "n_eff", plain(f->n_eff), bad);
    set(o, "psi", real(f->psi), bad);
    set(o, "effect", real(f->effect), bad);
    set(o, "p", real(f->p), bad);
    set(o, "q", real(f->q), bad);
    set(o, "test", text(f->test), bad);
    set(o, "severity", json_string(wire_severity_names[f->severity]), bad);
}

static void set_rules(json_t *o, const struct why *y, int *bad)
{
    set(o, "policy", json_string(y->policy->name), bad);
    set(o, "min_samples", json_integer(y->rules.min_samples), bad);
    set(o, "min_videos", json_integer(y->rules.min_videos), bad);
    set(o, "psi_warning", plain(y->policy->warning), bad);
    set(o, "psi_critical", plain(y->policy->critical), bad);
    set(o, "level", y->policy->scans ? plain(y->level) : json_null(), bad);
    set(o, "effect_min", y->policy->scans ? plain(y->rules.effect_min) : json_null(), bad);
    set(o, "for", y->policy->scans ? json_integer(y->rules.streak_min) : json_null(), bad);
    set(o, "keep_firing_for",
        y->policy->scans ? json_integer(y->rules.keep_firing_for) : json_null(), bad);
}

static json_t *episode(const struct why *y, int *bad)
{
    const struct alert *al = &y->alert.last;

    if (!y->alert.any)
        return json_null();
    json_t *o = json_object();
    set(o, "alert_id", text(al->alert_id), bad);
    set(o, "seq", json_integer(al->seq), bad);
    set(o, "state", json_string(al->state == ALERT_FIRING ? "firing" : "resolved"), bad);
    set(o, "severity", json_string(wire_severity_names[al->severity]), bad);
    set(o, "feature", text(al->feature), bad);
    set(o, "episode_ms", json_integer(al->episode_ms), bad);
    set(o, "end_ms", json_integer(al->end_ms), bad);
    set(o, "p", real(al->p), bad);
    set(o, "q", real(al->q), bad);
    set(o, "n_eff", plain(al->n_eff), bad);
    set(o, "streak", al->evidence ? json_integer(al->evidence->streak) : json_null(), bad);
    return o;
}

static json_t *later(const struct why *y, int *bad)
{
    if (!y->later.known)
        return json_null();
    json_t *o = json_object();
    set(o, "start_ms", json_integer(y->later.start_ms), bad);
    set(o, "end_ms", json_integer(y->later.end_ms), bad);
    return o;
}

static json_t *scan(const struct why *y, int *bad)
{
    if (!why_scan_is_of_it(y))
        return json_null();
    json_t *o = json_object();
    set(o, "closed_ms", json_integer(y->scan.closed_ms), bad);
    set(o, "streak", json_integer(y->scan.streak), bad);
    set(o, "calm", json_integer(y->scan.calm), bad);
    return o;
}

enum status why_json(const struct why *y, struct buf *out, struct err *err)
{
    const enum why_reason r = why_answer(y);
    json_t *o = json_object();
    char *line = NULL;
    int bad = 0;

    set(o, "feature", text(y->asked.feature), &bad);
    set(o, "segment", text(y->asked.segment), &bad);
    set(o, "start_ms", json_integer(y->window.start_ms), &bad);
    set(o, "end_ms", json_integer(y->window.end_ms), &bad);
    set(o, "alert", json_boolean(why_is_alert(r)), &bad);
    set(o, "reason", json_string(why_name(r)), &bad);
    set(o, "because", words(y, why_because), &bad);
    set(o, "needed", words(y, why_needed), &bad);
    set_measured(o, y, &bad);
    set_rules(o, y, &bad);
    set(o, "episode", episode(y, &bad), &bad);
    set(o, "later", later(y, &bad), &bad);
    set(o, "scan", scan(y, &bad), &bad);
    if (!bad)
        line = json_dumps(o, JSON_REAL_PRECISION(17));
    json_decref(o);
    if (!line)
        return err_set(err, ST_FATAL, "out of memory, or a name that is not UTF-8");
    buf_str(out, line);
    buf_byte(out, '\n');
    free(line);
    return ST_OK;
}
