// SPDX-License-Identifier: MIT
// One TCP connection as a stream of octets, plain or under TLS: never blocks, remembers what could
// not be written yet, stops reading when told to. The one place where octets are read and written.
#pragma once

#include "sip/msrp/msrp_loop.h"
#include "sip/msrp/msrp_tls.h"

#include <stddef.h>

typedef struct MsrpStream MsrpStream;

typedef struct {
    // Octets came; borrowed for the call. Not called while reading is paused.
    void (*on_octets)(void *user, const uint8_t *octets, size_t length);
    // Something was written; see msrp_stream_waiting() and msrp_stream_written().
    void (*on_written)(void *user);
    // The peer closed, or the connection failed. The stream does nothing any more.
    void (*on_end)(void *user);
    // The hand-shake of TLS is done; never called for a plain stream, which is ready from the start.
    void (*on_ready)(void *user);
} MsrpStreamFuncs;

// What: takes over a connected socket.
// Shape: `fd` is owned from now on, and so is `tls`, NULL for a plain stream; the user may free the
// stream in any callback but on_octets.
MsrpStream *msrp_stream_new(MsrpLoop *loop, int fd, MsrpTls *tls, const MsrpStreamFuncs *funcs,
                            void *user);

// What: closes it; what waits is lost. Under TLS the end is said first.
void msrp_stream_free(MsrpStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpStream, msrp_stream_free)

// What: appends octets to what is to be written.
// Shape: takes over the reference. Nothing is written before msrp_stream_flush().
void msrp_stream_write(MsrpStream *stream, GBytes *octets);

// What: writes as much as the socket takes now; the rest follows by itself.
void msrp_stream_flush(MsrpStream *stream);

// What: octets that wait to be written; octets written so far.
size_t msrp_stream_waiting(const MsrpStream *stream);
uint64_t msrp_stream_written(const MsrpStream *stream);

// What: stops reading, or goes on with it.
void msrp_stream_pause(MsrpStream *stream, bool paused);

// What: whether octets get through: not before the hand-shake is done.
bool msrp_stream_is_ready(const MsrpStream *stream);

// What: the TLS of the stream.
// Shape: borrowed; NULL: plain.
const MsrpTls *msrp_stream_tls(const MsrpStream *stream);
