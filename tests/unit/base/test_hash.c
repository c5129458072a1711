/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/hash.h"
#include "support/check.h"

/* Partitions and samples of a running deployment hang on these numbers; they are
 * what the reference implementations give (xxhsum -H3, sha256sum, openssl). */
static void the_hashes_are_those_of_the_references(void **state)
{
    char hex[SHA256_HEX_LEN + 1];

    (void)state;
    assert_true(hash64(slice_str("")) == UINT64_C(0x2d06800538d394c2));
    assert_true(hash64(slice_str("abc")) == UINT64_C(0x78af5f94892f3950));
    hash_sha256_hex(slice_str("abc"), hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_sha256_hex((struct slice){ NULL, 0 }, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void an_id_is_the_hash_of_its_joined_fields(void **state)
{
    const struct slice ab[] = { slice_str("a"), slice_str("b") };
    const struct slice joined[] = { slice_str("a\x1f"
                                              "b") };
    const struct slice other[] = { slice_str("ab"), slice_str("") };
    char hex[SHA256_HEX_LEN + 1];
    char id[HASH_ID_HEX_LEN + 1];
    char same[HASH_ID_HEX_LEN + 1];
    char differs[HASH_ID_HEX_LEN + 1];

    (void)state;
    hash_id(ab, 2, id);
    hash_id(joined, 1, same);
    hash_id(other, 2, differs);
    hash_sha256_hex(joined[0], hex);
    assert_string_equal(id, same);
    assert_memory_equal(id, hex, HASH_ID_HEX_LEN);
    assert_string_not_equal(id, differs);
}

static void a_pseudonym_is_a_keyed_hash(void **state)
{
    /* RFC 4231, test case 2, has a shorter key; HMAC pads keys with zeros. */
    const uint8_t jefe[HMAC_KEY_LEN] = { 'J', 'e', 'f', 'e' };
    const uint8_t zero[HMAC_KEY_LEN] = { 0 };
    char a[HASH_ID_HEX_LEN + 1];
    char b[HASH_ID_HEX_LEN + 1];

    (void)state;
    hash_pseudonym(jefe, slice_str("what do ya want for nothing?"), a);
    assert_string_equal(a, "5bdcc146bf60754e6a042426089575c7");
    hash_pseudonym(zero, slice_str("what do ya want for nothing?"), b);
    assert_string_not_equal(a, b);
}

static void every_partition_is_within_range_and_gets_its_share(void **state)
{
    int count[7] = { 0 };

    (void)state;
    for (uint32_t i = 0; i < 7000; i++) {
        int32_t part = hash_partition((struct slice){ (const char *)&i, sizeof(i) }, 7);

        assert_in_range(part, 0, 6);
        count[part]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(count[i], 850, 1150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hashes_are_those_of_the_references),
        cmocka_unit_test(an_id_is_the_hash_of_its_joined_fields),
        cmocka_unit_test(a_pseudonym_is_a_keyed_hash),
        cmocka_unit_test(every_partition_is_within_range_and_gets_its_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
