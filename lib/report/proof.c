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

static bool is_sure(const struct alert *al)
{
    return opt(al->q) <= al->evidence->level;
}

/* A level is what the budget of false alarms leaves to a boundary. */
static void budget(struct buf *out, const struct alert *al)
{
    row(out, "q");
    html_chance(out, opt(al->q));
    buf_fmt(out, "; of %zu features that were tested together; ", al->evidence->family.n);
    buf_str(out, is_sure(al) ? "evidence, since at most " : "no evidence, since above ");
    html_number(out, al->evidence->level);
}

static void test(struct buf *out, const struct alert_evidence *e)
{
    row(out, "test");
    named(out, word_test(e->test), e->test);
    buf_str(out, "; statistic ");
    html_number(out, e->statistic);
    if (e->df > 0)
        buf_fmt(out, ", %.3g degree%s of freedom", e->df, e->df > 1 ? "s" : "");
}

static void run(struct buf *out, const struct alert_evidence *e)
{
    row(out, "run");
    if (e->runs > 1)
        buf_fmt(out, "the strongest of %d that ended then", (int)e->runs);
    else
        buf_str(out, "the only one that was long enough");
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

static void effect(struct buf *out, const struct alert *al)
{
    row(out, "effect");
    html_number(out, al->evidence->effect);
    buf_str(out, "; ");
    if (is_sure(al))
        word_say(out, WORD_EFFECT, al->evidence->effect);
    else
        buf_str(out, "of so many comments it may be noise alone");
}

/* By what rule of its policy it fires, or does not any more. */
static void rule(struct buf *out, const struct alert *al)
{
    const struct alert_evidence *e = al->evidence;

    if (al->state == ALERT_RESOLVED) {
        if (is_sure(al))
            return; /* its message says what ended it */
        row(out, "ended because");
        buf_str(out, "what came since, as many comments as began it, is no evidence");
        return;
    }
    row(out, "fires because");
    if (al->threshold > 0)
        buf_fmt(out, "there is evidence, and PSI is above %.3g", al->threshold);
    else if (slice_is(al->policy, "early"))
        buf_str(out, "there is evidence, which policy early takes for enough");
    else
        buf_fmt(out,
                "there was evidence of an effect above %.3g at %d boundaries in a row; where PSI "
                "alone is no drift, %d are asked for",
                e->effect_min, (int)e->streak, (int)e->streak_min);
}

void page_proof(struct buf *out, const struct alert *al)
{
    const struct alert_evidence *e = al->evidence;

    if (e)
        rule(out, al);
    chance(out, al);
    if (!e)
        return;
    budget(out, al);
    effect(out, al);
    test(out, e);
    run(out, e);
    moment(out, e);
}
