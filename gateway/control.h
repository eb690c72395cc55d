// SPDX-License-Identifier: MIT
// The control socket: what the gateway holds, as JSON over HTTP on a Unix socket that only its owner can
// open. `mucsipctl` is its client; docs/operations.md lists the paths.
#pragma once
#include "gateway/control_view.h"

typedef struct Control Control;

// What: listens on a Unix socket; a socket left by a run that died is replaced.
// Shape: owned by the caller; what `view` borrows must outlive it. The socket has mode 0600.
// Errors: NULL with GATEWAY_ERROR_IO naming the path: in use, no socket, not writable.
Control *control_new(const char *path, const ControlView *view, GError **error);

// What: stops listening and removes the socket; NULL is allowed.
void control_free(Control *control);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Control, control_free)
