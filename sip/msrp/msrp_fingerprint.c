// SPDX-License-Identifier: MIT
// a=fingerprint (RFC 8122 5).
#include "sip/msrp/msrp_fingerprint.h"

#include <string.h>

typedef struct {
    const char *name;
    GChecksumType type;
} Hash;

// The strongest first. SHA-1 counts only where nothing better is offered: nobody has found a second
// text to a given hash of it, and RFC 4975 14.4 has no other example.
static const Hash hashes[] = {
    {"sha-512", G_CHECKSUM_SHA512},
    {"sha-384", G_CHECKSUM_SHA384},
    {"sha-256", G_CHECKSUM_SHA256},
    {"sha-1", G_CHECKSUM_SHA1},
};

// "89:EE:..." of "89ee..."
static char *colons(const char *digits)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (i > 0 && i % 2 == 0)
            g_string_append_c(text, ':');
        g_string_append_c(text, g_ascii_toupper(digits[i]));
    }
    return g_string_free(text, FALSE);
}

static char *write_hash(const Hash *hash, const uint8_t *der, size_t length)
{
    g_autofree char *digits = g_compute_checksum_for_data(hash->type, der, length);
    g_autofree char *value = colons(digits);
    return g_strdup_printf("%s %s", hash->name, value);
}

static bool is_of(const char *offered, const Hash *hash)
{
    size_t length = strlen(hash->name);
    return g_ascii_strncasecmp(offered, hash->name, length) == 0 && offered[length] == ' ';
}

static bool is_offered(const char *const *offered, const Hash *hash)
{
    for (size_t i = 0; offered[i] != NULL; i++) {
        if (is_of(offered[i], hash))
            return true;
    }
    return false;
}

static const Hash *strongest(const char *const *offered)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hashes); i++) {
        if (is_offered(offered, &hashes[i]))
            return &hashes[i];
    }
    return NULL;
}

char *msrp_fingerprint_write(const char *hash, const uint8_t *der, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hashes); i++) {
        if (strcmp(hashes[i].name, hash) == 0)
            return write_hash(&hashes[i], der, length);
    }
    return NULL;
}

bool msrp_fingerprint_is_usable(const char *const *offered)
{
    return strongest(offered) != NULL;
}

MsrpFingerprintVerdict msrp_fingerprint_check(const char *const *offered, const uint8_t *der,
                                              size_t length)
{
    const Hash *hash = strongest(offered);
    if (hash == NULL)
        return MSRP_FINGERPRINT_UNUSABLE;
    g_autofree char *own = write_hash(hash, der, length);
    for (size_t i = 0; offered[i] != NULL; i++) {
        if (g_ascii_strcasecmp(offered[i], own) == 0)
            return MSRP_FINGERPRINT_MATCH;
    }
    return MSRP_FINGERPRINT_MISMATCH;
}
