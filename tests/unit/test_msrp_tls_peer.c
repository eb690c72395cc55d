// SPDX-License-Identifier: MIT
// The judgement on a certificate that somebody shows.
#include "sip/msrp/msrp_tls_peer.h"
#include "tests/support/suite.h"
#include "tests/support/tls_cert.h"

#include <openssl/x509_vfy.h>

static TlsCert *authority;
static X509_STORE *authorities;

static void set_up(void)
{
    authority = tls_cert_new(&(TlsCertWish){.name = "ca.test", .is_authority = true});
    authorities = X509_STORE_new();
    X509_STORE_add_cert(authorities, authority->x509);
}

static void tear_down(void)
{
    X509_STORE_free(authorities);
    tls_cert_free(authority);
}

static int judge(const TlsCert *shown, bool is_server, const char *host, const char *fingerprint)
{
    MsrpTlsPeer peer = {
        .fingerprints = fingerprint != NULL ? (char *[]){(char *)fingerprint, NULL} : NULL,
        .host = (char *)host};
    return msrp_tls_peer_judge(&peer,
                               &(MsrpTlsShown){.leaf = shown != NULL ? shown->x509 : NULL,
                                               .authorities = authorities,
                                               .is_server = is_server});
}

/* MSRP-027 MSRP-028 */
START_TEST(peer_is_known_by_its_fingerprint_under_any_name)
{
    g_autoptr(TlsCert) own = tls_cert_new(&(TlsCertWish){.name = "elsewhere.test"});
    g_autoptr(TlsCert) other = tls_cert_new(&(TlsCertWish){.name = "elsewhere.test"});
    g_autofree char *fingerprint = tls_cert_fingerprint(own, "sha-256");
    ck_assert_int_eq(judge(own, true, "peer.test", fingerprint), X509_V_OK);
    ck_assert_int_eq(judge(own, false, "peer.test", fingerprint), X509_V_OK);
    ck_assert_int_eq(judge(other, true, "elsewhere.test", fingerprint), X509_V_ERR_CERT_REJECTED);
    ck_assert_int_eq(judge(NULL, false, "peer.test", fingerprint), X509_V_ERR_CERT_REJECTED);
}
END_TEST

/* MSRP-027 */
START_TEST(peer_with_a_fingerprint_still_has_to_be_in_its_time)
{
    g_autoptr(TlsCert) old = tls_cert_new(&(TlsCertWish){.is_old = true});
    g_autoptr(TlsCert) early = tls_cert_new(&(TlsCertWish){.is_early = true});
    g_autofree char *of_old = tls_cert_fingerprint(old, "sha-256");
    g_autofree char *of_early = tls_cert_fingerprint(early, "sha-256");
    ck_assert_int_eq(judge(old, true, "127.0.0.1", of_old), X509_V_ERR_CERT_HAS_EXPIRED);
    ck_assert_int_eq(judge(early, true, "127.0.0.1", of_early), X509_V_ERR_CERT_NOT_YET_VALID);
}
END_TEST

/* MSRP-027 SEC-02 */
START_TEST(peer_without_fingerprint_is_known_by_an_authority_and_the_host_of_its_path)
{
    TlsCertWish wish = {.name = "peer.test", .issuer = authority};
    g_autoptr(TlsCert) named = tls_cert_new(&wish);
    wish.name = "192.0.2.7";
    g_autoptr(TlsCert) numbered = tls_cert_new(&wish);
    ck_assert_int_eq(judge(named, true, "peer.test", NULL), X509_V_OK);
    ck_assert_int_eq(judge(numbered, true, "192.0.2.7", NULL), X509_V_OK);
    ck_assert_int_eq(judge(named, false, "peer.test", NULL), X509_V_OK);
    ck_assert_int_eq(judge(named, true, "other.test", NULL), X509_V_ERR_HOSTNAME_MISMATCH);
    ck_assert_int_eq(judge(numbered, true, "192.0.2.8", NULL), X509_V_ERR_IP_ADDRESS_MISMATCH);
}
END_TEST

/* MSRP-027 */
START_TEST(peer_without_fingerprint_or_authority_is_refused)
{
    g_autoptr(TlsCert) own = tls_cert_new(&(TlsCertWish){.name = "peer.test"});
    TlsCertWish wish = {.name = "peer.test", .issuer = authority, .is_old = true};
    g_autoptr(TlsCert) old = tls_cert_new(&wish);
    ck_assert_int_eq(judge(own, true, "peer.test", NULL), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    ck_assert_int_eq(judge(own, false, "peer.test", NULL), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    ck_assert_int_eq(judge(old, true, "peer.test", NULL), X509_V_ERR_CERT_HAS_EXPIRED);
    ck_assert_int_eq(judge(NULL, true, "peer.test", NULL), X509_V_ERR_CERT_REJECTED);
}
END_TEST

START_TEST(peer_name_is_not_a_pattern_and_its_use_counts)
{
    TlsCertWish wish = {.name = "*.peer.test", .issuer = authority};
    g_autoptr(TlsCert) pattern = tls_cert_new(&wish);
    wish = (TlsCertWish){.name = "peer.test", .issuer = authority, .is_for_clients = true};
    g_autoptr(TlsCert) for_clients = tls_cert_new(&wish);
    ck_assert_int_eq(judge(pattern, true, "a.peer.test", NULL), X509_V_ERR_HOSTNAME_MISMATCH);
    ck_assert_int_eq(judge(for_clients, true, "peer.test", NULL), X509_V_ERR_INVALID_PURPOSE);
    ck_assert_int_eq(judge(for_clients, false, "peer.test", NULL), X509_V_OK);
}
END_TEST

// It names a session whose id nobody else knows (RFC 4975 5.4).
START_TEST(peer_that_connects_to_us_may_show_nothing_if_it_announced_nothing)
{
    ck_assert_int_eq(judge(NULL, false, "peer.test", NULL), X509_V_OK);
}
END_TEST

int main(void)
{
    return suite_run_fixture("msrp_tls_peer", (const TTest *const[]){
        peer_is_known_by_its_fingerprint_under_any_name,
        peer_with_a_fingerprint_still_has_to_be_in_its_time,
        peer_without_fingerprint_is_known_by_an_authority_and_the_host_of_its_path,
        peer_without_fingerprint_or_authority_is_refused,
        peer_name_is_not_a_pattern_and_its_use_counts,
        peer_that_connects_to_us_may_show_nothing_if_it_announced_nothing,
        NULL,
    }, set_up, tear_down);
}
