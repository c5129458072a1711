/* SPDX-License-Identifier: MIT */
/* Tokens lie in the text and in order; every feature is finite and within its
 * range; aspects lie in the text: for any bytes. */
#include <math.h>
#include <stdint.h>

#include "score/aspects.h"
#include "score/feature.h"
#include "support/must.h"

static const char valences[] = "good\t4\nbad\t-4\nno\t-1\n:)\t2\n\xF0\x9F\x98\x8D\t3\n";
static const char cues[] = "very\tboost\t1\nnot\tnegate\nno\tnegate\nbut\tcontrast\n";
static const char terms[] = "a\tapp\nb\tcustomer service\nc\tgood\n";

static void check_tokens(struct slice text, const struct tokens *t)
{
    const char *at = text.p;

    for (size_t i = 0; i < t->n; i++) {
        must(t->v[i].text.p >= at && t->v[i].text.n > 0);
        at = t->v[i].text.p + t->v[i].text.n;
    }
    must(t->n == 0 || at <= text.p + text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lexicon *lex;
    static struct taxonomy *tax;
    static struct arena *a;
    struct facts facts = { { (const char *)data, size }, size % 2 == 1 };
    struct aspect_list aspects;
    struct err err = { 0 };
    struct reading r;

    if (!lex) {
        lex = lexicon_new();
        a = arena_new((size_t)256 << 20);
        must(lex && a);
        must(lexicon_add_valences(lex, slice_str(valences), &err) == ST_OK);
        must(lexicon_add_cues(lex, slice_str(cues), &err) == ST_OK);
        must(taxonomy_new(slice_str(terms), &tax, &err) == ST_OK);
    }
    arena_reset(a);
    must(reading_make(&facts, lex, a, &r, &err) == ST_OK);
    check_tokens(facts.text, &r.cued.tokens);
    for (size_t i = 0; i < feature_n; i++) {
        double v = feature_table[i].of(&r);

        must(isfinite(v) && v >= feature_table[i].min && v <= feature_table[i].max);
    }
    must(aspects_find(tax, &r, a, &aspects, &err) == ST_OK);
    for (size_t i = 0; i < aspects.n; i++)
        must(aspects.v[i].start >= 0 && aspects.v[i].start < aspects.v[i].end &&
             (size_t)aspects.v[i].end <= size && fabs(aspects.v[i].sentiment) <= 1.0);
    return 0;
}
