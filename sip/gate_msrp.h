// SPDX-License-Identifier: MIT
// The MSRP of a gate as its configuration wants it: where it listens, plain and under TLS, by which
// name, and how large a message may be.
#pragma once
#include "sip/msrp/msrp.h"
#include "sip/msrp/msrp_tls_keys.h"
#include "sip/sipgate.h"

typedef struct GateMsrp GateMsrp;

// What: reads addresses and certificates.
// Shape: owned by the caller (gate_msrp_free); `config` is borrowed for the call, its settings for as
//   long as this lives.
// Errors: NULL with a sentence in `why` (owned by the caller).
// Source: docs/configuration.md, [msrp].
GateMsrp *gate_msrp_new(const SipGateConfig *config, char **why);

// What: frees it, not what was started; NULL is allowed.
void gate_msrp_free(GateMsrp *self);

// What: the certificates of files.
// Shape: owned by the caller (msrp_tls_keys_free).
// Errors: NULL with an error that names the file.
MsrpTlsKeys *gate_msrp_load_keys(const SipGateTls *files, GError **error);

// What: listens.
// Shape: owned by the caller (msrp_free); needs this as long as it lives.
// Errors: NULL with SIPGATE_ERROR_LISTEN.
Msrp *gate_msrp_start(GateMsrp *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GateMsrp, gate_msrp_free)
