// SPDX-License-Identifier: MIT
// TLS of one connection; see msrp_tls.h.
#include "sip/msrp/msrp_tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

struct MsrpTls {
    SSL *ssl;         // owned
    BIO *in, *out;    // borrowed: they belong to `ssl`
    MsrpTlsPeer peer; // owned; the one we connect to
    bool is_server;
    bool over;
    const char *problem; // static
};

static MsrpTlsShown shown_by(const MsrpTls *tls, X509 *leaf)
{
    return (MsrpTlsShown){.leaf = leaf,
                          .chain = SSL_get_peer_cert_chain(tls->ssl),
                          .authorities = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(tls->ssl)),
                          .is_server = !tls->is_server};
}

// In the hand-shake, in place of the library's own check. Who was connected to judges later.
static int on_certificate(X509_STORE_CTX *checker, void *unused)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(checker, SSL_get_ex_data_X509_STORE_CTX_idx());
    const MsrpTls *tls = SSL_get_app_data(ssl);
    if (tls->is_server)
        return 1;
    MsrpTlsShown shown = shown_by(tls, X509_STORE_CTX_get0_cert(checker));
    shown.chain = X509_STORE_CTX_get0_untrusted(checker);
    int verdict = msrp_tls_peer_judge(&tls->peer, &shown);
    X509_STORE_CTX_set_error(checker, verdict);
    return verdict == X509_V_OK;
}

static MsrpTls *tls_new(const MsrpTlsKeys *keys)
{
    MsrpTls *tls = g_new0(MsrpTls, 1);
    SSL_CTX *context = msrp_tls_keys_context(keys);
    SSL_CTX_set_cert_verify_callback(context, on_certificate, NULL);
    tls->ssl = SSL_new(context);
    tls->in = BIO_new(BIO_s_mem());
    tls->out = BIO_new(BIO_s_mem());
    g_assert(tls->ssl != NULL && tls->in != NULL && tls->out != NULL);
    BIO_set_mem_eof_return(tls->in, -1); // empty: nothing now, not the end
    SSL_set_bio(tls->ssl, tls->in, tls->out);
    SSL_set_app_data(tls->ssl, tls);
    SSL_set_verify(tls->ssl, SSL_VERIFY_PEER, NULL); // as a server: asks for one (RFC 8122 6.2)
    return tls;
}

MsrpTls *msrp_tls_accept(const MsrpTlsKeys *keys)
{
    MsrpTls *tls = tls_new(keys);
    tls->is_server = true;
    SSL_set_accept_state(tls->ssl);
    return tls;
}

MsrpTls *msrp_tls_connect(const MsrpTlsKeys *keys, const MsrpTlsPeer *peer)
{
    MsrpTls *tls = tls_new(keys);
    tls->peer = msrp_tls_peer_copy(peer);
    SSL_set_connect_state(tls->ssl);
    if (!g_hostname_is_ip_address(peer->host)) // RFC 6066 3: no addresses
        SSL_set_tlsext_host_name(tls->ssl, peer->host);
    return tls;
}

void msrp_tls_free(MsrpTls *tls)
{
    if (tls == NULL)
        return;
    SSL_free(tls->ssl);
    msrp_tls_peer_clear(&tls->peer);
    g_free(tls);
}

void msrp_tls_feed(MsrpTls *tls, const uint8_t *octets, size_t length)
{
    BIO_write(tls->in, octets, (int)length);
}

void msrp_tls_take(MsrpTls *tls, GByteArray *out)
{
    guint before = out->len;
    int length = (int)BIO_ctrl_pending(tls->out);
    if (length == 0)
        return;
    g_byte_array_set_size(out, before + (guint)length);
    BIO_read(tls->out, out->data + before, length);
}

static void note_problem(MsrpTls *tls)
{
    long verdict = SSL_get_verify_result(tls->ssl);
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    if (verdict != X509_V_OK && !tls->is_server)
        reason = X509_verify_cert_error_string(verdict);
    tls->problem = reason != NULL ? reason : "hand-shake broken off";
}

// What a call that took nothing means.
static ssize_t judge(MsrpTls *tls, int result)
{
    int error = SSL_get_error(tls->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return 0;
    tls->over = true;
    if (error != SSL_ERROR_ZERO_RETURN)
        note_problem(tls);
    ERR_clear_error();
    return -1;
}

ssize_t msrp_tls_open(MsrpTls *tls, uint8_t *plain, size_t size)
{
    if (tls->over)
        return -1;
    ERR_clear_error();
    int length = SSL_read(tls->ssl, plain, (int)size);
    return length > 0 ? length : judge(tls, length);
}

ssize_t msrp_tls_seal(MsrpTls *tls, const uint8_t *plain, size_t length)
{
    if (tls->over)
        return -1;
    ERR_clear_error();
    int taken = SSL_write(tls->ssl, plain, (int)length);
    return taken > 0 ? taken : judge(tls, taken);
}

bool msrp_tls_is_ready(const MsrpTls *tls)
{
    return SSL_is_init_finished(tls->ssl);
}

bool msrp_tls_has_more(const MsrpTls *tls)
{
    return !tls->over && (SSL_has_pending(tls->ssl) || BIO_ctrl_pending(tls->in) > 0);
}

void msrp_tls_close(MsrpTls *tls)
{
    if (!tls->over && msrp_tls_is_ready(tls))
        SSL_shutdown(tls->ssl);
    tls->over = true;
    ERR_clear_error();
}

const char *msrp_tls_fault_of(const MsrpTls *tls, const MsrpTlsPeer *peer)
{
    X509 *leaf = SSL_get1_peer_certificate(tls->ssl);
    MsrpTlsShown shown = shown_by(tls, leaf);
    int verdict = msrp_tls_peer_judge(peer, &shown);
    X509_free(leaf);
    return verdict == X509_V_OK ? NULL : X509_verify_cert_error_string(verdict);
}

const char *msrp_tls_problem(const MsrpTls *tls)
{
    return tls->problem;
}
