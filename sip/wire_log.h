// SPDX-License-Identifier: MIT
// What crosses the wire on SIP, retransmissions included, put together as whole texts for traces. The
// SIP library tells it only through its log, line by line, so this is a log function; the log is
// global, hence one WireLog per process at a time. It is dear (a tenth of what a message costs), so
// TPTAG_LOG is to be set only when somebody wants traces.
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct WireLog WireLog;

// `peer` is like "udp/[127.0.0.1]:5060"; both texts are borrowed for the call.
typedef void (*WireLogFunc)(void *self, bool outgoing, const char *peer, const char *text,
                            size_t octets);

// What: takes the log of the SIP library over.
// Shape: `each` may be NULL: nothing is told. Owned by the caller (wire_log_free).
WireLog *wire_log_new(WireLogFunc each, void *self);

// What: gives the log back (nothing is written any more) and frees; NULL is allowed.
void wire_log_free(WireLog *log);
