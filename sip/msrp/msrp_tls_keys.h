// SPDX-License-Identifier: MIT
// What we show of ourselves and whom we trust: certificate, key and authorities, read from PEM
// files once, and the rules of every hand-shake (RFC 4975 14.2, 14.4; RFC 8122 5.1; MSRP-028).
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct MsrpTlsKeys MsrpTlsKeys;

typedef struct {
    const char *cert; // borrowed: PEM file with our certificate, then what leads to its authority
    const char *key;  // borrowed: PEM file with its key, which only we may read
    const char *ca;   // borrowed: PEM file with the authorities we trust; NULL: none
} MsrpTlsFiles;

// What: reads the files.
// Shape: owned by the caller; outlives every MsrpTls made with it.
// Errors: NULL and a G_IO_ERROR that names the file: not readable, no certificate in it, a key that
//   others may read, a key that does not fit, a certificate out of its time.
MsrpTlsKeys *msrp_tls_keys_load(const MsrpTlsFiles *files, GError **error);

void msrp_tls_keys_free(MsrpTlsKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpTlsKeys, msrp_tls_keys_free)

// What: the values of a=fingerprint for our certificate: SHA-256, and the hash of its signature
//   where that is another one.
// Shape: NULL-terminated, borrowed as long as `keys` lives.
// Source: RFC 8122 5.1.
const char *const *msrp_tls_keys_fingerprints(const MsrpTlsKeys *keys);

// What: whether there is an authority by which a peer without fingerprint can be judged.
bool msrp_tls_keys_has_authority(const MsrpTlsKeys *keys);

// What: the settings of all hand-shakes, in the words of the library.
// Shape: borrowed.
struct ssl_ctx_st *msrp_tls_keys_context(const MsrpTlsKeys *keys);
