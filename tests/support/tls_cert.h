// SPDX-License-Identifier: MIT
// Certificates made by a test, good ones and bad ones: as values for an end of TLS in the test, and
// as PEM files for the code under test.
#pragma once

#include <glib.h>
#include <openssl/types.h>
#include <stdbool.h>

typedef struct {
    X509 *x509;      // owned
    EVP_PKEY *key;   // owned
    char *folder;    // owned; a directory of its own
    char *file;      // owned; in it: the certificate
    char *key_file;  // owned; in it: its key, for us alone
} TlsCert;

// All zero: a certificate of its own, for 127.0.0.1, valid today.
typedef struct {
    const char *name;      // subjectAltName: a host name or an address; NULL: 127.0.0.1
    const TlsCert *issuer; // NULL: signed by itself
    const char *hash;      // of the signature; NULL: "sha256"
    bool is_authority;     // may sign others
    bool is_old;           // was valid until yesterday
    bool is_early;         // will be valid from tomorrow on
    bool is_for_clients;   // extended key usage: clientAuth only
} TlsCertWish;

// What: makes one.
// Shape: owned by the caller.
TlsCert *tls_cert_new(const TlsCertWish *wish);

// What: frees it and removes its files.
void tls_cert_free(TlsCert *cert);

// What: the value of a=fingerprint, by the library's own digest; `hash` as "sha-256".
// Shape: owned by the caller.
char *tls_cert_fingerprint(const TlsCert *cert, const char *hash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsCert, tls_cert_free)
