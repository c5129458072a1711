/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <xxhash.h>

static void to_hex(const uint8_t *in, size_t n, char *out)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit[in[i] >> 4];
        out[2 * i + 1] = digit[in[i] & 15];
    }
    out[2 * n] = '\0';
}

uint64_t hash64(struct slice s)
{
    return XXH3_64bits(s.n > 0 ? s.p : "", s.n);
}

int32_t hash_partition(struct slice key, int32_t n)
{
    return (int32_t)(hash64(key) % (uint64_t)n);
}

void hash_sha256(struct slice s, uint8_t out[SHA256_LEN])
{
    SHA256((const uint8_t *)(s.n > 0 ? s.p : ""), s.n, out);
}

void hash_sha256_hex(struct slice s, char out[SHA256_HEX_LEN + 1])
{
    uint8_t raw[SHA256_LEN];

    hash_sha256(s, raw);
    to_hex(raw, sizeof(raw), out);
}

void hash_id(const struct slice *fields, size_t n, char out[HASH_ID_HEX_LEN + 1])
{
    uint8_t raw[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    out[0] = '\0';
    if (ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1) {
        for (size_t i = 0; i < n; i++) {
            if (i > 0)
                EVP_DigestUpdate(ctx, "\x1f", 1);
            EVP_DigestUpdate(ctx, fields[i].n > 0 ? fields[i].p : "", fields[i].n);
        }
        EVP_DigestFinal_ex(ctx, raw, NULL);
        to_hex(raw, HASH_ID_HEX_LEN / 2, out);
    }
    EVP_MD_CTX_free(ctx);
}

void hash_pseudonym(const uint8_t key[HMAC_KEY_LEN], struct slice s, char out[HASH_ID_HEX_LEN + 1])
{
    uint8_t raw[EVP_MAX_MD_SIZE] = { 0 };

    HMAC(EVP_sha256(), key, HMAC_KEY_LEN, (const uint8_t *)(s.n > 0 ? s.p : ""), s.n, raw, NULL);
    to_hex(raw, HASH_ID_HEX_LEN / 2, out);
}
