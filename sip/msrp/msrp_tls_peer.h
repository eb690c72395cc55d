// SPDX-License-Identifier: MIT
// Whom a certificate has to be of: what the session description says of the other end, and the
// judgement on the certificate it shows (RFC 4975 5.4, 14.4; RFC 8122 5, 6; MSRP-027, MSRP-028).
#pragma once

#include <stdbool.h>

typedef struct {
    char **fingerprints; // owned: values of a=fingerprint, NULL-terminated; NULL: none were given
    char *host;          // owned: of the path; what a certificate without fingerprint has to name
} MsrpTlsPeer;

// What: a copy with strings of its own; frees what the value owns.
MsrpTlsPeer msrp_tls_peer_copy(const MsrpTlsPeer *peer);
void msrp_tls_peer_clear(MsrpTlsPeer *peer);

// A certificate as it was shown, in the words of the library.
typedef struct {
    struct x509_st *leaf;              // borrowed; NULL: none was shown
    struct stack_st_X509 *chain;       // borrowed, or NULL: what stands between it and an authority
    struct x509_store_st *authorities; // borrowed: those we trust
    bool is_server;                    // the one who shows it was connected to
} MsrpTlsShown;

// What: judges a certificate. With fingerprints it must fit one; without, an authority of ours must
//   have signed it for the host of the path, and wildcards do not count. It must be valid today in
//   both cases.
// Shape: 0 (X509_V_OK) or the X509_V_ERR that says why not. A client that shows none although no
//   fingerprint announced one is taken: it is known by the session it names (RFC 4975 5.4).
// Source: RFC 4975 5.4, 14.4; RFC 8122 6.1, 6.2.
int msrp_tls_peer_judge(const MsrpTlsPeer *peer, const MsrpTlsShown *shown);
