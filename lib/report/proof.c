/* SPDX-License-Identifier: MIT */
/* proof.c -- how sure an alert is: each figure of its evidence, and what it says. */
#include <math.h>

#include "report/page_inner.h"

static double opt(struct opt_double d)
{
    return d.has ? d.v : (double)NAN;
}

static void row(struct buf *out, const char *name)
{
    buf_fmt(out, "<tr><th scope=row>%s<td>", name);
}

/* What a name of the record means, and the name itself: it is what absa verify-alert prints. */
static void named(struct buf *out, const char *says, struct slice name)
{
    if (says)
        buf_fmt(out, "%s (", says);
    html_text(out, name);
    buf_str(out, says ? ")" : "");
}

static void chance(struct buf *out, const struct alert *al)
{
    if (!al->p.has)
        return;
    row(out, "p");
    html_chance(out, al->p.v);
    buf_str(out, "; ");
    word_say(out, WORD_P, al->p.v);
}

/* A level is what the budget of false alarms leaves to a boundary. */
static void budget(struct buf *out, const struct alert *al)
{
    row(out, "q");
    html_chance(out, opt(al->q));
    buf_fmt(out, "; of %zu features that were tested together; ", al->evidence->family.n);
    buf_str(out, opt(al->q) <= al->evidence->level ? "evidence, since at most "
                                                   : "no evidence, since above ");
    html_number(out, al->evidence->level);
}

static void test(struct buf *out, const struct alert_evidence *e)
{
    row(out, "test");
    named(out, word_test(e->test), e->test);
    buf_str(out, "; statistic ");
    html_number(out, e->statistic);
    if (e->df > 0)
        buf_fmt(out, ", %.3g degrees of freedom", e->df);
}

static void run(struct buf *out, const struct alert_evidence *e)
{
    row(out, "run");
    if (e->runs > 1)
        buf_fmt(out, "the strongest of %d stretches that end with this window", (int)e->runs);
    else
        buf_str(out, "the only stretch that was long enough");
    buf_str(out, "; p of it alone ");
    html_number(out, e->p_run);
}

static void moment(struct buf *out, const struct alert_evidence *e)
{
    static const char *const names[] = { "mean", "variance", "skew", "tails" };
    const size_t n = sizeof(names) / sizeof(names[0]);

    row(out, "moved most");
    named(out, word_moved(e->moved), e->moved);
    if (slice_is(e->moved, "shares") || e->moments.n != n)
        return;
    buf_str(out, "; in standard errors");
    for (size_t i = 0; i < n; i++)
        buf_fmt(out, "%s %s %+.1f", i > 0 ? "," : "", names[i], e->moments.v[i]);
}

static void effect(struct buf *out, const struct alert_evidence *e)
{
    row(out, "effect");
    html_number(out, e->effect);
    buf_str(out, "; ");
    word_say(out, WORD_EFFECT, e->effect);
    row(out, "effect_min");
    html_number(out, e->effect_min);
    buf_fmt(out,
            "; so much counts where PSI alone is no drift, at %d boundaries in a row; it was so "
            "at %d",
            (int)e->streak_min, (int)e->streak);
}

void page_proof(struct buf *out, const struct alert *al)
{
    const struct alert_evidence *e = al->evidence;

    chance(out, al);
    if (!e)
        return;
    budget(out, al);
    effect(out, e);
    test(out, e);
    run(out, e);
    moment(out, e);
}
