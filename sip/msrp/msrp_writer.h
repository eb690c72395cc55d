// SPDX-License-Identifier: MIT
// The order in which frames go onto one connection that several sessions share: answers and reports
// first, then one chunk of content after the other, sessions in turn (RFC 4975 7.1.1; MSRP-007).
// A long chunk is handed to the stream bit by bit, so that it can still be ended early.
#pragma once

#include "sip/msrp/msrp_frame.h"
#include "sip/msrp/msrp_stream.h"

typedef struct MsrpWriter MsrpWriter;

typedef struct {
    char tid[MSRP_FRAME_TID_MAX + 1];
    GBytes *head; // owned: everything in front of the body
    GBytes *body; // owned
    size_t from;  // octet of the body with which the chunk begins
    bool may_cut; // it may be ended before the body is, when others wait
} MsrpWriterChunk;

// A session, as far as it is seen here.
typedef struct {
    // The next chunk. Errors: false when there is none.
    bool (*open)(void *sender, MsrpWriterChunk *chunk);
    // Whether the chunk being written is still worth it.
    bool (*is_wanted)(void *sender, const char *tid);
    // The chunk was ended after `octets` of the body.
    void (*close)(void *sender, const char *tid, size_t octets);
    // The last octet of a frame went to the operating system.
    void (*written)(void *sender, const char *tid);
} MsrpWriterSender;

// Tells every whole frame; `sender` may be NULL.
typedef void (*MsrpWriterFrame)(void *user, void *sender, MsrpKind kind, const uint8_t *octets,
                                size_t length);

// What: a writer for a stream.
// Shape: everything is borrowed and outlives it; `traced`: `frame` wants to see octets, not only a
// kind.
MsrpWriter *msrp_writer_new(MsrpStream *stream, const MsrpWriterSender *sender,
                            MsrpWriterFrame frame, void *user, bool traced);
void msrp_writer_free(MsrpWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpWriter, msrp_writer_free)

// What: queues a whole frame.
// Shape: takes the reference; `tid` is NULL, or what `written` is to be told.
void msrp_writer_send(MsrpWriter *writer, void *sender, MsrpKind kind, GBytes *frame,
                      const char *tid);

// What: notes that a session has content to send.
void msrp_writer_wake(MsrpWriter *writer, void *sender);

// What: drops everything of a session that has not begun; what has begun is ended properly.
void msrp_writer_forget(MsrpWriter *writer, void *sender);

// What: gives the stream as much as it should hold, and tells what was written.
// Shape: to be called after the calls above, and whenever the stream has written something; true
// when there is more to do already, but others should have their turn first.
bool msrp_writer_pump(MsrpWriter *writer);

// What: whether the peer reads so slowly that no more of its requests should be read.
bool msrp_writer_is_clogged(const MsrpWriter *writer);

// What: whether anything of a session is still to be written.
bool msrp_writer_has(const MsrpWriter *writer, const void *sender);
