/* SPDX-License-Identifier: MIT */
#include "cli/explain/say.h"

#include <math.h>
#include <stdlib.h>

#include "score/feature.h"
#include "text/visible.h"

/* A feature with what it adds to one output. */
struct part {
    size_t feature;
    double adds;
};

static int by_size(const void *a, const void *b)
{
    const struct part *p = a;
    const struct part *q = b;
    double x = fabs(p->adds);
    double y = fabs(q->adds);

    if (x != y)
        return x > y ? -1 : 1;
    return (p->feature > q->feature) - (p->feature < q->feature);
}

static void say_output(const struct say *s, const struct explained *e, enum output o,
                       struct buf *out)
{
    struct part parts[BUNDLE_FEATURES_MAX] = { { 0 } };
    size_t n = s->info->features.n;
    double sum = (double)e->start[o];
    double rest = 0.0;

    for (size_t i = 0; i < n; i++) {
        parts[i] = (struct part){ i, (double)e->part[o][i] };
        sum += parts[i].adds;
    }
    qsort(parts, n, sizeof(*parts), by_size);
    buf_fmt(out, "%s %.4f, from %.4f:\n", output_table[o].name, e->scored.output[o], sum);
    buf_fmt(out, "  %+8.4f  where every text starts\n", (double)e->start[o]);
    for (size_t i = 0; i < n; i++) {
        struct slice name = s->info->features.v[parts[i].feature];

        if (i >= s->top)
            rest += parts[i].adds;
        else if (parts[i].adds != 0.0)
            buf_fmt(out, "  %+8.4f  %.*s = %.4g  (%s)\n", parts[i].adds, SLICE_ARG(name),
                    (double)e->value[parts[i].feature], feature_find(name)->doc);
    }
    if (n > s->top)
        buf_fmt(out, "  %+8.4f  the other %zu features\n", rest, n - s->top);
}

enum { LEVEL_90 = 1 };

/* How far off such a sentiment is, where the bundle knows. */
static void say_within(const struct conformal *c, const struct scored *s, struct buf *out)
{
    if (c->n == 0)
        return;
    const double half = conformal_within(c, s->output[OUTPUT_CONFIDENCE], LEVEL_90);
    const double x = s->output[OUTPUT_SENTIMENT];
    buf_fmt(out, "with such a confidence %.0f %% are within %.2f of the truth: %.2f to %.2f\n",
            100.0 * conformal_levels[LEVEL_90], half, fmax(-1.0, x - half), fmin(1.0, x + half));
}

static void say_aspect(const struct say *s, const struct aspect *a, struct buf *out)
{
    buf_fmt(out, "aspect %.*s: ", SLICE_ARG(a->category));
    if (s->words) {
        buf_byte(out, '"');
        visible_add(a->term, out);
        buf_str(out, "\" ");
    }
    buf_fmt(out, "at byte %d, %+.4f\n", (int)a->start, a->sentiment);
}

void say_explained(const struct say *s, const struct explained *e, struct buf *out)
{
    for (enum output o = 0; o < OUTPUT_N; o++)
        say_output(s, e, o, out);
    say_within(&s->info->conformal, &e->scored, out);
    for (size_t i = 0; i < e->scored.aspects.n; i++)
        say_aspect(s, &e->scored.aspects.v[i], out);
}

bool say_value(const struct bundle_info *info, const struct scored *s, struct slice name,
               double *value)
{
    for (enum output o = 0; o < OUTPUT_N; o++) {
        if (slice_is(name, output_table[o].name)) {
            *value = s->output[o];
            return true;
        }
    }
    for (size_t i = 0; i < info->monitored.n && i < s->monitored.n; i++) {
        if (slice_eq(name, info->monitored.v[i])) {
            *value = s->monitored.v[i];
            return true;
        }
    }
    return false;
}
