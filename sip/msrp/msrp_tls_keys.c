// SPDX-License-Identifier: MIT
// Our certificate, key and authorities; see msrp_tls_keys.h.
#include "sip/msrp/msrp_tls_keys.h"

#include "sip/msrp/msrp_fingerprint.h"

#include <errno.h>
#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>

#define CHAIN_OCTETS_MAX 32768 // LIMIT: certificates of a peer; the usual chain has 4 KiB

struct MsrpTlsKeys {
    SSL_CTX *context;        // owned
    GPtrArray *fingerprints; // owned, of owned text, NULL at the end
    bool has_authority;
};

void msrp_tls_keys_free(MsrpTlsKeys *keys)
{
    if (keys == NULL)
        return;
    SSL_CTX_free(keys->context);
    g_ptr_array_unref(keys->fingerprints);
    g_free(keys);
}

static bool fail(GError **error, const char *file, const char *why)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", file, why);
    return false;
}

// The library's own complaint: its first one, the others only say who passed it on.
static bool fail_as_told(GError **error, const char *file)
{
    const char *why = ERR_reason_error_string(ERR_peek_error());
    return fail(error, file, why != NULL ? why : "not usable");
}

static bool is_readable(const char *file, GError **error)
{
    g_autofree char *text = NULL;
    return g_file_get_contents(file, &text, NULL, error);
}

static bool key_is_private(const char *file, GError **error)
{
    struct stat info;
    if (stat(file, &info) != 0)
        return fail(error, file, g_strerror(errno));
    if ((info.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return fail(error, file, "the key is open to everybody (chmod o-rw)");
    return true;
}

static bool is_in_time(const char *file, X509 *own, GError **error)
{
    int when = X509_cmp_timeframe(NULL, X509_get0_notBefore(own), X509_get0_notAfter(own));
    if (when == 0)
        return true;
    return fail(error, file, when > 0 ? "the certificate has expired"
                                      : "the certificate is not valid yet");
}

static bool load_own(SSL_CTX *context, const MsrpTlsFiles *files, GError **error)
{
    if (!is_readable(files->cert, error) || !is_readable(files->key, error) ||
        !key_is_private(files->key, error))
        return false;
    if (SSL_CTX_use_certificate_chain_file(context, files->cert) != 1)
        return fail_as_told(error, files->cert);
    if (SSL_CTX_use_PrivateKey_file(context, files->key, SSL_FILETYPE_PEM) != 1)
        return fail_as_told(error, files->key);
    return is_in_time(files->cert, SSL_CTX_get0_certificate(context), error);
}

static bool load_authorities(MsrpTlsKeys *keys, const char *file, GError **error)
{
    if (file == NULL)
        return true;
    if (!is_readable(file, error))
        return false;
    if (SSL_CTX_load_verify_file(keys->context, file) != 1)
        return fail_as_told(error, file);
    keys->has_authority = true;
    return true;
}

// Every session is set up anew by SIP: there is nothing to resume, and nothing to renegotiate.
// Buffers are given back while a connection is idle.
static SSL_CTX *context_new(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    g_assert(context != NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_max_cert_list(context, CHAIN_OCTETS_MAX);
    return context;
}

// The name of the hash a certificate was signed with, as RFC 8122 5 writes it; NULL: none that we
// compute, or the signature knows no hash of its own.
static const char *signature_hash(const X509 *own)
{
    int hash = NID_undef;
    if (OBJ_find_sigid_algs(X509_get_signature_nid(own), &hash, NULL) != 1)
        return NULL;
    switch (hash) {
    case NID_sha1: return "sha-1";
    case NID_sha384: return "sha-384";
    case NID_sha512: return "sha-512";
    default: return NULL;
    }
}

static void note_fingerprints(MsrpTlsKeys *keys)
{
    unsigned char *der = NULL;
    X509 *own = SSL_CTX_get0_certificate(keys->context);
    int length = i2d_X509(own, &der);
    const char *other = signature_hash(own);
    g_assert(length > 0);
    g_ptr_array_add(keys->fingerprints, msrp_fingerprint_write("sha-256", der, (size_t)length));
    if (other != NULL)
        g_ptr_array_add(keys->fingerprints, msrp_fingerprint_write(other, der, (size_t)length));
    g_ptr_array_add(keys->fingerprints, NULL);
    OPENSSL_free(der);
}

MsrpTlsKeys *msrp_tls_keys_load(const MsrpTlsFiles *files, GError **error)
{
    g_autoptr(MsrpTlsKeys) keys = g_new0(MsrpTlsKeys, 1);
    keys->context = context_new();
    keys->fingerprints = g_ptr_array_new_with_free_func(g_free);
    ERR_clear_error();
    if (!load_own(keys->context, files, error) || !load_authorities(keys, files->ca, error)) {
        ERR_clear_error();
        return NULL;
    }
    note_fingerprints(keys);
    return g_steal_pointer(&keys);
}

const char *const *msrp_tls_keys_fingerprints(const MsrpTlsKeys *keys)
{
    return (const char *const *)keys->fingerprints->pdata;
}

bool msrp_tls_keys_has_authority(const MsrpTlsKeys *keys)
{
    return keys->has_authority;
}

struct ssl_ctx_st *msrp_tls_keys_context(const MsrpTlsKeys *keys)
{
    return keys->context;
}
