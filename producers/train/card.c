/* SPDX-License-Identifier: MIT */
/* card.c -- the model card: what a bundle is, was made from, and is worth. */
#include "base/buf.h"
#include "producers/train/train.h"

static void add_metrics(const struct training *t, const struct quality *q, struct buf *out)
{
    const bool weak[OUTPUT_N] = { [OUTPUT_ENGAGEMENT] = !t->data.has_engagement,
                                  [OUTPUT_IMPLICITNESS] = !t->data.has_implicitness };

    buf_str(out, "| output | labels | trees | Pearson | mean absolute error |\n"
                 "|---|---|---|---|---|\n");
    for (size_t o = 0; o < OUTPUT_CONFIDENCE; o++) {
        buf_fmt(out, "| %s | %s | %d | %.4f | %.4f |\n", output_table[o].name,
                weak[o]                                        ? "by rule"
                : o == OUTPUT_ENGAGEMENT && t->data.ranked > 0 ? "rank of likes"
                                                               : "human",
                t->rounds[o], q->pearson[o], q->mae[o]);
    }
    buf_fmt(out,
            "\nWithin 0.25 of the truth: %.1f %% of the test rows; mean confidence there: %.1f %% "
            "(%d trees; Pearson of confidence with being within: %.3f).\n"
            "Scores clamped to their range on the test rows: %zu.\n",
            100.0 * q->near_enough, 100.0 * q->mean_confidence, t->rounds[OUTPUT_CONFIDENCE],
            q->pearson[OUTPUT_CONFIDENCE], q->clamped);
}

/* How wide, and whether it was so. */
static void add_conformal(const struct training *t, const struct quality *q, struct buf *out)
{
    buf_str(out, "\n## How far off a sentiment is\n"
                 "By split conformal prediction on texts that taught neither sentiment nor its "
                 "expected error: of texts with such a confidence at least that share has its "
                 "truth within the half width of sentiment_score (conformal.json), if yours are "
                 "of this kind. 2 says nothing.\n\n| confidence from | texts |");
    for (size_t l = 0; l < CONFORMAL_LEVELS; l++)
        buf_fmt(out, " %.0f %% within |", 100.0 * conformal_levels[l]);
    buf_str(out, "\n|---|---|---|---|---|\n");
    for (size_t g = 0; g < t->conformal.n; g++) {
        const struct conformal_group *v = &t->conformal.v[g];

        buf_fmt(out, "| %.3f | %zu |", v->from, v->n);
        for (size_t l = 0; l < CONFORMAL_LEVELS; l++)
            buf_fmt(out, " %.3f |", v->within[l]);
        buf_byte(out, '\n');
    }
    buf_str(out, "\nOf the test rows it held for");
    for (size_t l = 0; q->n > 0 && l < CONFORMAL_LEVELS; l++)
        buf_fmt(out, "%s %.1f %% (%.0f %%)", l > 0 ? "," : "",
                100.0 * (double)q->covered[l] / (double)q->n, 100.0 * conformal_levels[l]);
    buf_str(out, ".\n");
}

static const char engagement_rule[] =
    "\n**engagement_score is learnt from a rule, not from people.** The data has no likes (no "
    "public data has true engagement; likes within a video are the nearest thing). The rule: 0.7 x "
    "rank of |sentiment| among all rows + 0.3 x (1 - characters / 280). It says how far a comment "
    "is strong and short; that such comments get more likes is an assumption that nobody has "
    "checked here. Train with an engagement column before you rely on it.\n";

/* With the rows that have one. */
static const char engagement_likes[] =
    "\n**engagement_score is learnt from likes:** the rank of a comment's likes among those of its "
    "video's comments in the data, 0 the fewest, 1 the most, equal ones the mean of their ranks "
    "(%zu rows have one). It is what the text and being a reply say of that rank when a comment "
    "arrives: not who wrote it, not when, and never likes or replies themselves, which come later. "
    "Nor is it engagement: likes are those of the day of the crawl, older comments had longer to "
    "get them, and a comment that is shown first is liked first.\n";

static const char implicitness_rule[] =
    "\n**implicitness_degree is learnt from a rule, not from people.** The rule: 0.1 + 0.9 x held "
    "x "
    "(1 - said), with held = |sentiment| / 0.5 (an opinion that the raters heard) and said = the "
    "strongest word of the lexicon / 2, each at most 1. The second part is computed from the text "
    "that the model sees too.\n";

static const char *const made_of[KIND_N] = {
    [KIND_NONE] = "surface and lexicon (no text encoder)",
    [KIND_STATIC] = "surface, lexicon and what the mean vector of the words says of each "
                    "output (encoder `static`)",
    [KIND_MINILM] = "surface, lexicon, and what the mean vector of the words and the embedding "
                    "of MiniLM say of each output (encoder `minilm`)",
    [KIND_CASCADE] = "surface, lexicon, what the mean vector of the words says of each output "
                     "and, of some comments, the embedding of MiniLM (encoder `cascade`)",
};

static void add_slice(struct buf *out, struct slice s, const char *then)
{
    buf_slice_add(out, s);
    buf_str(out, then);
}

static void add_licences(const struct manifest *m, struct buf *out)
{
    for (size_t i = 0; i < m->n_licences; i++) {
        buf_str(out, "- ");
        add_slice(out, m->licences[i].what, " (");
        add_slice(out, m->licences[i].licence, ", ");
        add_slice(out, m->licences[i].by, ")\n");
    }
}

void train_card(const struct training *t, const struct quality *q, struct buf *out)
{
    const struct manifest *m = &t->manifest;

    buf_str(out, "# ");
    add_slice(out, m->name, " ");
    add_slice(out, m->version, "\n\n");
    buf_fmt(out,
            "Sentiment, engagement, implicitness and confidence of short social texts, from %zu "
            "features of %s by gradient boosting (XGBoost, depth 4). "
            "English; other languages get little more than their emoji.\n\n",
            m->features.n, made_of[m->kind]);
    if (m->kind >= KIND_MINILM) {
        buf_fmt(
            out,
            "MiniLM runs by OpenVINO in %s; scores are the same on CPUs of one kind, and near to "
            "each other on different ones.\n\n",
            precision_names[m->precision]);
    }
    if (m->kind == KIND_CASCADE)
        buf_fmt(out,
                "MiniLM is asked where the error to be expected without it is above %.4f: about "
                "%zu of the %zu test rows.\n\n",
                m->above, q->escalated, q->n);
    buf_fmt(out, "## Data\n%zu rows: %zu to learn from, %zu to test, split by %s.\n", t->data.n,
            t->data.n - q->n, q->n,
            t->conf->split == SPLIT_HASH ? "the SHA-256 of the text (mod 5 = 0 is the test)"
                                         : "time (the last fifth is the test)");
    add_licences(m, out);
    buf_str(out, "\n## Quality on the test rows\n");
    add_metrics(t, q, out);
    add_conformal(t, q, out);
    if (t->data.ranked > 0)
        buf_fmt(out, engagement_likes, t->data.ranked);
    buf_str(out, t->data.has_engagement ? "" : engagement_rule);
    buf_str(out, t->data.has_implicitness ? "" : implicitness_rule);
    buf_str(out,
            "\n## Baseline\nbaseline.json is made from the training rows as this bundle scores "
            "them. They are not your stream: expect drift against it from the first hour "
            "(training skew), and build a baseline from your own scores.\n");
}
