/* SPDX-License-Identifier: MIT */
#include "cli/shadow/pairs.h"
#include "wire/tojson.h"

static const char *const side_names[PAIRS_SIDES] = { "scores", "shadow" };

static void text_bundles(const struct pairs *p, struct buf *out)
{
    for (int side = 0; side < PAIRS_SIDES; side++) {
        buf_fmt(out, "%s: bundle", side_names[side]);
        for (size_t i = 0; i < p->n_bundles[side]; i++)
            buf_fmt(out, " %.12s", p->bundles[side][i]);
        buf_str(out, p->n_bundles[side] > 1 ? " (more than one: the figures mix them)\n" : "\n");
    }
}

void pairs_text(const struct pairs *p, const struct pairs_report *r, struct buf *out)
{
    text_bundles(p, out);
    buf_fmt(out, "%zu comments scored by both; %zu by scores alone, %zu by shadow alone\n\n", r->n,
            r->alone[0], r->alone[1]);
    if (r->n == 0)
        return;
    buf_fmt(out, "%-20s %8s %8s %8s %8s %8s %8s %6s  >%-6.3g flipped\n", "output", "scores",
            "shadow", "diff", "sd", "mean|d|", "max|d|", "corr", r->bound);
    for (enum output o = 0; o < OUTPUT_N; o++) {
        const struct pairs_output *v = &r->output[o];

        buf_fmt(out, "%-20s %8.4f %8.4f %+8.4f %8.4f %8.4f %8.4f %6.3f %6.2f%% %6.2f%%\n",
                output_table[o].name, v->mean[0], v->mean[1], v->diff_mean, v->diff_sd, v->diff_abs,
                v->diff_max, v->correlation, 100.0 * v->beyond, 100.0 * v->flipped);
    }
}

static void number(const char *name, double v, struct buf *out)
{
    buf_fmt(out, ",\"%s\":", name);
    to_json_double(v, out);
}

static void json_output(enum output o, const struct pairs_output *v, struct buf *out)
{
    buf_fmt(out, "%s{\"name\":\"%s\"", o > 0 ? "," : "", output_table[o].name);
    number("mean_scores", v->mean[0], out);
    number("mean_shadow", v->mean[1], out);
    number("sd_scores", v->sd[0], out);
    number("sd_shadow", v->sd[1], out);
    number("diff_mean", v->diff_mean, out);
    number("diff_sd", v->diff_sd, out);
    number("diff_abs", v->diff_abs, out);
    number("diff_max", v->diff_max, out);
    number("correlation", v->correlation, out);
    number("beyond", v->beyond, out);
    number("flipped", v->flipped, out);
    buf_byte(out, '}');
}

void pairs_json(const struct pairs *p, const struct pairs_report *r, struct buf *out)
{
    buf_fmt(out, "{\"pairs\":%zu,\"alone_scores\":%zu,\"alone_shadow\":%zu", r->n, r->alone[0],
            r->alone[1]);
    number("bound", r->bound, out);
    for (int side = 0; side < PAIRS_SIDES; side++) {
        buf_fmt(out, ",\"bundles_%s\":[", side_names[side]);
        for (size_t i = 0; i < p->n_bundles[side]; i++)
            buf_fmt(out, "%s\"%s\"", i > 0 ? "," : "", p->bundles[side][i]);
        buf_byte(out, ']');
    }
    buf_str(out, ",\"outputs\":[");
    for (enum output o = 0; o < OUTPUT_N; o++)
        json_output(o, &r->output[o], out);
    buf_str(out, "]}\n");
}
