// SPDX-License-Identifier: MIT
// a=fingerprint: a certificate named by the hash of its octets (RFC 8122 5, RFC 4572 5; RFC 4975
// 14.4; MSRP-027, MSRP-028). Knows no TLS: octets in, text out.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    MSRP_FINGERPRINT_MATCH,
    MSRP_FINGERPRINT_MISMATCH,
    MSRP_FINGERPRINT_UNUSABLE // none with a hash function that we compute
} MsrpFingerprintVerdict;

// What: the value of the attribute for a certificate, "sha-256 89:EE:...".
// Shape: `der` is the certificate as it goes over the wire; owned by the caller.
// Errors: NULL for a hash function that we do not compute: md5, md2, sha-224 and unknown ones.
// Source: RFC 8122 5.
char *msrp_fingerprint_write(const char *hash, const uint8_t *der, size_t length);

// What: whether one of the values offered can be compared at all.
// Shape: `offered` is NULL-terminated.
// Source: RFC 8122 5: MD5 and MD2 must not be used.
bool msrp_fingerprint_is_usable(const char *const *offered);

// What: compares a certificate with what was offered: only the values of the strongest function
//   among them count, and one of these has to fit.
// Shape: `offered` is NULL-terminated; names and digits in either case.
// Source: RFC 8122 5.1.
MsrpFingerprintVerdict msrp_fingerprint_check(const char *const *offered, const uint8_t *der,
                                              size_t length);
