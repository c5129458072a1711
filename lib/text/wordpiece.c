/* SPDX-License-Identifier: MIT */
#include "text/wordpiece.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/fold.h"
#include "text/utf8.h"

#define FNV_START UINT64_C(0xCBF29CE484222325)
#define FNV_PRIME UINT64_C(0x100000001B3)

/* A place of an open-addressing table, at most half full. */
struct slot {
    uint32_t tag; /* upper half of the piece's hash */
    int32_t id;   /* -1: free                       */
};

static const char *const special_names[] = { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" };

enum { SPECIALS = sizeof(special_names) / sizeof(special_names[0]), SPECIAL_UNK = 1 };

struct wordpiece {
    char *text;           /* the vocabulary          */
    struct slice *pieces; /* by id, borrowed from it */
    size_t n;
    struct slot *slots;
    size_t mask;
    size_t longest; /* piece, in bytes                            */
    int32_t specials[SPECIALS];
};

/* A word while it is gathered, in small letters. */
struct word {
    char bytes[WORDPIECE_CHARS_MAX * UTF8_LEN_MAX];
    size_t n;
    size_t chars; /* one more than the maximum: too long */
};

/* Where the ids go. */
struct ids {
    int32_t *v;
    size_t n, max;
};

static uint64_t hash_on(uint64_t h, char c)
{
    return (h ^ (unsigned char)c) * FNV_PRIME;
}

/* FNV-1a leaves the upper bits of short strings alike. */
static uint64_t hash_end(uint64_t h)
{
    h ^= h >> 29;
    h *= UINT64_C(0xBF58476D1CE4E5B9);
    return h ^ (h >> 32);
}

static uint64_t hash_of(struct slice s)
{
    uint64_t h = FNV_START;

    for (size_t i = 0; i < s.n; i++)
        h = hash_on(h, s.p[i]);
    return hash_end(h);
}

/* The id of a piece by its (finished) hash; -1: there is none. The piece is the
 * prefix "##" (skip = 2, of which s holds nothing) or nothing, then s. */
static int32_t find(const struct wordpiece *wp, uint64_t hash, struct slice s, size_t skip)
{
    uint32_t tag = (uint32_t)(hash >> 32);

    for (size_t i = (size_t)hash & wp->mask; wp->slots[i].id >= 0; i = (i + 1) & wp->mask) {
        struct slice piece = wp->pieces[wp->slots[i].id];

        if (wp->slots[i].tag == tag && piece.n == s.n + skip && memcmp(piece.p, "##", skip) == 0 &&
            memcmp(piece.p + skip, s.p, s.n) == 0)
            return wp->slots[i].id;
    }
    return -1;
}

static enum status add_piece(struct wordpiece *wp, struct slice piece, struct err *err)
{
    uint64_t hash = hash_of(piece);
    size_t i = (size_t)hash & wp->mask;

    if (wp->n == WORDPIECE_VOCABULARY_MAX)
        return err_set(err, ST_FATAL, "vocabulary: more than %d pieces", WORDPIECE_VOCABULARY_MAX);
    if (piece.n == 0 || piece.n > WORDPIECE_PIECE_MAX)
        return err_set(err, ST_FATAL, "vocabulary: line %zu: not a piece of 1..%d bytes", wp->n + 1,
                       WORDPIECE_PIECE_MAX);
    if (find(wp, hash, piece, 0) >= 0)
        return err_set(err, ST_FATAL, "vocabulary: line %zu: %.*s stands there twice", wp->n + 1,
                       SLICE_ARG(piece));
    while (wp->slots[i].id >= 0)
        i = (i + 1) & wp->mask;
    wp->slots[i] = (struct slot){ (uint32_t)(hash >> 32), (int32_t)wp->n };
    wp->pieces[wp->n++] = piece;
    wp->longest = piece.n > wp->longest ? piece.n : wp->longest;
    return ST_OK;
}

static size_t count_lines(struct slice s)
{
    size_t n = 1;

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n';
    return n;
}

static bool make_room(struct wordpiece *wp, struct slice vocabulary)
{
    size_t n = count_lines(vocabulary);
    size_t slots = 64;

    while (slots < 2 * n)
        slots *= 2;
    wp->mask = slots - 1;
    wp->text = malloc(vocabulary.n + 1);
    wp->pieces = calloc(n, sizeof(*wp->pieces));
    wp->slots = calloc(slots, sizeof(*wp->slots));
    if (!wp->text || !wp->pieces || !wp->slots)
        return false;
    if (vocabulary.n > 0)
        memcpy(wp->text, vocabulary.p, vocabulary.n);
    for (size_t i = 0; i < slots; i++)
        wp->slots[i].id = -1;
    return true;
}

static enum status read_vocabulary(struct wordpiece *wp, size_t bytes, struct err *err)
{
    struct slice rest = { wp->text, bytes };
    enum status st = ST_OK;

    while (st == ST_OK && rest.n > 0)
        st = add_piece(wp, slice_cut(&rest, '\n'), err);
    for (size_t i = 0; i < SPECIALS; i++)
        wp->specials[i] =
            find(wp, hash_of(slice_str(special_names[i])), slice_str(special_names[i]), 0);
    if (st == ST_OK && wp->specials[SPECIAL_UNK] < 0)
        st = err_set(err, ST_FATAL, "vocabulary: there is no [UNK]");
    return st;
}

enum status wordpiece_new(struct slice vocabulary, struct wordpiece **out, struct err *err)
{
    struct wordpiece *wp = calloc(1, sizeof(*wp));
    enum status st;

    *out = NULL;
    if (!wp || !make_room(wp, vocabulary)) {
        wordpiece_free(wp);
        return err_set(err, ST_FATAL, "vocabulary: out of memory");
    }
    st = read_vocabulary(wp, vocabulary.n, err);
    if (st != ST_OK) {
        wordpiece_free(wp);
        return st;
    }
    *out = wp;
    return ST_OK;
}

void wordpiece_free(struct wordpiece *wp)
{
    if (!wp)
        return;
    free(wp->slots);
    free(wp->pieces);
    free(wp->text);
    free(wp);
}

size_t wordpiece_n(const struct wordpiece *wp)
{
    return wp->n;
}

struct slice wordpiece_text(const struct wordpiece *wp, int32_t id)
{
    return wp->pieces[id];
}

/* The longest piece that starts s; -1: none. *len is its length in s. */
static int32_t longest(const struct wordpiece *wp, struct slice s, bool goes_on, size_t *len)
{
    uint64_t hashes[WORDPIECE_PIECE_MAX + 1];
    size_t skip = goes_on ? 2 : 0;
    size_t max = s.n < wp->longest ? s.n : wp->longest;

    hashes[0] = goes_on ? hash_on(hash_on(FNV_START, '#'), '#') : FNV_START;
    for (size_t i = 0; i < max; i++)
        hashes[i + 1] = hash_on(hashes[i], s.p[i]);
    for (*len = max; *len > 0; (*len)--) {
        int32_t id = find(wp, hash_end(hashes[*len]), (struct slice){ s.p, *len }, skip);

        if (id >= 0)
            return id;
    }
    return -1;
}

static void put(struct ids *out, int32_t id)
{
    if (out->n < out->max)
        out->v[out->n++] = id;
}

/* Ends the word: its pieces, or [UNK]. */
static void end_word(const struct wordpiece *wp, struct word *w, struct ids *out)
{
    size_t before = out->n;
    bool known = w->chars <= WORDPIECE_CHARS_MAX;
    size_t len = 0;

    for (size_t at = 0; known && at < w->n; at += len) {
        int32_t id = longest(wp, (struct slice){ w->bytes + at, w->n - at }, at > 0, &len);

        known = id >= 0;
        put(out, id);
    }
    if (!known) {
        out->n = before;
        put(out, wp->specials[SPECIAL_UNK]);
    }
    w->n = 0;
    w->chars = 0;
}

static void add_char(struct word *w, int32_t cp)
{
    if (w->chars < WORDPIECE_CHARS_MAX)
        w->n += utf8_put(cp, w->bytes + w->n);
    if (w->chars <= WORDPIECE_CHARS_MAX)
        w->chars++;
}

static void take(const struct wordpiece *wp, struct word *w, struct folded f, struct ids *out)
{
    if (f.alone || f.cp == ' ')
        end_word(wp, w, out);
    if (f.cp != ' ')
        add_char(w, f.cp);
    if (f.alone)
        end_word(wp, w, out);
}

/* Length of the special token at byte at, 0: none; *id is its. */
static size_t special(const struct wordpiece *wp, struct slice text, size_t at, int32_t *id)
{
    for (size_t i = 0; i < SPECIALS; i++) {
        size_t n = strlen(special_names[i]);

        if (wp->specials[i] >= 0 && text.n - at >= n &&
            memcmp(text.p + at, special_names[i], n) == 0) {
            *id = wp->specials[i];
            return n;
        }
    }
    return 0;
}

size_t wordpiece_encode(const struct wordpiece *wp, struct slice text, int32_t *ids, size_t max)
{
    struct ids out = { .max = max };
    struct folded f[FOLD_MAX];
    struct word w;
    int32_t id = 0;
    int32_t cp;

    out.v = ids;
    w.n = 0;
    w.chars = 0;
    for (size_t at = 0; at < text.n && out.n < max;) {
        size_t n = text.p[at] == '[' ? special(wp, text, at, &id) : 0;

        if (n > 0) {
            end_word(wp, &w, &out);
            put(&out, id);
            at += n;
            continue;
        }
        at += utf8_next(text, at, &cp);
        n = fold(cp, f);
        for (size_t i = 0; i < n; i++)
            take(wp, &w, f[i], &out);
    }
    end_word(wp, &w, &out);
    return out.n;
}
