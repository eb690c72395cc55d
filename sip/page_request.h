// SPDX-License-Identifier: MIT
// The header values of one outgoing MESSAGE, and how long the request will be on the wire.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "mapping/command.h"
#include "sip/gate_core.h"
#include "sip/line_body.h"

typedef struct {
    char *uri;         // owned; Request-URI
    char *to, *from;   // owned; header values
    char *call_id;     // owned
    char *hops;        // owned; Max-Forwards
    char *cseq;        // owned; "1 MESSAGE"
    char *subject;     // owned, or NULL
    char *language;    // owned, or NULL
    char *date;        // owned, or NULL
    const char *route; // borrowed (agent), or NULL
    HopTransport transport; // of the route
    LineBody body;     // owned
    Address *author;   // shared; with the next two, whose Call-ID it is
    Address *target;   // shared
    char *thread;      // owned, or NULL
    uint32_t sent;     // times it was sent again under a Call-ID of its own
} PageRequest;

// What: the request for a line, a chat state or a notification.
// Shape: `self` is overwritten; clear it in any case with page_request_clear().
// Errors: false when sender or target cannot be spelled on SIP, or nobody asked for the
//   notification.
// Source: IM-02..07, 09, 10; CHAT-42; EXT-01, 08; SEC-06.
bool page_request_init(PageRequest *self, GateCore *core, const Command *command);

// What: gives it the next CSeq, to be sent once more.
// Shape: what belongs to no thread keeps its Call-ID.
// Source: IM-07; RFC 3261 22.2.
void page_request_count(PageRequest *self, GateCore *core);

// What: turns it towards another target, with the next CSeq; To stays as it is.
// Shape: `uri` is copied.
// Source: ERR-04; RFC 3261 8.1.3.4.
void page_request_redirect(PageRequest *self, GateCore *core, const char *uri);

// What: replaces the content by plain text.
// Source: IM-14.
void page_request_make_plain(PageRequest *self, const Fields *fields);

// What: octets of the request on the wire: start line, headers, body.
// Source: IM-14; RFC 3428 8.
size_t page_request_octets(const PageRequest *self, const Agent *agent);

// What: frees what the value owns.
void page_request_clear(PageRequest *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PageRequest, page_request_clear)
