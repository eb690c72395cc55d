// SPDX-License-Identifier: MIT
// The address of a Unix socket, also where its path is longer than an address can hold.
#pragma once
#include <gio/gio.h>

// What: the address of the socket at `path`; a long path is reached through its directory.
// Shape: owned by the caller; `*directory` is a descriptor to be closed after bind or connect, or -1.
// Errors: NULL when the directory cannot be opened (errno) or the last part alone is too long.
// Source: unix(7), sun_path of 108 octets; proc(5), /proc/self/fd.
GSocketAddress *control_path_address(const char *path, int *directory);
