// SPDX-License-Identifier: MIT
// The far end of a connection under TLS; see tls_far.h.
#include "tests/support/tls_far.h"

#include <check.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

struct TlsFar {
    CrookedStream *stream; // borrowed
    SSL *ssl;              // owned
    BIO *in, *out;         // borrowed: they belong to `ssl`
    GByteArray *kept;      // owned: sealed, not said
    GString *heard;        // owned
    size_t piece;
    const char *alert; // static
};

static void on_info(const SSL *ssl, int where, int value)
{
    TlsFar *far = SSL_get_app_data(ssl);
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && value >> 8 == SSL3_AL_FATAL)
        far->alert = SSL_alert_desc_string_long(value);
}

static int believe(X509_STORE_CTX *checker, void *unused)
{
    return 1;
}

static TlsFar *far_new(CrookedStream *stream, const TlsCert *cert)
{
    TlsFar *far = g_new0(TlsFar, 1);
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_CTX_set_cert_verify_callback(context, believe, NULL);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_info_callback(context, on_info);
    SSL_CTX_set_security_level(context, 0); // for what is forbidden to the other side
    if (cert != NULL) {
        SSL_CTX_use_certificate(context, cert->x509);
        SSL_CTX_use_PrivateKey(context, cert->key);
    }
    far->stream = stream;
    far->ssl = SSL_new(context);
    SSL_CTX_free(context);
    far->in = BIO_new(BIO_s_mem());
    far->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(far->in, -1);
    SSL_set_bio(far->ssl, far->in, far->out);
    SSL_set_app_data(far->ssl, far);
    far->kept = g_byte_array_new();
    far->heard = g_string_new(NULL);
    far->alert = "";
    return far;
}

TlsFar *tls_far_accept(CrookedStream *stream, const TlsCert *cert)
{
    TlsFar *far = far_new(stream, cert);
    SSL_set_accept_state(far->ssl);
    return far;
}

TlsFar *tls_far_connect(CrookedStream *stream, const TlsCert *cert, const char *host)
{
    TlsFar *far = far_new(stream, cert);
    SSL_set_connect_state(far->ssl);
    if (host != NULL)
        SSL_set_tlsext_host_name(far->ssl, host);
    return far;
}

void tls_far_free(TlsFar *far)
{
    SSL_free(far->ssl);
    g_byte_array_unref(far->kept);
    g_string_free(far->heard, TRUE);
    g_free(far);
}

SSL *tls_far_ssl(TlsFar *far)
{
    return far->ssl;
}

void tls_far_set_piece(TlsFar *far, size_t piece)
{
    far->piece = piece;
}

// What the library wants to say goes behind what is kept.
static void collect(TlsFar *far)
{
    guint before = far->kept->len;
    guint length = (guint)BIO_ctrl_pending(far->out);
    if (length == 0)
        return;
    g_byte_array_set_size(far->kept, before + length);
    BIO_read(far->out, far->kept->data + before, (int)length);
}

static bool take(TlsFar *far)
{
    size_t length;
    char plain[16384];
    int got;
    const char *sealed = crooked_stream_heard(far->stream, &length);
    BIO_write(far->in, sealed, (int)length);
    crooked_stream_forget(far->stream);
    ERR_clear_error();
    while ((got = SSL_read(far->ssl, plain, sizeof plain)) > 0)
        g_string_append_len(far->heard, plain, got);
    collect(far);
    return length > 0;
}

void tls_far_settle(TlsFar *far)
{
    bool moves = true;
    while (moves) {
        crooked_stream_settle();
        moves = take(far) || far->kept->len > 0;
        tls_far_say_part(far, far->kept->len);
    }
}

size_t tls_far_keep(TlsFar *far, const char *text)
{
    guint before = far->kept->len;
    ck_assert_int_eq(SSL_write(far->ssl, text, (int)strlen(text)), (int)strlen(text));
    collect(far);
    return far->kept->len - before;
}

void tls_far_say_part(TlsFar *far, size_t length)
{
    crooked_stream_say(far->stream, (const char *)far->kept->data, length, far->piece);
    g_byte_array_remove_range(far->kept, 0, (guint)length);
}

void tls_far_say(TlsFar *far, const char *text)
{
    tls_far_keep(far, text);
    tls_far_settle(far);
}

const char *tls_far_heard(TlsFar *far)
{
    return far->heard->str;
}

bool tls_far_is_ready(const TlsFar *far)
{
    return SSL_is_init_finished(far->ssl);
}

bool tls_far_is_closed(const TlsFar *far)
{
    return (SSL_get_shutdown(far->ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
}

const char *tls_far_alert(const TlsFar *far)
{
    return far->alert;
}
