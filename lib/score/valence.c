/* SPDX-License-Identifier: MIT */
#include "score/valence.h"

#include <math.h>

#define REACH         3      /* words before a hit that act on it                 */
#define TURNED        (-0.7) /* what a negation makes of a valence                */
#define SHOUT         0.7    /* added to a hit in capitals among small letters    */
#define STRETCH       0.3    /* added to an elongated hit                         */
#define BEFORE_BUT    0.8
#define AFTER_BUT     1.1
#define EXCLAMATION   0.3  /* added to the strength of the sum, each            */
#define EXCLAMATIONS  4    /* and at most so many                               */
#define HALF_SATURATE 15.0 /* compound = s / sqrt(s^2 + 15)                     */

bool valence_cues(const struct lexicon *lex, struct tokens tokens, struct arena *a,
                  struct cued *out)
{
    out->tokens = tokens;
    out->cues = arena_array(a, tokens.n, sizeof(*out->cues));
    if (!out->cues)
        return false;
    for (size_t i = 0; i < tokens.n; i++) {
        const struct token *t = &tokens.v[i];

        if (t->kind != TOKEN_URL && t->kind != TOKEN_MENTION)
            out->cues[i] = lexicon_cue(lex, t, a);
    }
    return true;
}

/* Whether some word of the range is written in small letters, so that capitals
 * mean something. */
static bool has_quiet_word(const struct cued *c, size_t lo, size_t hi)
{
    for (size_t i = lo; i < hi; i++) {
        if (c->tokens.v[i].kind == TOKEN_WORD && !c->tokens.v[i].shouted &&
            c->tokens.v[i].text.n > 1)
            return true;
    }
    return false;
}

/* "no" has a valence of its own, unless it turns the word that follows. */
static bool only_negates(const struct cued *c, size_t i, size_t hi)
{
    if (!c->cues[i].negates)
        return false;
    for (size_t k = i + 1; k < hi && k <= i + REACH; k++) {
        if (c->cues[k].valence != 0.0)
            return true;
    }
    return false;
}

/* The valence of token i with what stands before it; 0: no hit. */
static double hit_at(const struct cued *c, size_t lo, size_t hi, size_t i, bool quiet)
{
    const struct token *t = &c->tokens.v[i];
    double v = c->cues[i].valence;
    double sign = v < 0.0 ? -1.0 : 1.0;
    bool turned = false;

    if (v == 0.0 || only_negates(c, i, hi))
        return 0.0;
    if (t->shouted && quiet)
        v += sign * SHOUT;
    if (t->elongated)
        v += sign * STRETCH;
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_HASHTAG)
        return v;
    for (size_t back = 1; back <= REACH && back <= i - lo; back++) {
        const struct cue *before = &c->cues[i - back];

        if (c->tokens.v[i - back].kind == TOKEN_PUNCT || before->contrasts)
            break;
        v += sign * before->boost * (1.0 - 0.05 * (double)(back - 1));
        turned ^= before->negates;
    }
    return turned ? v * TURNED : v;
}

static void count_hit(struct valence *out, enum token_kind kind, double v)
{
    out->sum += v;
    out->hits++;
    out->positive += v > 0.0;
    out->negative += v < 0.0;
    out->max = out->hits == 1 || v > out->max ? v : out->max;
    out->min = out->hits == 1 || v < out->min ? v : out->min;
    out->last = v;
    if (kind == TOKEN_EMOJI || kind == TOKEN_EMOTICON)
        out->emoji += v;
}

static size_t exclamations(const struct cued *c, size_t lo, size_t hi)
{
    size_t n = 0;

    for (size_t i = lo; i < hi; i++) {
        for (size_t k = 0; c->tokens.v[i].kind == TOKEN_PUNCT && k < c->tokens.v[i].text.n; k++)
            n += c->tokens.v[i].text.p[k] == '!';
    }
    return n < EXCLAMATIONS ? n : EXCLAMATIONS;
}

struct valence valence_of(const struct cued *c, size_t lo, size_t hi)
{
    bool quiet = has_quiet_word(c, lo, hi);
    struct valence out = { 0 };
    double before = 0.0; /* weighted sums before and after the last contrast */
    double after = 0.0;
    double s;

    for (size_t i = lo; i < hi; i++) {
        double v = hit_at(c, lo, hi, i, quiet);

        out.negations += c->cues[i].negates;
        out.boosters += c->cues[i].boost != 0.0;
        if (c->cues[i].contrasts && i > lo) {
            out.contrasts++;
            before += after;
            after = 0.0;
        }
        if (v != 0.0) {
            count_hit(&out, c->tokens.v[i].kind, v);
            after += v;
        }
    }
    s = out.contrasts > 0 ? BEFORE_BUT * before + AFTER_BUT * after : after;
    if (s != 0.0)
        s += copysign(EXCLAMATION * (double)exclamations(c, lo, hi), s);
    out.strength = s;
    out.compound = s / sqrt(s * s + HALF_SATURATE);
    return out;
}
