/* SPDX-License-Identifier: MIT */
/* WordPiece gives what the reference gave (freeze): of invented texts id by id, of
 * every code point and of the shared test data as a hash. */
#include "support/check.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "file/file.h"
#include "text/utf8.h"
#include "text/wordpiece.h"

#define FOLDER "tests/golden/wordpiece/"

enum { FILE_MAX = 16 << 20, LINE_IDS_MAX = 65536 };

static struct wordpiece *wp;
static int32_t ids[LINE_IDS_MAX + 1];

static int read_vocabulary(void **state)
{
    struct err err = { 0 };
    struct buf b;

    (void)state;
    buf_init(&b, FILE_MAX);
    assert_int_equal(file_read("models/default/vocab.txt", &b, &err), ST_OK);
    assert_int_equal(wordpiece_new(buf_slice(&b), &wp, &err), ST_OK);
    buf_release(&b);
    return 0;
}

static int forget_vocabulary(void **state)
{
    (void)state;
    wordpiece_free(wp);
    return 0;
}

/* The next line of s without its end; false when there is none. */
static bool next_line(struct slice *s, struct slice *line)
{
    const char *lf = memchr(s->p, '\n', s->n);

    if (!lf)
        return false;
    *line = (struct slice){ s->p, (size_t)(lf - s->p) };
    s->n -= line->n + 1;
    s->p = lf + 1;
    return true;
}

static void add_ids(struct buf *out, struct slice text)
{
    size_t n = wordpiece_encode(wp, text, ids, LINE_IDS_MAX);

    for (size_t i = 0; i < n; i++)
        buf_fmt(out, i > 0 ? " %d" : "%d", (int)ids[i]);
}

static void invented_texts_give_the_same_ids(void **state)
{
    struct err err = { 0 };
    struct slice lines;
    struct slice line;
    struct slice want = { NULL, 0 };
    struct slice wants;
    struct buf in;
    struct buf frozen;
    size_t n = 0;

    (void)state;
    buf_init(&in, FILE_MAX);
    buf_init(&frozen, FILE_MAX);
    assert_int_equal(file_read(FOLDER "texts.jsonl", &in, &err), ST_OK);
    assert_int_equal(file_read(FOLDER "ids", &frozen, &err), ST_OK);
    lines = buf_slice(&in);
    wants = buf_slice(&frozen);
    for (; next_line(&lines, &line); n++) {
        json_t *row = json_loadb(line.p, line.n, JSON_ALLOW_NUL, NULL);
        const json_t *text = json_object_get(row, "text");
        json_int_t times = json_integer_value(json_object_get(row, "times"));
        struct buf whole;
        struct buf got;

        assert_non_null(row);
        assert_true(next_line(&wants, &want));
        buf_init(&whole, FILE_MAX);
        buf_init(&got, FILE_MAX);
        for (json_int_t i = 0; i < (times > 0 ? times : 1); i++)
            buf_add(&whole, json_string_value(text), json_string_length(text));
        add_ids(&got, buf_slice(&whole));
        if (!slice_eq(buf_slice(&got), want))
            fail_msg("text %zu: got %.*s\nwant %.*s", n, SLICE_ARG(buf_slice(&got)),
                     SLICE_ARG(want));
        buf_release(&whole);
        buf_release(&got);
        json_decref(row);
    }
    assert_true(n > 40);
    buf_release(&in);
    buf_release(&frozen);
}

/* What freeze hashes: the ids and a -1, as little-endian numbers of 4 bytes. */
static void hash_line(EVP_MD_CTX *sha, struct slice text)
{
    size_t n = wordpiece_encode(wp, text, ids, LINE_IDS_MAX);

    ids[n] = -1;
    assert_int_equal(EVP_DigestUpdate(sha, ids, (n + 1) * sizeof(ids[0])), 1);
}

static EVP_MD_CTX *hash_new(void)
{
    EVP_MD_CTX *sha = EVP_MD_CTX_new();

    assert_non_null(sha);
    assert_int_equal(EVP_DigestInit_ex(sha, EVP_sha256(), NULL), 1);
    return sha;
}

/* Compares with the line of hashes that has this name. */
static void expect_hash(EVP_MD_CTX *sha, const char *name)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    struct err err = { 0 };
    struct slice lines;
    struct slice line;
    struct buf frozen;
    char want[256];
    size_t n = 0;

    assert_int_equal(EVP_DigestFinal_ex(sha, raw, NULL), 1);
    EVP_MD_CTX_free(sha);
    for (size_t i = 0; i < SHA256_LEN; i++)
        n += (size_t)snprintf(want + n, sizeof(want) - n, "%02x", raw[i]);
    snprintf(want + n, sizeof(want) - n, " %s", name);
    buf_init(&frozen, FILE_MAX);
    assert_int_equal(file_read(FOLDER "hashes", &frozen, &err), ST_OK);
    lines = buf_slice(&frozen);
    while (next_line(&lines, &line)) {
        if (slice_is(line, want))
            n = 0;
    }
    if (n > 0)
        fail_msg("%s: not the reference's ids", name);
    buf_release(&frozen);
}

static void every_code_point_gives_the_same_ids(void **state)
{
    EVP_MD_CTX *sha = hash_new();

    (void)state;
    for (int32_t cp = 0; cp < 0x110000; cp++) {
        char text[2 * UTF8_LEN_MAX + 3];
        size_t n = 0;

        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        text[n++] = 'a';
        n += utf8_put(cp, text + n);
        text[n++] = 'b';
        text[n++] = ' ';
        n += utf8_put(cp, text + n);
        hash_line(sha, (struct slice){ text, n });
    }
    expect_hash(sha, "code-points");
}

static void shared_data_gives_the_same_ids(void **state)
{
    static const char *const files[] = {
        "text/tweets_GroundTruth.txt",
        "text/sentiment_val_text.txt",
        "absa/ACSA_train.xml",
        "crawls/TTCommentExporter-7522631316479790391-3522-comments-replies.csv",
        "crawls/TTCommentExporter-7226101187500723498-201-comments.csv",
    };
    const char *shared = getenv("ABSA_SHARED");

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[FILE_PATH_MAX];
        struct err err = { 0 };
        EVP_MD_CTX *sha;
        struct slice rest;
        struct slice line;
        struct buf b;

        snprintf(path, sizeof(path), "%s/data/%s", shared ? shared : "", files[i]);
        buf_init(&b, FILE_MAX);
        if (file_read(path, &b, &err) != ST_OK) {
            print_message("skipped: no shared data: %s\n", files[i]);
            buf_release(&b);
            continue;
        }
        sha = hash_new();
        rest = buf_slice(&b);
        while (next_line(&rest, &line))
            hash_line(sha, line);
        hash_line(sha, rest);
        expect_hash(sha, files[i]);
        buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invented_texts_give_the_same_ids),
        cmocka_unit_test(every_code_point_gives_the_same_ids),
        cmocka_unit_test(shared_data_gives_the_same_ids),
    };

    return cmocka_run_group_tests(tests, read_vocabulary, forget_vocabulary);
}
