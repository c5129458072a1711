/* SPDX-License-Identifier: MIT */
/* Any bytes give ids of the vocabulary; a blank between two texts keeps them apart,
 * so their ids stand one after the other; and any bytes are a vocabulary or not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/wordpiece.h"

static const char vocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a\n##b\nab\n##ab\n##"
                                 "bab\n!\n\xC3\xBC\n\xE6\x9D\xB1\n"
                                 "u\n##u\n[\n]\n#\nm\n##m\n";

enum { IDS = 4096 };

static size_t encode(const struct wordpiece *wp, struct slice text, int32_t *ids, size_t max)
{
    size_t n = wordpiece_encode(wp, text, ids, max);

    for (size_t i = 0; i < n; i++) {
        if (ids[i] < 0 || (size_t)ids[i] >= wordpiece_n(wp))
            abort();
    }
    return n;
}

static void check_halves(const struct wordpiece *wp, struct slice text)
{
    static int32_t whole[IDS];
    static int32_t parts[IDS];
    size_t half = text.n / 2;
    char *both = malloc(text.n + 1);
    size_t n;
    size_t n_parts;

    if (!both)
        abort();
    memcpy(both, text.p, half);
    both[half] = ' ';
    memcpy(both + half + 1, text.p + half, text.n - half);
    n = encode(wp, (struct slice){ both, text.n + 1 }, whole, IDS);
    n_parts = encode(wp, (struct slice){ text.p, half }, parts, IDS);
    n_parts +=
        encode(wp, (struct slice){ text.p + half, text.n - half }, parts + n_parts, IDS - n_parts);
    if (n != n_parts || memcmp(whole, parts, n * sizeof(*whole)) != 0)
        abort();
    free(both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wordpiece *wp;
    struct slice text = { (const char *)data, size };
    struct wordpiece *any = NULL;
    struct err err = { 0 };

    if (!wp &&
        wordpiece_new((struct slice){ vocabulary, sizeof(vocabulary) - 1 }, &wp, &err) != ST_OK)
        abort();
    if (size > 0)
        check_halves(wp, text);
    if (wordpiece_new(text, &any, &err) == ST_OK)
        (void)encode(any, text, (int32_t[IDS]){ 0 }, IDS);
    else if (err.msg[0] == '\0')
        abort();
    wordpiece_free(any);
    return 0;
}
