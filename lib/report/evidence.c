/* SPDX-License-Identifier: MIT */
/* evidence.c -- the alerts, and on what each stands. */
#include <math.h>

#include "report/page_inner.h"

enum { EXAMPLES_MAX = 5, OTHERS_MAX = 6 };

static enum page_level level_of(const struct alert *al)
{
    if (al->state == ALERT_RESOLVED)
        return PAGE_OK;
    return al->severity == SEVERITY_CRITICAL ? PAGE_CRITICAL : PAGE_WARNING;
}

static const char *state_of(const struct alert *al)
{
    return al->state == ALERT_RESOLVED ? "resolved" : page_severity(al->severity);
}

static void tag(struct buf *out, const struct alert *al)
{
    buf_fmt(out, "<em class=%s>%s</em>", page_class(level_of(al)), state_of(al));
}

static void row(struct buf *out, const struct page *p, size_t i)
{
    const struct alert *al = p->alert[i].alert;

    buf_str(out, "<tr><td>");
    html_minute(out, al->end_ms);
    buf_str(out, "<td>");
    tag(out, al);
    buf_str(out, "<td>");
    html_text(out, al->segment);
    buf_str(out, "<td>");
    html_text(out, al->feature);
    buf_str(out, "<td class=n>");
    html_number(out, al->psi.has ? al->psi.v : (double)NAN);
    buf_str(out, "<td>");
    if (i < PAGE_EVIDENCE_MAX)
        buf_fmt(out, "<a href=#a%zu>", i);
    html_text(out, al->message);
    buf_str(out, i < PAGE_EVIDENCE_MAX ? "</a>\n" : "\n");
}

void page_alerts(struct buf *out, const struct page *p)
{
    buf_str(out,
            "<div class=wide tabindex=0 role=region aria-label=Alerts><table><thead><tr><th "
            "scope=col>told, UTC<th scope=col>state<th scope=col>segment<th "
            "scope=col>feature<th scope=col class=n>PSI<th scope=col>message</thead><tbody>\n");
    for (size_t i = 0; i < p->n_alerts; i++)
        row(out, p, i);
    buf_str(out, "</tbody></table></div>\n");
    if (p->n_alerts_left > 0)
        buf_fmt(out, "<p class=dim>And %zu more in alerts.jsonl.</p>\n", p->n_alerts_left);
}

static void fact(struct buf *out, const char *name)
{
    buf_fmt(out, "<tr><th scope=row>%s<td>", name);
}

/* Where the values lie, or what the categories say. */
static void middle(struct buf *out, const struct alert *al)
{
    if (al->categories.n > 0) {
        fact(out, "largest difference of a share");
        html_number(out, al->linf.has ? al->linf.v : (double)NAN);
        fact(out, "in categories never seen");
        html_count(out, al->unseen.has ? al->unseen.v : 0);
        return;
    }
    fact(out, "mean");
    buf_fmt(out, "%.4g &rarr; %.4g", al->moments.mean_before, al->moments.mean_now);
    fact(out, "spread (sd)");
    buf_fmt(out, "%.4g &rarr; %.4g", al->moments.sd_before, al->moments.sd_now);
}

static void facts(struct buf *out, const struct alert *al)
{
    buf_str(out, "<table>");
    fact(out, al->evidence ? "run of panes, UTC" : "window, UTC");
    html_minute(out, al->start_ms);
    buf_str(out, " to ");
    html_minute(out, al->end_ms);
    fact(out, "PSI");
    html_number(out, al->psi.has ? al->psi.v : (double)NAN);
    if (al->threshold > 0 && al->state == ALERT_FIRING)
        buf_fmt(out, ", threshold %.3g", al->threshold);
    fact(out, "comments");
    html_count(out, al->n);
    buf_fmt(out, ", worth %.0f independent ones; baseline ", al->n_eff);
    html_count(out, al->m);
    middle(out, al);
    page_proof(out, al);
    fact(out, "what to do");
    html_text(out, al->todo);
    fact(out, "alert_id");
    buf_str(out, "<code>");
    html_text(out, al->alert_id);
    buf_fmt(out, "</code>, seq %d\n</table>\n", (int)al->seq);
}

static void figure(struct buf *out, const char *name, struct opt_double x)
{
    if (!x.has)
        return;
    buf_fmt(out, ", %s ", name);
    html_number(out, x.v);
}

/* Another feature of the same window. */
static void other(struct buf *out, const struct alert *al, size_t i)
{
    const struct other_feature *o = &al->others.v[i];

    html_text(out, o->name);
    buf_fmt(out, " (PSI %.2f", o->psi);
    figure(out, "effect", o->effect);
    figure(out, "q", o->q);
    buf_byte(out, ')');
}

/* Another segment that moved at the same boundary. */
static void elsewhere(struct buf *out, const struct alert *al, size_t i)
{
    const struct moved_segment *m = &al->also.v[i];

    html_text(out, m->feature);
    buf_str(out, " in ");
    html_text(out, m->segment);
    buf_fmt(out, " (%s", page_severity(m->severity));
    figure(out, "PSI", m->psi);
    figure(out, "p", m->p);
    buf_byte(out, ')');
}

/* A sentence of the first of n, and how many more there are. */
static void beside(struct buf *out, const struct alert *al, const char *lead, size_t n,
                   void (*one)(struct buf *out, const struct alert *al, size_t i))
{
    if (n == 0)
        return;
    buf_fmt(out, "<p>%s: ", lead);
    for (size_t i = 0; i < n && i < OTHERS_MAX; i++) {
        buf_str(out, i > 0 ? ", " : "");
        one(out, al, i);
    }
    if (n > OTHERS_MAX)
        buf_fmt(out, " and %zu more", n - OTHERS_MAX);
    buf_str(out, ".</p>\n");
}

/* Only where to find them: a report holds nobody's text. */
static void examples(struct buf *out, const struct alert *al)
{
    if (al->examples.n == 0)
        return;
    buf_str(out, "<p>Comments of the bins that grew: ");
    for (size_t i = 0; i < al->examples.n && i < EXAMPLES_MAX; i++) {
        buf_str(out, i > 0 ? ", <code>" : "<code>");
        html_text(out, al->examples.v[i].comment_id);
        buf_str(out, "</code>");
    }
    buf_str(out, ". What made their scores: <code>absa explain --alert ");
    html_text(out, al->alert_id);
    buf_str(out, "</code>.</p>\n");
}

static void section(struct buf *out, const struct page *p, size_t i)
{
    const struct page_alert *a = &p->alert[i];

    buf_fmt(out, "<section class=f id=a%zu><h3>", i);
    html_text(out, a->alert->feature);
    buf_str(out, " in ");
    html_text(out, a->alert->segment);
    buf_byte(out, ' ');
    tag(out, a->alert);
    buf_str(out, "</h3>\n<p>");
    html_text(out, a->alert->message);
    buf_str(out, "</p>\n<div class=pair><div>");
    facts(out, a->alert);
    buf_str(out, "</div><div>");
    if (a->n_bins > 0)
        page_bins(out, p, a->alert->evidence ? "run" : p->now, a->bin, a->n_bins);
    buf_str(out, "</div></div>\n");
    beside(out, a->alert, a->alert->evidence ? "Also moved" : "Also over a threshold",
           a->alert->others.n, other);
    beside(out, a->alert, "Elsewhere at that moment", a->alert->also.n, elsewhere);
    examples(out, a->alert);
    buf_str(out, "</section>\n");
}

void page_evidence(struct buf *out, const struct page *p)
{
    for (size_t i = 0; i < p->n_alerts && i < PAGE_EVIDENCE_MAX; i++)
        section(out, p, i);
    if (p->n_alerts > 0)
        buf_str(out, "<p class=dim><code>absa verify-alert alerts.jsonl</code> computes every "
                     "number of them again, from the records alone.</p>\n");
}
