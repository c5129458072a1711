/* SPDX-License-Identifier: MIT */
/* run_facts.c -- the tables at the end of a run's page: how good the data was, whether
 * the same input gives the same bytes, and how it was computed. */
#include "base/time.h"
#include "drift/alert.h"
#include "drift/scan.h"
#include "drift/training.h"
#include "report/html.h"
#include "report/run_inner.h"

enum { FACTS_MAX = 16 + RUN_REASONS_MAX };

static struct page_facts begin(struct run *r, const char *title)
{
    return (struct page_facts){ title, run_array(r, FACTS_MAX, sizeof(struct page_fact)), 0 };
}

static void add(struct page_facts *f, struct slice name, struct slice value, const char *note)
{
    if (f->v && f->n < FACTS_MAX)
        f->v[f->n++] = (struct page_fact){ name, value, note };
}

static void count(struct run *r, struct page_facts *f, const char *name, int64_t n,
                  const char *note)
{
    html_count(&r->text, n);
    add(f, slice_str(name), run_keep(r), note);
}

/* What is there is said; what is not, is not. */
static void count_any(struct run *r, struct page_facts *f, const char *name, int64_t n,
                      const char *note)
{
    if (n > 0)
        count(r, f, name, n, note);
}

static void dead_letters(struct run *r, struct page_facts *f)
{
    count(r, f, "dead letters", r->summary.dead, "refused for ever; their bytes are in dead.jsonl");
    for (size_t i = 0; i < r->n_reasons; i++) {
        buf_fmt(&r->text, "dead letters: %.*s, by %.*s", SLICE_ARG(r->reason[i].reason),
                SLICE_ARG(r->reason[i].stage));
        struct slice name = run_keep(r);
        html_count(&r->text, r->reason[i].n);
        add(f, name, run_keep(r), NULL);
    }
    count_any(r, f, "dead letters: other reasons", r->other_dead, NULL);
}

static void accuracy(struct run *r, struct page_facts *f)
{
    const struct run_estimate *e = &r->estimate;

    if (e->n == 0)
        return;
    buf_fmt(&r->text, "%.1f %% (baseline %.1f %%)", e->sum / (double)e->n * 100, e->before * 100);
    add(f, slice_str("accuracy, estimated"), run_keep(r),
        "without labels: share of comments whose sentiment is within 0.25 of the truth, by their "
        "confidence; blind to words that mean something else than they did");
}

static struct page_facts quality(struct run *r)
{
    struct page_facts f = begin(r, "Data quality");

    count(r, &f, "read", r->summary.read, "comments that came in");
    count(r, &f, "comments", r->summary.comments, "seen for the first time: what is judged");
    count(r, &f, "updates", r->summary.updates, "the same comment again: no sample");
    count(r, &f, "late", r->summary.late, "came after their pane was closed: not judged");
    dead_letters(r, &f);
    count(r, &f, "windows judged", run_judged(r), NULL);
    accuracy(r, &f);
    count_any(r, &f, "windows with too few comments or videos", r->states[WINDOW_INSUFFICIENT_DATA],
              r->scans
                  ? "too little to be judged by themselves; runs of panes may be alerts all the "
                    "same"
                  : "a small sample says little: never an alert");
    count_any(r, &f, "windows without a comment", r->states[WINDOW_NO_DATA], NULL);
    count_any(r, &f, "windows while a baseline was warming up", r->states[WINDOW_WARMING], NULL);
    count_any(r, &f, "windows with comments of another bundle", r->stale_bundle,
              "not judged: the baseline is of one bundle alone");
    count_any(r, &f, "windows behind the age of the baseline", r->stale_age,
              "not judged: it is older than drift.baseline.max_age.ms");
    count_any(r, &f, "windows with a stale baseline",
              r->states[WINDOW_BASELINE_STALE] - r->stale_bundle - r->stale_age, NULL);
    count_any(r, &f, "windows without a baseline", r->states[WINDOW_NO_BASELINE], NULL);
    count_any(r, &f, "incomplete windows", r->states[WINDOW_INCOMPLETE],
              "a record came for what was closed: a defect");
    return f;
}

static struct page_facts identity(struct run *r)
{
    const struct identity_counters *c = &r->summary.counters;
    struct page_facts f = begin(r, "Identity");

    add(&f, slice_str("promise"), slice_str(r->summary.exact ? "I1" : "I0"),
        r->summary.exact ? "the same raw records give the same windows and alerts, byte for byte"
                         : "only the same absa.comments give the same bytes: a counter is not 0");
    count(r, &f, "late_by_floor", c->late_by_floor, "late because an idle source was given up");
    count(r, &f, "overtaken", c->overtaken, "on time, but their pane was closed");
    count(r, &f, "cross_source_updates", c->cross_source_updates,
          "the same comment from two raw partitions");
    count(r, &f, "dedupe_evicted", c->dedupe_evicted,
          "scored while more comments were remembered than fit");
    return f;
}

static struct slice thresholds(struct run *r, const struct page *p)
{
    buf_fmt(&r->text, "%.2g and %.2g", p->warning, p->critical);
    return run_keep(r);
}

static struct slice number(struct run *r, double x)
{
    buf_fmt(&r->text, "%.4g", x);
    return run_keep(r);
}

static struct slice built_on(struct run *r)
{
    html_count(&r->text, r->baseline->comments);
    buf_str(&r->text, " comments of ");
    html_count(&r->text, r->baseline->videos);
    buf_str(&r->text, " videos");
    return run_keep(r);
}

static struct slice trained_on(struct run *r)
{
    const size_t n = training_skewed(r->baseline);

    if (n == 0)
        buf_str(&r->text, "as the baseline");
    else
        training_names(r->baseline, 8, &r->text);
    return run_keep(r);
}

static const char *policy_note(struct slice policy)
{
    if (slice_is(policy, "fixed"))
        return "PSI above its steps is WARNING or CRITICAL";
    if (slice_is(policy, "significant"))
        return "PSI above its steps is WARNING or CRITICAL where there is evidence; what is "
               "smaller "
               "is WARNING when it lasts";
    if (slice_is(policy, "early"))
        return "PSI above its steps is WARNING or CRITICAL where there is evidence; evidence alone "
               "is WARNING";
    return "what makes a distance a WARNING or CRITICAL";
}

static struct page_facts method(struct run *r, const struct page *p)
{
    const struct baseline *b = r->baseline;
    struct page_facts f = begin(r, "Method and version");

    add(&f, slice_str("program"), slice_str(r->end->version), NULL);
    add(&f, slice_str("policy"), r->policy, policy_note(r->policy));
    add(&f, slice_str("steps of PSI"), thresholds(r, p), "strictly above");
    add(&f, slice_str("rule of alerts"), r->scans ? slice_str(SCAN_RULE) : r->rule,
        r->scans ? "the strongest of the runs of panes that end at a boundary, at each of them"
                 : "a window, when it closes");
    add(&f, slice_str("minutes of a window"), number(r, (double)r->length_ms / (double)MS_MINUTE),
        "tumbling, by the time of arrival");
    add(&f, slice_str("bins of PSI"), slice_str("baseline quantiles"),
        "one bin for each value that holds a tenth of the baseline, ten quantile bins of the rest; "
        "of categories a bin each; "
        "share = (count + 0.5) / (n + bins / 2)");
    buf_fmt(&r->text, "%d; %d of the baseline", ALERT_METHOD, b->method);
    add(&f, slice_str("method of alerts"), run_keep(r), "the version of what their numbers mean");
    add(&f, slice_str("baseline"), slice_str(b->id), NULL);
    add(&f, slice_str("built on"), built_on(r), NULL);
    add(&f, slice_str("halves of the baseline"), number(r, b->split.psi),
        "PSI between first and second half, of the feature that differs most");
    if (b->training[0] != '\0')
        add(&f, slice_str("training data"), trained_on(r),
            training_skewed(b) > 0 ? TRAINING_SENTENCE "; PSI of its features, beyond noise"
                                   : NULL);
    add(&f, slice_str("bundle"), r->bundle, "the model that scored");
    return f;
}

static struct page_facts tiles(struct run *r, const struct page *p)
{
    struct page_facts f = begin(r, "");
    size_t drifted = 0;

    for (size_t i = 0; i < p->n_features; i++)
        drifted += r->feature[i].severity != SEVERITY_NONE ? 1 : 0;
    count(r, &f, "features that drifted", (int64_t)drifted, NULL);
    count(r, &f, "alerts firing at the end", (int64_t)r->n_open, NULL);
    count(r, &f, "comments", r->summary.comments, NULL);
    count(r, &f, "windows judged", run_judged(r), NULL);
    return f;
}

void run_facts(struct run *r, struct page *p)
{
    p->tiles = tiles(r, p);
    p->facts = run_array(r, 3, sizeof(*p->facts));
    if (!p->facts)
        return;
    p->facts[0] = quality(r);
    p->facts[1] = identity(r);
    p->facts[2] = method(r, p);
    p->n_facts = 3;
}
