// SPDX-License-Identifier: MIT
// A low descriptor kept for the library; see the header.
#include "xmpp/low_descriptor.h"

#include <fcntl.h>
#include <sys/select.h>
#include <unistd.h>

bool low_descriptor_is(int fd)
{
    return fd >= 0 && fd < FD_SETSIZE;
}

int low_descriptor_take(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (low_descriptor_is(fd))
        return fd;
    if (fd >= 0)
        close(fd);
    return LOW_DESCRIPTOR_NONE;
}

void low_descriptor_release(int *fd)
{
    if (*fd != LOW_DESCRIPTOR_NONE)
        close(*fd);
    *fd = LOW_DESCRIPTOR_NONE;
}
