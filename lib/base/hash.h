/* SPDX-License-Identifier: MIT */
/* hash.h -- the three hashes that the product knows, each by a library.
 *
 * XXH3-64 (libxxhash, seed 0) places records: partitions, bottom-k samples,
 * fingerprints. SHA-256 and HMAC-SHA-256 (OpenSSL's libcrypto) name things:
 * bundles, baselines, alerts, pseudonyms. None of them is our own code. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { SHA256_LEN = 32, SHA256_HEX_LEN = 64, HASH_ID_HEX_LEN = 32, HMAC_KEY_LEN = 32 };

/* XXH3-64 of the bytes, seed 0. */
uint64_t hash64(struct slice s);

/* The partition of a key: hash64(key) mod n, n > 0. Used everywhere a record
 * is placed, never the client library's partitioner. */
int32_t hash_partition(struct slice key, int32_t n);

/* SHA-256 of the bytes. */
void hash_sha256(struct slice s, uint8_t out[SHA256_LEN]);

/* SHA-256 in lower-case hex with a NUL: out holds SHA256_HEX_LEN + 1 bytes. */
void hash_sha256_hex(struct slice s, char out[SHA256_HEX_LEN + 1]);

/* First 16 bytes of SHA-256 over the n fields joined by 0x1F, in hex with a
 * NUL: alert ids and dedupe keys. */
void hash_id(const struct slice *fields, size_t n, char out[HASH_ID_HEX_LEN + 1]);

/* HMAC-SHA-256 of s, cut to 128 bits, in hex with a NUL: pseudonyms of users. */
void hash_pseudonym(const uint8_t key[HMAC_KEY_LEN], struct slice s, char out[HASH_ID_HEX_LEN + 1]);

#endif
