// SPDX-License-Identifier: MIT
// The listening socket: accepts connections, few enough at once that nobody starves, and steps back
// when descriptors run out.
#pragma once

#include "sip/msrp/msrp_loop.h"

typedef struct MsrpListener MsrpListener;

// A connection was accepted; `fd` is owned by the callee.
typedef void (*MsrpListenerFunc)(void *user, int fd);

// What: listens on a numeric address.
// Shape: port 0 takes any free one; owned by the caller.
// Errors: NULL and a G_IO_ERROR that names address and port.
MsrpListener *msrp_listener_new(MsrpLoop *loop, const char *host, uint16_t port,
                                MsrpListenerFunc func, void *user, GError **error);

void msrp_listener_free(MsrpListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpListener, msrp_listener_free)

// What: the port it listens on.
uint16_t msrp_listener_port(const MsrpListener *listener);
