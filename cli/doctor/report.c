/* SPDX-License-Identifier: MIT */
#include "cli/doctor/report.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"

static const struct {
    const char *word;
    const char *colour;
} looks[FOUND_N] = {
    [FOUND_OK] = { "ok", "\033[32m" },
    [FOUND_WARN] = { "warn", "\033[33m" },
    [FOUND_FAIL] = { "FAIL", "\033[31m" },
    [FOUND_GONE] = { "FAIL", "\033[31m" },
};

struct finding *report_add(struct report *r, enum finding_kind found, const char *name,
                           const char *means)
{
    struct finding *f = &r->v[r->n < REPORT_MAX ? r->n++ : REPORT_MAX - 1];

    *f = (struct finding){ .area = r->area, .found = found, .means = means };
    (void)snprintf(f->name, sizeof(f->name), "%s", name);
    r->count[found]++;
    return f;
}

void finding_value(struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(f->value, sizeof(f->value), fmt, ap);
    va_end(ap);
}

void finding_fix(struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(f->fix, sizeof(f->fix), fmt, ap);
    va_end(ap);
}

void report_text(struct report *r, bool colour, struct buf *out)
{
    for (; r->shown < r->n; r->shown++) {
        const struct finding *f = &r->v[r->shown];

        if (r->shown == 0 || strcmp(f->area, f[-1].area) != 0)
            buf_fmt(out, "%s%s\n", r->shown == 0 ? "" : "\n", f->area);
        buf_fmt(out, "  %s%-4s%s  %-16s %s\n", colour ? looks[f->found].colour : "",
                looks[f->found].word, colour ? "\033[0m" : "", f->name, f->value);
        buf_fmt(out, "%25s%s\n", "", f->means);
        if (f->fix[0])
            buf_fmt(out, "%22s-> %s\n", "", f->fix);
    }
}

void report_summary(const struct report *r, struct buf *out)
{
    buf_fmt(out, "\n%d ok, %d warnings, %d failures\n", r->count[FOUND_OK], r->count[FOUND_WARN],
            r->count[FOUND_FAIL] + r->count[FOUND_GONE]);
}

static json_t *finding_json(const struct finding *f)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*}", "area", f->area, "name", f->name, "status",
                     f->found == FOUND_OK     ? "ok"
                     : f->found == FOUND_WARN ? "warn"
                                              : "fail",
                     "value", f->value, "means", f->means, "fix", f->fix[0] ? f->fix : NULL);
}

enum status report_json(const struct report *r, struct buf *out, struct err *err)
{
    json_t *checks = json_array();
    json_t *all = NULL;
    char *text = NULL;
    bool ok = checks != NULL;

    for (size_t i = 0; ok && i < r->n; i++)
        ok = json_array_append_new(checks, finding_json(&r->v[i])) == 0;
    if (ok)
        all = json_pack("{s:O, s:i, s:i, s:i}", "checks", checks, "ok", r->count[FOUND_OK], "warn",
                        r->count[FOUND_WARN], "fail", r->count[FOUND_FAIL] + r->count[FOUND_GONE]);
    if (all)
        text = json_dumps(all, JSON_INDENT(1));
    if (text)
        buf_fmt(out, "%s\n", text);
    ok = text && !buf_failed(out);
    free(text);
    json_decref(all);
    json_decref(checks);
    return ok ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

int report_exit_code(const struct report *r)
{
    if (r->count[FOUND_GONE] > 0)
        return EXIT_UNAVAILABLE;
    if (r->count[FOUND_FAIL] > 0)
        return EXIT_CONFIG;
    return r->count[FOUND_WARN] > 0 ? 1 : EXIT_OK;
}
