// SPDX-License-Identifier: MIT
// The judgement on a certificate; see msrp_tls_peer.h.
#include "sip/msrp/msrp_tls_peer.h"

#include "sip/msrp/msrp_fingerprint.h"

#include <glib.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

MsrpTlsPeer msrp_tls_peer_copy(const MsrpTlsPeer *peer)
{
    return (MsrpTlsPeer){g_strdupv(peer->fingerprints), g_strdup(peer->host)};
}

void msrp_tls_peer_clear(MsrpTlsPeer *peer)
{
    g_clear_pointer(&peer->fingerprints, g_strfreev);
    g_clear_pointer(&peer->host, g_free);
}

static bool fits(const char *const *fingerprints, X509 *leaf)
{
    unsigned char *der = NULL;
    int length = i2d_X509(leaf, &der);
    bool match = length > 0 && msrp_fingerprint_check(fingerprints, der, (size_t)length) ==
                                   MSRP_FINGERPRINT_MATCH;
    OPENSSL_free(der);
    return match;
}

// What the hash names is trusted without an authority and under any name, but not after its time:
// RFC 4975 5.4 relaxes the first two only.
static int judge_by_fingerprint(const MsrpTlsPeer *peer, X509 *leaf)
{
    if (!fits((const char *const *)peer->fingerprints, leaf))
        return X509_V_ERR_CERT_REJECTED;
    int when = X509_cmp_timeframe(NULL, X509_get0_notBefore(leaf), X509_get0_notAfter(leaf));
    if (when != 0)
        return when > 0 ? X509_V_ERR_CERT_HAS_EXPIRED : X509_V_ERR_CERT_NOT_YET_VALID;
    return X509_V_OK;
}

// Only names of the kind subjectAltName, and no wildcards (RFC 4975 5.4, RFC 8122 6.1).
static bool expect_name(X509_VERIFY_PARAM *rules, const char *host)
{
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_WILDCARDS);
    if (g_hostname_is_ip_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1;
    return X509_VERIFY_PARAM_set1_host(rules, host, 0) == 1;
}

static int judge_by_authority(const MsrpTlsPeer *peer, const MsrpTlsShown *shown)
{
    int verdict = X509_V_ERR_UNSPECIFIED;
    X509_STORE_CTX *checker = X509_STORE_CTX_new();
    if (checker != NULL &&
        X509_STORE_CTX_init(checker, shown->authorities, shown->leaf, shown->chain) == 1 &&
        X509_STORE_CTX_set_default(checker, shown->is_server ? "ssl_server" : "ssl_client") == 1 &&
        expect_name(X509_STORE_CTX_get0_param(checker), peer->host)) {
        bool good = X509_verify_cert(checker) == 1;
        verdict = good ? X509_V_OK : X509_STORE_CTX_get_error(checker);
    }
    X509_STORE_CTX_free(checker);
    return verdict;
}

int msrp_tls_peer_judge(const MsrpTlsPeer *peer, const MsrpTlsShown *shown)
{
    bool announced = peer->fingerprints != NULL;
    if (shown->leaf == NULL)
        return announced || shown->is_server ? X509_V_ERR_CERT_REJECTED : X509_V_OK;
    return announced ? judge_by_fingerprint(peer, shown->leaf) : judge_by_authority(peer, shown);
}
