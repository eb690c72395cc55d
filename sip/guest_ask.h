// SPDX-License-Identifier: MIT
// What is asked of somebody else's focus beside its dialogs: REFER to call or to throw out somebody,
// OPTIONS to learn whether it is there. Each question is answered by one `room-result`, with
// `ringing` before it once. RFC 3515, RFC 4579 5.5 and 5.11; CONF-020, CONF-021, MUC-A16, MUC-A19.
#pragma once
#include "sip/gate_core.h"
#include "sip/watcher.h"

typedef struct GuestAsk GuestAsk;

// What: no question yet.
// Shape: `core` is borrowed. Owned by the caller (guest_ask_free).
GuestAsk *guest_ask_new(GateCore *core);

// What: drops what is open without a word; NULL is allowed.
void guest_ask_free(GuestAsk *self);

// What: REFER to the focus, outside the dialog.
// Shape: `request` has ref, leg and how of the room-request; `refer_to` is a header value.
// Source: CONF-021 (RFC 7647); table 6.6.
void guest_ask_refer(GuestAsk *self, const Fields *request, const WatcherTarget *target,
                     const char *refer_to, const char *referred_by);

// What: OPTIONS to a conference.
// Shape: `request` has ref, room and from.
// Source: CONF-023; RFC 4579 5.13.
void guest_ask_probe(GuestAsk *self, const Fields *request);

// What: answers a request at once.
// Source: MUC-A19.
void guest_ask_refuse(GuestAsk *self, const Fields *request, FailureReason failure);
