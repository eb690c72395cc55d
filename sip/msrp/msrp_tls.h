// SPDX-License-Identifier: MIT
// TLS of one connection, as a filter between octets of the network and octets of MSRP. It has no
// socket and no clock: msrp_stream.c reads and writes for it. A hand-shake goes on whenever
// something is fed or opened; what it wants to say is among what is taken.
// RFC 4975 5.4, 14.2; RFC 8122 6.2; MSRP-027, MSRP-028.
#pragma once

#include "sip/msrp/msrp_tls_keys.h"
#include "sip/msrp/msrp_tls_peer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct MsrpTls MsrpTls;

// What: our end of a connection that was accepted.
// Shape: `keys` is borrowed for its life; owned by the caller. Whom the certificate of the peer has
//   to be of is not known before a request names a session: see msrp_tls_fault_of().
MsrpTls *msrp_tls_accept(const MsrpTlsKeys *keys);

// What: our end of a connection that we opened.
// Shape: `peer` is copied. A certificate that is not his ends the hand-shake with an alert.
MsrpTls *msrp_tls_connect(const MsrpTlsKeys *keys, const MsrpTlsPeer *peer);

void msrp_tls_free(MsrpTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpTls, msrp_tls_free)

// What: gives it octets that came from the network.
void msrp_tls_feed(MsrpTls *tls, const uint8_t *octets, size_t length);

// What: octets for the network, appended to `out`.
void msrp_tls_take(MsrpTls *tls, GByteArray *out);

// What: octets of the peer's, opened.
// Shape: how many were written to `plain`; 0: more has to be fed first.
// Errors: -1: the peer has closed, or the connection failed; an alert may be to take.
ssize_t msrp_tls_open(MsrpTls *tls, uint8_t *plain, size_t size);

// What: seals octets for the peer.
// Shape: how many were used up; 0: not before the hand-shake is done. `length` is not 0.
// Errors: as msrp_tls_open().
ssize_t msrp_tls_seal(MsrpTls *tls, const uint8_t *plain, size_t length);

// What: whether the hand-shake is done.
bool msrp_tls_is_ready(const MsrpTls *tls);

// What: whether msrp_tls_open() has something to do without being fed.
bool msrp_tls_has_more(const MsrpTls *tls);

// What: says the end of what we send (close_notify), once, if the connection is in order.
void msrp_tls_close(MsrpTls *tls);

// What: judges the certificate that was shown.
// Shape: NULL: it is the peer's; else a static sentence.
// Source: RFC 8122 6.2; MSRP-028.
const char *msrp_tls_fault_of(const MsrpTls *tls, const MsrpTlsPeer *peer);

// What: why it failed.
// Shape: static; NULL: it has not.
const char *msrp_tls_problem(const MsrpTls *tls);
