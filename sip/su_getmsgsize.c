// SPDX-License-Identifier: MIT
// The SIP library asks this function of its own how much it can read, and reads all of it from a
// stream into one message: what is more than NTATAG_MAXSIZE is answered 413 and the connection is
// closed, even when it is a thousand small requests of a busy proxy; and each message cut off the
// front gets a copy of all that follows. Defined here, it is this one that the library calls (the
// program's symbols come first), and a stream is read in pieces (docs/library-facts.md B3).
#include <sofia-sip/su.h>

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

// LIMIT: one read from a stream, some twenty messages; between two reads others get their turn.
#define STREAM_OCTETS 8192

static bool is_stream(su_socket_t socket)
{
    int type = 0;
    socklen_t length = sizeof type;
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

// What follows the piece is read in the next turn: sockets are polled by level.
issize_t su_getmsgsize(su_socket_t socket)
{
    int octets = -1;
    if (ioctl(socket, FIONREAD, &octets) == -1)
        return -1;
    return octets > STREAM_OCTETS && is_stream(socket) ? STREAM_OCTETS : octets;
}
