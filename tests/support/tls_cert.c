// SPDX-License-Identifier: MIT
// Certificates made by a test; see tls_cert.h.
#include "tests/support/tls_cert.h"

#include <glib/gstdio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#define DAY (24 * 60 * 60)

static void add_extension(X509 *x509, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    g_assert_nonnull(extension);
    g_assert_cmpint(X509_add_ext(x509, extension, -1), ==, 1);
    X509_EXTENSION_free(extension);
}

static void set_time(X509 *x509, const TlsCertWish *wish)
{
    long from = wish->is_early ? DAY : -2 * DAY, until = wish->is_old ? -DAY : 2 * DAY;
    g_assert_nonnull(X509_gmtime_adj(X509_getm_notBefore(x509), from));
    g_assert_nonnull(X509_gmtime_adj(X509_getm_notAfter(x509), until));
}

static void set_names(X509 *x509, const TlsCertWish *wish)
{
    static long serial = 1000;
    const char *name = wish->name != NULL ? wish->name : "127.0.0.1";
    g_autofree char *alternative =
        g_strdup_printf("%s:%s", g_hostname_is_ip_address(name) ? "IP" : "DNS", name);
    g_autofree char *common = g_strdup_printf("test %ld", serial);
    X509_NAME *subject = X509_get_subject_name(x509);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)common, -1, -1,
                               0);
    X509_set_issuer_name(x509, wish->issuer != NULL ? X509_get_subject_name(wish->issuer->x509)
                                                    : subject);
    add_extension(x509, NID_subject_alt_name, alternative);
    add_extension(x509, NID_basic_constraints, wish->is_authority ? "CA:TRUE" : "CA:FALSE");
    if (wish->is_for_clients)
        add_extension(x509, NID_ext_key_usage, "clientAuth");
}

static void write_files(TlsCert *cert)
{
    cert->folder = g_dir_make_tmp("mucsip-cert-XXXXXX", NULL);
    g_assert_nonnull(cert->folder);
    cert->file = g_build_filename(cert->folder, "cert.pem", NULL);
    cert->key_file = g_build_filename(cert->folder, "key.pem", NULL);
    FILE *file = fopen(cert->file, "w"), *key_file = fopen(cert->key_file, "w");
    g_assert_cmpint(PEM_write_X509(file, cert->x509), ==, 1);
    g_assert_cmpint(PEM_write_PrivateKey(key_file, cert->key, NULL, NULL, 0, NULL, NULL), ==, 1);
    fclose(file);
    fclose(key_file);
    g_assert_cmpint(chmod(cert->key_file, 0600), ==, 0);
}

TlsCert *tls_cert_new(const TlsCertWish *wish)
{
    TlsCert *cert = g_new0(TlsCert, 1);
    const char *hash = wish->hash != NULL ? wish->hash : "sha256";
    cert->key = EVP_EC_gen("P-256");
    cert->x509 = X509_new();
    X509_set_version(cert->x509, X509_VERSION_3);
    set_names(cert->x509, wish);
    set_time(cert->x509, wish);
    X509_set_pubkey(cert->x509, cert->key);
    EVP_PKEY *signer = wish->issuer != NULL ? wish->issuer->key : cert->key;
    g_assert_cmpint(X509_sign(cert->x509, signer, EVP_get_digestbyname(hash)), >, 0);
    write_files(cert);
    return cert;
}

void tls_cert_free(TlsCert *cert)
{
    if (cert == NULL)
        return;
    g_unlink(cert->file);
    g_unlink(cert->key_file);
    g_rmdir(cert->folder);
    X509_free(cert->x509);
    EVP_PKEY_free(cert->key);
    g_free(cert->folder);
    g_free(cert->file);
    g_free(cert->key_file);
    g_free(cert);
}

char *tls_cert_fingerprint(const TlsCert *cert, const char *hash)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    GString *text = g_string_new(hash);
    g_assert_cmpint(X509_digest(cert->x509, EVP_get_digestbyname(hash), digest, &length), ==, 1);
    for (unsigned i = 0; i < length; i++)
        g_string_append_printf(text, "%c%02X", i == 0 ? ' ' : ':', digest[i]);
    return g_string_free(text, FALSE);
}
