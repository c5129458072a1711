/* SPDX-License-Identifier: MIT */
#include "drift/calibration_json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "drift/evidence.h"
#include "wire/tojson.h"

static const char *const policies[CALIBRATION_POLICIES] = { "significant", "early" };

static void put_number(struct buf *out, const char *name, double x)
{
    buf_fmt(out, "\"%s\":", name);
    to_json_double(x, out);
    buf_byte(out, ',');
}

/* What a file says that follows from the rest. */
static enum status level_of(const struct calibration *c, int row, struct calibration_level *level,
                            struct err *err)
{
    const struct policy *policy = NULL;
    enum status st = policy_find(slice_str(policies[row]), &policy, err);

    if (st == ST_OK)
        *level = calibration_level(c, policy, c->per_month);
    return st;
}

static void put_policy(struct buf *out, const struct calibration *c, int row)
{
    struct calibration_level level = { 0 };
    struct err err = { { 0 } };

    (void)level_of(c, row, &level, &err); /* its policies are there */
    buf_fmt(out, "\"%s\":{", policies[row]);
    put_number(out, "level", level.level);
    put_number(out, "low", level.low);
    put_number(out, "high", level.high);
    buf_str(out, "\"least\":[");
    for (int32_t k = 0; k < c->stretches; k++)
        buf_fmt(out, "%s%d", k ? "," : "", c->least[row][k]);
    buf_str(out, "]}");
}

void calibration_write(const struct calibration *c, struct buf *out)
{
    const struct calibration_settings *s = &c->settings;

    if (c->stretches == 0)
        return;
    buf_fmt(out, "\"calibration\":{\"stretches\":%" PRId32 ",\"days\":%" PRId32 ",", c->stretches,
            c->days);
    buf_fmt(out, "\"pane_ms\":%" PRId64 ",\"max_span_ms\":%" PRId64 ",", s->pane_ms, s->span_ms);
    buf_fmt(out, "\"min_videos\":%" PRId64 ",\"for\":%" PRId64 ",", s->min_videos, s->streak_min);
    if (c->tail > 0)
        buf_fmt(out, "\"tail\":%" PRId32 ",", c->tail);
    if (s->season)
        buf_fmt(out, "\"season\":\"%s\",", facet_name(s->season));
    if (s->method != EVIDENCE_METHOD_NO_REST)
        buf_fmt(out, "\"method\":%" PRId32 ",", s->method);
    put_number(out, "effect_min", s->effect_min);
    put_number(out, "per_month", c->per_month);
    for (int row = 0; row < CALIBRATION_POLICIES; row++) {
        buf_str(out, row ? "," : "");
        put_policy(out, c, row);
    }
    buf_str(out, "},\n");
}

/* Gets members; the first that does not fit fails them all. */
struct reader {
    const json_t *obj;
    struct err *err;
    enum status st;
};

static void fail(struct reader *r, const char *name)
{
    if (r->st == ST_OK)
        r->st = err_set(r->err, ST_REJECT, "baseline: calibration: %s does not fit", name);
}

static int64_t get_int(struct reader *r, const char *name, int64_t lo, int64_t hi)
{
    const json_t *v = json_object_get(r->obj, name);

    if (!json_is_integer(v) || json_integer_value(v) < lo || json_integer_value(v) > hi) {
        fail(r, name);
        return lo;
    }
    return json_integer_value(v);
}

/* A facet of time, or none. */
static const struct facet *get_season(struct reader *r)
{
    const json_t *v = json_object_get(r->obj, "season");
    const struct facet *f = facet_find(slice_str(json_is_string(v) ? json_string_value(v) : ""));

    if (v && (!f || facet_length(f) == 0))
        fail(r, "season");
    return v ? f : NULL;
}

static double get_number(struct reader *r, const char *name)
{
    const json_t *v = json_object_get(r->obj, name);

    if (!json_is_number(v) || !(json_number_value(v) >= 0) || json_number_value(v) > 1e6) {
        fail(r, name);
        return 0;
    }
    return json_number_value(v);
}

static bool is(double a, double b)
{
    return !(a < b) && !(a > b);
}

static enum status read_policy(const json_t *of, struct calibration *c, int row, struct err *err)
{
    struct reader r = { json_object_get(of, policies[row]), err, ST_OK };
    const json_t *list = json_object_get(r.obj, "least");
    struct calibration_level level = { 0 };

    if (json_array_size(list) != (size_t)c->stretches)
        fail(&r, policies[row]);
    for (int32_t k = 0; k < c->stretches && r.st == ST_OK; k++) {
        const json_t *v = json_array_get(list, (size_t)k);
        json_int_t i = json_is_integer(v) ? json_integer_value(v) : CALIBRATION_STEPS;

        if (i < CALIBRATION_NEVER || i >= CALIBRATION_STEPS || (k > 0 && i > c->least[row][k - 1]))
            fail(&r, "least");
        else
            c->least[row][k] = (int16_t)i;
    }
    if (r.st == ST_OK)
        r.st = level_of(c, row, &level, err);
    if (r.st == ST_OK &&
        !(is(get_number(&r, "level"), level.level) && is(get_number(&r, "low"), level.low) &&
          is(get_number(&r, "high"), level.high)))
        fail(&r, "level");
    return r.st;
}

enum status calibration_read(const json_t *obj, struct calibration *out, struct err *err)
{
    struct reader r = { obj, err, ST_OK };
    struct calibration_settings *s = &out->settings;

    *out = (struct calibration){ 0 };
    if (!obj)
        return ST_OK;
    out->stretches = (int32_t)get_int(&r, "stretches", 1, CALIBRATION_STRETCHES_MAX);
    out->days = (int32_t)get_int(&r, "days", 1, 366);
    if (json_object_get(obj, "tail"))
        out->tail = (int32_t)get_int(&r, "tail", 1, out->stretches - 1);
    s->pane_ms = get_int(&r, "pane_ms", 1, INT64_MAX);
    s->span_ms = get_int(&r, "max_span_ms", 1, INT64_MAX);
    s->min_videos = get_int(&r, "min_videos", 1, INT64_MAX);
    s->streak_min = get_int(&r, "for", 1, INT32_MAX);
    s->season = get_season(&r);
    s->method = EVIDENCE_METHOD_NO_REST; /* where a file does not tell */
    if (json_object_get(obj, "method"))
        s->method = (int32_t)get_int(&r, "method", EVIDENCE_METHOD_NO_REST + 1, INT32_MAX);
    s->effect_min = get_number(&r, "effect_min");
    out->per_month = get_number(&r, "per_month");
    for (int row = 0; row < CALIBRATION_POLICIES && r.st == ST_OK; row++)
        r.st = read_policy(obj, out, row, err);
    return r.st;
}
