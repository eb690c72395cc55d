// SPDX-License-Identifier: MIT
// Opens a TCP connection to a host and port: resolves the name, tries the addresses in their order
// (RFC 4975 6.2).
#pragma once

#include "sip/msrp/msrp_loop.h"

typedef struct MsrpDial MsrpDial;

// `fd`: a connected socket, owned by the callee, or -1 when no address could be reached. Called
// once.
typedef void (*MsrpDialFunc)(void *user, int fd);

// What: begins to connect.
// Shape: owned by the caller, who may free it in the callback; `host` without brackets. The
// callback is made from the main loop, never from inside this call.
MsrpDial *msrp_dial_new(MsrpLoop *loop, const char *host, uint16_t port, MsrpDialFunc func,
                        void *user);

// What: gives up; no callback any more.
void msrp_dial_free(MsrpDial *dial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpDial, msrp_dial_free)
