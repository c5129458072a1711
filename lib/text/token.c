/* SPDX-License-Identifier: MIT */
#include "text/token.h"

#include <string.h>

#include "text/utf8.h"

#define APOSTROPHE   0x2019
#define VARIATION_16 0xFE0F

/* A scanner gives the length of its token at byte at, or 0. */
typedef size_t scan_fn(struct slice s, size_t at);

static bool has_prefix(struct slice s, size_t at, const char *prefix)
{
    size_t n = strlen(prefix);

    for (size_t i = 0; i < n; i++) {
        if (at + i >= s.n || utf8_lower((unsigned char)s.p[at + i]) != prefix[i])
            return false;
    }
    return true;
}

static size_t scan_url(struct slice s, size_t at)
{
    size_t end = at;
    int32_t cp;

    if (!has_prefix(s, at, "http://") && !has_prefix(s, at, "https://") &&
        !has_prefix(s, at, "www."))
        return 0;
    while (end < s.n) {
        size_t n = utf8_next(s, end, &cp);

        if (utf8_is_space(cp))
            break;
        end += n;
    }
    return end - at;
}

static bool in_word(int32_t cp)
{
    return utf8_is_letter(cp) || utf8_is_digit(cp) || utf8_is_mark(cp);
}

/* Length of the letters, digits and marks at byte at. */
static size_t run_of_word(struct slice s, size_t at)
{
    size_t end = at;
    int32_t cp;

    while (end < s.n) {
        size_t n = utf8_next(s, end, &cp);

        if (!in_word(cp))
            break;
        end += n;
    }
    return end - at;
}

static size_t scan_word(struct slice s, size_t at)
{
    size_t end = at + run_of_word(s, at);
    size_t more;
    int32_t cp;

    while (end > at && end < s.n) {
        size_t n = utf8_next(s, end, &cp);

        if (cp != '\'' && cp != '-' && cp != APOSTROPHE)
            break;
        more = run_of_word(s, end + n);
        if (more == 0)
            break;
        end += n + more;
    }
    return end - at;
}

static size_t scan_tag(struct slice s, size_t at, char sign)
{
    size_t end = at + 1;

    if (s.p[at] != sign)
        return 0;
    for (;;) {
        size_t n = run_of_word(s, end);

        if (n == 0 && (end >= s.n || (s.p[end] != '_' && (sign != '@' || s.p[end] != '.'))))
            break;
        end += n > 0 ? n : 1;
    }
    return end > at + 1 ? end - at : 0;
}

static size_t scan_mention(struct slice s, size_t at)
{
    return scan_tag(s, at, '@');
}

static size_t scan_hashtag(struct slice s, size_t at)
{
    return scan_tag(s, at, '#');
}

static bool one_of(struct slice s, size_t at, const char *set)
{
    return at < s.n && s.p[at] != '\0' && strchr(set, s.p[at]) != NULL;
}

/* Eyes, perhaps a nose, a mouth, and no word right behind: ":-)", "xD", "<3". */
static size_t scan_emoticon(struct slice s, size_t at)
{
    size_t end = at;

    if (has_prefix(s, at, "<3")) {
        end = at + 2;
    } else {
        end += one_of(s, end, "<>") ? 1 : 0;
        if (!one_of(s, end, ":;=8xX"))
            return 0;
        end++;
        end += one_of(s, end, "-o*'^") ? 1 : 0;
        if (!one_of(s, end,
                    ")](["
                    "dDpPoO/\\:}{@|3sScC*$"))
            return 0;
        end++;
    }
    while (end < s.n && s.p[end] == s.p[end - 1])
        end++;
    return run_of_word(s, end) > 0 ? 0 : end - at;
}

/* Signs up to white space, a word, an emoji or a tag; at least one. */
static size_t scan_punct(struct slice s, size_t at)
{
    size_t end = at;
    int32_t cp;

    do {
        end += utf8_next(s, end, &cp);
        if (end >= s.n)
            break;
        utf8_next(s, end, &cp);
    } while (!in_word(cp) && !utf8_is_space(cp) && cp != '@' && cp != '#' && cp != '<' &&
             !scan_emoticon(s, end) && !utf8_emoji(s, end));
    return end - at;
}

/* In order: the first that knows the place wins. */
static const struct {
    enum token_kind kind;
    scan_fn *scan;
    bool not_after_word; /* "abc:d" holds no emoticon */
} scanners[] = {
    { TOKEN_URL, scan_url, false },         { TOKEN_MENTION, scan_mention, false },
    { TOKEN_HASHTAG, scan_hashtag, false }, { TOKEN_EMOTICON, scan_emoticon, true },
    { TOKEN_EMOJI, utf8_emoji, false },     { TOKEN_WORD, scan_word, false },
    { TOKEN_PUNCT, scan_punct, false },
};

static bool is_modifier(int32_t cp)
{
    return cp == VARIATION_16 || (cp >= 0x1F3FB && cp <= 0x1F3FF);
}

struct slice token_norm(struct slice text, struct arena *a)
{
    /* A lower-case letter is at most twice as long as its capital. */
    char *out = arena_alloc(a, 2 * text.n + UTF8_LEN_MAX);
    size_t n = 0;
    int32_t cp;

    if (!out)
        return (struct slice){ NULL, 0 };
    for (size_t at = 0; at < text.n;) {
        at += utf8_next(text, at, &cp);
        if (is_modifier(cp))
            continue;
        n += utf8_put(cp == APOSTROPHE ? '\'' : utf8_lower(cp), out + n);
    }
    return (struct slice){ out, n };
}

struct slice token_squeeze(struct slice norm, size_t keep, struct arena *a)
{
    char *out = arena_alloc(a, norm.n);
    size_t n = 0;
    size_t run = 0;

    if (!out)
        return (struct slice){ NULL, 0 };
    for (size_t i = 0; i < norm.n; i++) {
        run = i > 0 && norm.p[i] == norm.p[i - 1] ? run + 1 : 1;
        if (run <= keep)
            out[n++] = norm.p[i];
    }
    return (struct slice){ out, n };
}

/* What the case of the letters and their repetition say of a word. */
static void look_at_word(struct token *t)
{
    size_t upper = 0;
    size_t lower = 0;
    size_t run = 0;
    int32_t last = -1;
    int32_t cp;

    for (size_t at = 0; at < t->text.n;) {
        at += utf8_next(t->text, at, &cp);
        if (utf8_is_upper(cp))
            upper++;
        else if (utf8_lower(cp) == cp && utf8_is_letter(cp))
            lower++;
        cp = utf8_lower(cp);
        run = cp == last && utf8_is_letter(cp) ? run + 1 : 1;
        t->elongated |= run >= 3;
        last = cp;
    }
    t->shouted = upper >= 2 && lower == 0;
}

static bool take(struct slice text, size_t at, bool after_word, struct arena *a, struct token *t)
{
    size_t n = 0;

    memset(t, 0, sizeof(*t));
    for (size_t i = 0; n == 0; i++) {
        if (scanners[i].not_after_word && after_word)
            continue;
        n = scanners[i].scan(text, at);
        t->kind = scanners[i].kind;
    }
    t->text = (struct slice){ text.p + at, n };
    if (t->kind == TOKEN_WORD)
        look_at_word(t);
    t->norm = t->kind == TOKEN_HASHTAG ? (struct slice){ t->text.p + 1, n - 1 } : t->text;
    t->norm = token_norm(t->norm, a);
    return t->norm.p != NULL;
}

bool tokens_make(struct slice text, struct arena *a, struct tokens *out)
{
    size_t max = text.n < TOKENS_MAX ? text.n : TOKENS_MAX;
    bool after_word = false;
    int32_t cp;

    out->n = 0;
    out->v = arena_array(a, max, sizeof(*out->v));
    if (!out->v)
        return false;
    for (size_t at = 0; at < text.n && out->n < max;) {
        size_t n = utf8_next(text, at, &cp);

        if (utf8_is_space(cp)) {
            after_word = false;
            at += n;
            continue;
        }
        if (!take(text, at, after_word, a, &out->v[out->n]))
            return false;
        after_word = out->v[out->n].kind != TOKEN_PUNCT && out->v[out->n].kind != TOKEN_EMOJI;
        at += out->v[out->n++].text.n;
    }
    return true;
}
