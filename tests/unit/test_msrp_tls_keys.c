// SPDX-License-Identifier: MIT
// Certificate, key and authorities out of files, and what is wrong with them.
#include "sip/msrp/msrp_tls_keys.h"
#include "tests/support/suite.h"
#include "tests/support/tls_cert.h"

#include <string.h>
#include <sys/stat.h>

static TlsCert *cert;

static void set_up(void)
{
    cert = tls_cert_new(&(TlsCertWish){0});
}

static void tear_down(void)
{
    tls_cert_free(cert);
}

static MsrpTlsFiles files_of(const TlsCert *own)
{
    return (MsrpTlsFiles){.cert = own->file, .key = own->key_file};
}

// The complaint begins with the file and contains the words.
static void expect_complaint(const MsrpTlsFiles *files, const char *file, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MsrpTlsKeys) keys = msrp_tls_keys_load(files, &error);
    ck_assert_ptr_null(keys);
    ck_assert_msg(strstr(error->message, file) != NULL && strstr(error->message, words) != NULL,
                  "%s", error->message);
}

/* MSRP-028 */
START_TEST(keys_give_the_fingerprint_of_the_certificate)
{
    MsrpTlsFiles files = files_of(cert);
    g_autoptr(MsrpTlsKeys) keys = msrp_tls_keys_load(&files, NULL);
    g_autofree char *sha256 = tls_cert_fingerprint(cert, "sha-256");
    const char *const *fingerprints = msrp_tls_keys_fingerprints(keys);
    ck_assert_str_eq(fingerprints[0], sha256);
    ck_assert_ptr_null(fingerprints[1]);
    ck_assert(!msrp_tls_keys_has_authority(keys));
}
END_TEST

/* MSRP-028 */
START_TEST(keys_add_the_hash_of_the_signature_where_it_is_another)
{
    g_autoptr(TlsCert) other = tls_cert_new(&(TlsCertWish){.hash = "sha384"});
    MsrpTlsFiles files = files_of(other);
    g_autoptr(MsrpTlsKeys) keys = msrp_tls_keys_load(&files, NULL);
    g_autofree char *sha256 = tls_cert_fingerprint(other, "sha-256");
    g_autofree char *sha384 = tls_cert_fingerprint(other, "sha-384");
    const char *const *fingerprints = msrp_tls_keys_fingerprints(keys);
    ck_assert_str_eq(fingerprints[0], sha256);
    ck_assert_str_eq(fingerprints[1], sha384);
    ck_assert_ptr_null(fingerprints[2]);
}
END_TEST

START_TEST(keys_say_which_file_cannot_be_read)
{
    MsrpTlsFiles files = files_of(cert);
    files.cert = "/nonexistent/cert.pem";
    expect_complaint(&files, "/nonexistent/cert.pem", "No such file");
    files = files_of(cert);
    files.key = "/nonexistent/key.pem";
    expect_complaint(&files, "/nonexistent/key.pem", "No such file");
    files = files_of(cert);
    files.ca = "/nonexistent/ca.pem";
    expect_complaint(&files, "/nonexistent/ca.pem", "No such file");
}
END_TEST

/* SEC-11 */
START_TEST(keys_that_everybody_may_read_are_not_taken)
{
    MsrpTlsFiles files = files_of(cert);
    ck_assert_int_eq(chmod(cert->key_file, 0644), 0);
    expect_complaint(&files, cert->key_file, "open to everybody");
    ck_assert_int_eq(chmod(cert->key_file, 0640), 0); // a group of its own is usual
    g_autoptr(MsrpTlsKeys) keys = msrp_tls_keys_load(&files, NULL);
    ck_assert_ptr_nonnull(keys);
}
END_TEST

START_TEST(keys_that_do_not_fit_together_or_are_none_are_not_taken)
{
    g_autoptr(TlsCert) other = tls_cert_new(&(TlsCertWish){0});
    MsrpTlsFiles files = files_of(cert);
    files.key = other->key_file;
    expect_complaint(&files, other->key_file, "mismatch");
    files = files_of(cert);
    files.cert = cert->key_file;
    expect_complaint(&files, cert->key_file, "no start line");
    files = files_of(cert);
    files.ca = cert->key_file;
    expect_complaint(&files, cert->key_file, "no certificate");
}
END_TEST

START_TEST(keys_out_of_their_time_are_not_taken)
{
    g_autoptr(TlsCert) old = tls_cert_new(&(TlsCertWish){.is_old = true});
    g_autoptr(TlsCert) early = tls_cert_new(&(TlsCertWish){.is_early = true});
    MsrpTlsFiles files = files_of(old);
    expect_complaint(&files, old->file, "has expired");
    files = files_of(early);
    expect_complaint(&files, early->file, "not valid yet");
}
END_TEST

START_TEST(keys_know_whether_there_is_an_authority)
{
    g_autoptr(TlsCert) authority = tls_cert_new(&(TlsCertWish){.is_authority = true});
    MsrpTlsFiles files = files_of(cert);
    files.ca = authority->file;
    g_autoptr(MsrpTlsKeys) keys = msrp_tls_keys_load(&files, NULL);
    ck_assert(msrp_tls_keys_has_authority(keys));
}
END_TEST

int main(void)
{
    return suite_run_fixture("msrp_tls_keys", (const TTest *const[]){
        keys_give_the_fingerprint_of_the_certificate,
        keys_add_the_hash_of_the_signature_where_it_is_another,
        keys_say_which_file_cannot_be_read,
        keys_that_everybody_may_read_are_not_taken,
        keys_that_do_not_fit_together_or_are_none_are_not_taken,
        keys_out_of_their_time_are_not_taken,
        keys_know_whether_there_is_an_authority,
        NULL,
    }, set_up, tear_down);
}
