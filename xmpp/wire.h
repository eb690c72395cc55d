// SPDX-License-Identifier: MIT
// What the parts of the XMPP side share: the way out (a component link by the domain of `from`),
// the way to the middle, the clocks, the deadlines, fresh ids, and which domains are ours or
// served. A part knows nothing of sockets: a test puts itself at the two ends.
#pragma once
#include <strophe.h>

#include "mapping/port.h"
#include "mapping/settings.h"
#include "xmpp/deadlines.h"
#include "xmpp/xmppgate.h"

typedef enum {
    WIRE_SENT, // behind everything sent before on the same link
    WIRE_DOWN, // no link for that domain now
    WIRE_FULL, // its bounded queue is full
} WireResult;

// A line may be refused by a full queue; housekeeping has some room left to keep order.
typedef enum { WIRE_LINE, WIRE_HOUSEKEEPING } WireUse;

typedef struct {
    xmpp_ctx_t *ctx;          // borrowed; stanzas are made with it
    const Settings *settings; // borrowed
    EventSink sink;
    int64_t (*now_ms)(void);  // monotonic
    int64_t (*wall_ms)(void); // since 1970
    WireResult (*send)(void *self, const char *domain, xmpp_stanza_t *stanza, WireUse use);
    void *send_self; // borrowed
} WireConfig;

typedef struct Wire Wire;

// What: a wire without domains.
// Shape: owned by the caller; what the config borrows outlives it.
Wire *wire_new(const WireConfig *config);
void wire_free(Wire *wire);

// What: makes a domain known: as ours (a component), or as served by the server behind our links.
// Errors: false when it is no domain name or known already.
bool wire_add_component(Wire *wire, const char *domain, XmppGateKind kind);
bool wire_add_served(Wire *wire, const char *domain, XmppGateKind kind);

// What: whether a domain is ours; whether it is served there, as this kind.
bool wire_is_ours(const Wire *wire, const char *domain);
bool wire_is_served(const Wire *wire, const char *domain, XmppGateKind kind);

// What: a domain of ours where users are: questions that none of them asks are asked by it.
// Shape: borrowed; NULL when there is none.
const char *wire_house(const Wire *wire);

// What: the kind of a domain of ours.
// Errors: XMPPGATE_USERS for others.
XmppGateKind wire_our_kind(const Wire *wire, const char *domain);

// What: the parts.
// Shape: borrowed.
xmpp_ctx_t *wire_ctx(Wire *wire);
const Settings *wire_settings(const Wire *wire);
Deadlines *wire_deadlines(Wire *wire);
XmppGateCounters *wire_counters(Wire *wire);
int64_t wire_now_ms(const Wire *wire);
int64_t wire_wall_ms(const Wire *wire);

// What: sends a stanza on the link of the domain of its `from`.
// Shape: `owned` is released.
WireResult wire_send(Wire *wire, xmpp_stanza_t *owned, WireUse use);

// What: an id never used by this process and, by its random beginning, by no other.
// Shape: owned by the caller (g_free).
// Source: RFC 6120 8.1.3.
char *wire_id(Wire *wire);

// What: an open request's number for the middle.
uint64_t wire_ref(Wire *wire);

// What: an event of this side that happens now.
// Shape: owned by the caller until wire_raise().
Event *wire_event(Wire *wire, EventKind kind);

// What: hands an event to the middle.
// Shape: `owned` is taken.
void wire_raise(Wire *wire, Event *owned);

// How a line ended; all absent = delivered.
typedef struct {
    FailureReason failure;
    How how;
    const char *text; // borrowed
    Address *real;    // borrowed; the new address of gone and redirect
} WireFate;

// What: raises the delivery of a row. Row 0 raises nothing.
void wire_delivered(Wire *wire, uint64_t row, const WireFate *fate);

// What: from now on no event is raised.
void wire_mute(Wire *wire);

// What: remembers the display name a SIP user (bare address) used last; finds it again.
// Shape: borrowed until the next name is noted; NULL when there is none.
// Source: EXT-22; setting `vcard_nick`.
void wire_note_nick(Wire *wire, const char *user, const char *nick);
const char *wire_find_nick(Wire *wire, const char *user);
