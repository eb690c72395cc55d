// SPDX-License-Identifier: MIT
// What the switch of somebody else's conference sends us, read: who said it to whom, and what. No
// sockets, no clock, no roster. RFC 7701 6; RFC 7702 5.5; MUC-A09, MUC-A12.
#pragma once
#include "mapping/route.h"
#include "sip/message_body.h"

// Where a line arrives; borrowed.
typedef struct {
    const Route *route;
    const Address *room;
    const char *uri;     // under which the focus was called
    const Address *user; // whose leg it is
    const Settings *settings;
} GuestLinePlace;

typedef struct {
    MessageBody body;   // owned
    char *text;         // owned; what to show, NULL: nothing
    char *from, *name;  // owned; URI and display name; `from` NULL: the room itself
    bool is_private;    // for us alone
    bool is_own;        // said by our user, here or on another device
    char *stamp;        // owned; when it was said, if that was a while ago
} GuestLine;

// What: reads the content of a SEND.
// Shape: `type` is its Content-Type, NULL: none; `self` is overwritten, clear it in any case with
//   guest_line_clear().
// Errors: 0 = a line; 200 = to be taken, and nobody's words (somebody writes, a status line of the
//   room, a key exchange, nothing at all); else the MSRP status to refuse with: 400, 413, 415.
// Source: MUC-A09, MUC-A10, MUC-A12; MSRP-018, MSRP-020.
int guest_line_read(GuestLine *self, const GuestLinePlace *place, const char *type,
                    GBytes *content, GDateTime *now);

// What: frees what the value owns.
void guest_line_clear(GuestLine *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GuestLine, guest_line_clear)
