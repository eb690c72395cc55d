// SPDX-License-Identifier: MIT
// Certificates named by their hash.
#include "sip/msrp/msrp_fingerprint.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

static const uint8_t der[] = "not a real certificate";
#define LENGTH (sizeof der - 1)

static GBytes *octets_of(const char *hex)
{
    g_autoptr(GByteArray) octets = g_byte_array_new();
    for (size_t i = 0; hex[i] != '\0'; i += 2) {
        uint8_t octet = (uint8_t)(g_ascii_xdigit_value(hex[i]) * 16 +
                                  g_ascii_xdigit_value(hex[i + 1]));
        g_byte_array_append(octets, &octet, 1);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&octets));
}

static const char *verdict_of(const char *offered, const uint8_t *octets, size_t length)
{
    static const char *const words[] = {[MSRP_FINGERPRINT_MATCH] = "match",
                                        [MSRP_FINGERPRINT_MISMATCH] = "teardown",
                                        [MSRP_FINGERPRINT_UNUSABLE] = "refuse"};
    return words[msrp_fingerprint_check((const char *const[]){offered, NULL}, octets, length)];
}

static void expect_case(JsonNode *in, JsonNode *out)
{
    size_t length;
    JsonObject *object = json_node_get_object(in);
    g_autoptr(GBytes) octets = octets_of(vectors_text(object, "der_hex"));
    const uint8_t *data = g_bytes_get_data(octets, &length);
    const char *hash = vectors_text(object, "hash");
    g_autofree char *own = hash != NULL ? msrp_fingerprint_write(hash, data, length) : NULL;
    const char *got =
        own != NULL ? own : verdict_of(vectors_text(object, "offered"), data, length);
    ck_assert_str_eq(got, json_node_get_string(out));
}

/* MSRP-027 MSRP-028 */
START_TEST(fingerprints_are_written_and_compared_as_the_vector_says)
{
    ck_assert_int_eq(vectors_each_case("GV-013", expect_case), 4);
}
END_TEST

static MsrpFingerprintVerdict check_two(const char *first, const char *second)
{
    return msrp_fingerprint_check((const char *const[]){first, second, NULL}, der, LENGTH);
}

/* MSRP-028 */
START_TEST(fingerprint_of_the_strongest_hash_decides_whatever_the_others_say)
{
    g_autofree char *sha256 = msrp_fingerprint_write("sha-256", der, LENGTH);
    g_autofree char *sha1 = msrp_fingerprint_write("sha-1", der, LENGTH);
    g_autofree char *wrong = g_strdup(sha256);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '0' ? '1' : '0';
    ck_assert_int_eq(check_two(sha1, NULL), MSRP_FINGERPRINT_MATCH);
    ck_assert_int_eq(check_two(wrong, sha1), MSRP_FINGERPRINT_MISMATCH);
    ck_assert_int_eq(check_two(sha1, wrong), MSRP_FINGERPRINT_MISMATCH);
    ck_assert_int_eq(check_two(wrong, sha256), MSRP_FINGERPRINT_MATCH); // of another certificate
    ck_assert_int_eq(check_two("md5 00:11", sha1), MSRP_FINGERPRINT_MATCH);
}
END_TEST

/* MSRP-028 */
START_TEST(fingerprints_with_digests_nobody_may_use_are_none)
{
    const char *const useless[] = {"md5 00:11", "MD2 00", "sha-224 00", "sha-256", "", NULL};
    ck_assert(!msrp_fingerprint_is_usable(useless));
    ck_assert(msrp_fingerprint_is_usable((const char *const[]){"md5 00", "SHA-1 00", NULL}));
    ck_assert_ptr_null(msrp_fingerprint_write("md5", der, LENGTH));
    ck_assert_int_eq(msrp_fingerprint_check(useless, der, LENGTH), MSRP_FINGERPRINT_UNUSABLE);
}
END_TEST

START_TEST(fingerprint_matches_in_lower_case_but_not_in_part)
{
    g_autofree char *own = msrp_fingerprint_write("sha-512", der, LENGTH);
    g_autofree char *lower = g_ascii_strdown(own, -1);
    g_autofree char *part = g_strndup(own, strlen(own) - 3);
    g_autofree char *more = g_strconcat(own, ":00", NULL);
    ck_assert_str_eq(verdict_of(lower, der, LENGTH), "match");
    ck_assert_str_eq(verdict_of(part, der, LENGTH), "teardown");
    ck_assert_str_eq(verdict_of(more, der, LENGTH), "teardown");
    ck_assert_str_eq(verdict_of("sha-512 ", der, LENGTH), "teardown");
}
END_TEST

int main(void)
{
    return suite_run("msrp_fingerprint", (const TTest *const[]){
        fingerprints_are_written_and_compared_as_the_vector_says,
        fingerprint_of_the_strongest_hash_decides_whatever_the_others_say,
        fingerprints_with_digests_nobody_may_use_are_none,
        fingerprint_matches_in_lower_case_but_not_in_part,
        NULL,
    });
}
