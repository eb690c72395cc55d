// SPDX-License-Identifier: MIT
// A path of any length as a socket address.
#include "gateway/control_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/un.h>

#include <gio/gunixsocketaddress.h>

static bool fits(const char *path)
{
    return strlen(path) < sizeof ((struct sockaddr_un *)NULL)->sun_path;
}

GSocketAddress *control_path_address(const char *path, int *directory)
{
    *directory = -1;
    if (fits(path))
        return g_unix_socket_address_new(path);
    g_autofree char *parent = g_path_get_dirname(path), *name = g_path_get_basename(path);
    *directory = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*directory < 0)
        return NULL;
    g_autofree char *short_path = g_strdup_printf("/proc/self/fd/%d/%s", *directory, name);
    if (fits(short_path))
        return g_unix_socket_address_new(short_path);
    errno = ENAMETOOLONG;
    return NULL;
}
