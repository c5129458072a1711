/* SPDX-License-Identifier: MIT */
#include "score/feature.h"

#define BYTES_MAX   (1 << 20)
#define VALENCE_SUM (4.0 * 4096)
#define HIT_MAX     10.0
#define HEAD_MAX    8.0

static double share(size_t part, size_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

static double count(size_t n)
{
    return n < BYTES_MAX ? (double)n : (double)BYTES_MAX;
}

static double within(double v, double limit)
{
    return v > limit ? limit : v < -limit ? -limit : v;
}

static double chars(const struct reading *r)
{
    return count(r->chars);
}

static double words(const struct reading *r)
{
    return count(r->words);
}

static double mean_word_length(const struct reading *r)
{
    double mean = share(r->word_chars, r->words);

    return mean < BYTES_MAX ? mean : BYTES_MAX;
}

static double upper_share(const struct reading *r)
{
    return share(r->upper, r->letters);
}

static double shouted_words(const struct reading *r)
{
    return count(r->shouted);
}

static double digit_share(const struct reading *r)
{
    return share(r->digits, r->chars);
}

static double punctuation_share(const struct reading *r)
{
    return share(r->punctuation, r->chars);
}

static double exclamations(const struct reading *r)
{
    return count(r->exclamations);
}

static double questions(const struct reading *r)
{
    return count(r->questions);
}

static double elongations(const struct reading *r)
{
    return count(r->elongated);
}

static double urls(const struct reading *r)
{
    return count(r->urls);
}

static double mentions(const struct reading *r)
{
    return count(r->mentions);
}

static double hashtags(const struct reading *r)
{
    return count(r->hashtags);
}

static double emoji(const struct reading *r)
{
    return count(r->emoji);
}

static double emoji_share(const struct reading *r)
{
    return share(r->emoji, r->cued.tokens.n);
}

static double emoticons(const struct reading *r)
{
    return count(r->emoticons);
}

static double non_latin_share(const struct reading *r)
{
    return share(r->letters - r->latin, r->letters);
}

static double type_token_ratio(const struct reading *r)
{
    return share(r->types, r->words);
}

static double shannon_entropy(const struct reading *r)
{
    return r->entropy;
}

static double no_words(const struct reading *r)
{
    return r->words == 0 ? 1.0 : 0.0;
}

static double is_reply(const struct reading *r)
{
    return r->facts.is_reply ? 1.0 : 0.0;
}

static double valence_sum(const struct reading *r)
{
    return within(r->valence.sum, VALENCE_SUM);
}

static double valence_mean(const struct reading *r)
{
    return r->valence.hits > 0 ? within(r->valence.sum / (double)r->valence.hits, HIT_MAX) : 0.0;
}

static double valence_max(const struct reading *r)
{
    return within(r->valence.max, HIT_MAX);
}

static double valence_min(const struct reading *r)
{
    return within(r->valence.min, HIT_MAX);
}

static double valence_last(const struct reading *r)
{
    return within(r->valence.last, HIT_MAX);
}

static double valence_hits(const struct reading *r)
{
    return count(r->valence.hits);
}

static double positive_share(const struct reading *r)
{
    return share(r->valence.positive, r->cued.tokens.n);
}

static double negative_share(const struct reading *r)
{
    return share(r->valence.negative, r->cued.tokens.n);
}

static double compound(const struct reading *r)
{
    return r->valence.compound;
}

static double emoji_valence(const struct reading *r)
{
    return within(r->valence.emoji, VALENCE_SUM);
}

static double negations(const struct reading *r)
{
    return count(r->valence.negations);
}

static double boosters(const struct reading *r)
{
    return count(r->valence.boosters);
}

static double contrasts(const struct reading *r)
{
    return count(r->valence.contrasts);
}

static double vector_sentiment(const struct reading *r)
{
    return within(r->head[HEAD_SENTIMENT], HEAD_MAX);
}

static double vector_engagement(const struct reading *r)
{
    return within(r->head[HEAD_ENGAGEMENT], HEAD_MAX);
}

static double vector_implicitness(const struct reading *r)
{
    return within(r->head[HEAD_IMPLICITNESS], HEAD_MAX);
}

static double minilm_sentiment(const struct reading *r)
{
    return within(r->minilm[HEAD_SENTIMENT], HEAD_MAX);
}

static double minilm_engagement(const struct reading *r)
{
    return within(r->minilm[HEAD_ENGAGEMENT], HEAD_MAX);
}

static double minilm_implicitness(const struct reading *r)
{
    return within(r->minilm[HEAD_IMPLICITNESS], HEAD_MAX);
}

/* clang-format off */
const struct feature feature_table[] = {
    { "chars", "code points", 0, BYTES_MAX, chars, "Length of the text." },
    { "words", "count", 0, BYTES_MAX, words, "Words." },
    { "mean_word_length", "code points", 0, BYTES_MAX, mean_word_length, "Mean length of a word; 0 without words." },
    { "upper_share", "share", 0, 1, upper_share, "Capitals among the letters." },
    { "shouted_words", "count", 0, BYTES_MAX, shouted_words, "Words in capitals." },
    { "digit_share", "share", 0, 1, digit_share, "Digits among the characters." },
    { "punctuation_share", "share", 0, 1, punctuation_share, "Signs among the characters." },
    { "exclamations", "count", 0, BYTES_MAX, exclamations, "Exclamation marks." },
    { "questions", "count", 0, BYTES_MAX, questions, "Question marks." },
    { "elongations", "count", 0, BYTES_MAX, elongations, "Words with a letter three times in a row." },
    { "urls", "count", 0, BYTES_MAX, urls, "Addresses of web pages." },
    { "mentions", "count", 0, BYTES_MAX, mentions, "Names after an @." },
    { "hashtags", "count", 0, BYTES_MAX, hashtags, "Words after a #." },
    { "emoji", "count", 0, BYTES_MAX, emoji, "Emoji, each with its modifiers." },
    { "emoji_share", "share", 0, 1, emoji_share, "Emoji among the tokens." },
    { "emoticons", "count", 0, BYTES_MAX, emoticons, "Emoticons such as :)." },
    { "non_latin_share", "share", 0, 1, non_latin_share, "Letters of other scripts among the letters." },
    { "type_token_ratio", "share", 0, 1, type_token_ratio, "Different words among the words; 0 without words." },
    { "shannon_entropy", "bit", 0, 64, shannon_entropy, "Entropy of the pieces between white space, case kept." },
    { "no_words", "flag", 0, 1, no_words, "1: no word at all." },
    { "valence_sum", "valence", -VALENCE_SUM, VALENCE_SUM, valence_sum, "Sum over the lexicon's hits." },
    { "valence_mean", "valence", -HIT_MAX, HIT_MAX, valence_mean, "Mean over the hits; 0 without." },
    { "valence_max", "valence", -HIT_MAX, HIT_MAX, valence_max, "Most positive hit." },
    { "valence_min", "valence", -HIT_MAX, HIT_MAX, valence_min, "Most negative hit." },
    { "valence_last", "valence", -HIT_MAX, HIT_MAX, valence_last, "Last hit." },
    { "valence_hits", "count", 0, BYTES_MAX, valence_hits, "Hits of the lexicon." },
    { "positive_share", "share", 0, 1, positive_share, "Positive hits among the tokens." },
    { "negative_share", "share", 0, 1, negative_share, "Negative hits among the tokens." },
    { "compound", "polarity", -1, 1, compound, "Sum of the hits with contrast and exclamation, squeezed into -1..1." },
    { "emoji_valence", "valence", -VALENCE_SUM, VALENCE_SUM, emoji_valence, "Sum over emoji and emoticons." },
    { "negations", "count", 0, BYTES_MAX, negations, "Negating words." },
    { "boosters", "count", 0, BYTES_MAX, boosters, "Words that strengthen or weaken." },
    { "contrasts", "count", 0, BYTES_MAX, contrasts, "Contrasting words such as but." },
    { "is_reply", "flag", 0, 1, is_reply, "1: it answers another comment." },
    { "vector_sentiment", "polarity", -HEAD_MAX, HEAD_MAX, vector_sentiment, "Sentiment by the text's vector alone; 0 without an encoder." },
    { "vector_engagement", "rank", -HEAD_MAX, HEAD_MAX, vector_engagement, "Engagement by the text's vector alone." },
    { "vector_implicitness", "degree", -HEAD_MAX, HEAD_MAX, vector_implicitness, "Implicitness by the text's vector alone." },
    { "minilm_sentiment", "polarity", -HEAD_MAX, HEAD_MAX, minilm_sentiment, "Sentiment by MiniLM alone; missing where it was not asked." },
    { "minilm_engagement", "rank", -HEAD_MAX, HEAD_MAX, minilm_engagement, "Engagement by MiniLM alone." },
    { "minilm_implicitness", "degree", -HEAD_MAX, HEAD_MAX, minilm_implicitness, "Implicitness by MiniLM alone." },
};
/* clang-format on */

enum feature_source feature_source(const struct feature *f)
{
    if (f->of == vector_sentiment || f->of == vector_engagement || f->of == vector_implicitness)
        return FEATURE_OF_VECTORS;
    if (f->of == minilm_sentiment || f->of == minilm_engagement || f->of == minilm_implicitness)
        return FEATURE_OF_MINILM;
    return FEATURE_OF_TEXT;
}

const size_t feature_n = sizeof(feature_table) / sizeof(feature_table[0]);

const struct feature *feature_find(struct slice name)
{
    for (size_t i = 0; i < feature_n; i++) {
        if (slice_is(name, feature_table[i].name))
            return &feature_table[i];
    }
    return NULL;
}
