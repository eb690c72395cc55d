// SPDX-License-Identifier: MIT
// The door of the XMPP side: takes Commands (docs/seam.md, side=xmpp), raises Events. One XEP-0114
// link per component domain, all in the default GLib main context. Nobody outside xmpp/ sees
// libstrophe.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/port.h"
#include "mapping/settings.h"

typedef struct XmppGate XmppGate;

// What lives at a domain: accounts, or MUC rooms.
typedef enum { XMPPGATE_USERS, XMPPGATE_ROOMS } XmppGateKind;

// A domain which we are, by a component link of its own.
typedef struct {
    const char *name;
    const char *secret;
    XmppGateKind kind;
} XmppGateComponent;

// A domain which the XMPP server behind our links serves: proof of delivery is to be had there.
typedef struct {
    const char *name;
    XmppGateKind kind;
} XmppGateDomain;

typedef enum { XMPPGATE_RECEIVED, XMPPGATE_SENT } XmppGateDirection;

// Everything is copied by xmppgate_new() but `settings`, which is borrowed and outlives the gate.
typedef struct {
    const char *server_ip; // numeric, v4 or v6
    uint16_t server_port;
    const XmppGateComponent *components;
    size_t component_count;
    const XmppGateDomain *domains;
    size_t domain_count;
    const Settings *settings;
    EventSink sink;
    // Sees the text of each stanza, borrowed for the call; NULL = nobody looks and no text is made.
    // Bodies and room passwords are in it: whoever writes it down redacts it.
    void (*on_stanza)(void *trace_self, XmppGateDirection direction, const char *component,
                      const char *text);
    void *trace_self; // borrowed, outlives the gate
} XmppGateConfig;

typedef struct {
    uint64_t stanzas_in;
    uint64_t stanzas_out;
    uint64_t ignored;       // answered to nobody: late, unknown, not for us
    uint64_t refused;       // stanzas answered by an error of ours
    uint64_t pings;         // proofs asked for
    uint64_t rows_failed;   // lines that ended without proof
    uint64_t links_lost;    // links that had stood
    uint64_t links_refused; // wrong secret, conflict, no handshake
    uint64_t queue_refused; // lines refused because the queue was full
    size_t queue_octets;    // now waiting in this process and in its sockets
    size_t rows_unproven;   // now
    size_t occupants;       // now
    size_t parties;         // now, in rooms that we show
} XmppGateCounters;

// What: a gate that is not connected yet.
// Shape: owned by the caller (xmppgate_free).
// Errors: NULL with a sentence in `why` (owned by the caller): no numeric address, no component,
//   a name that is no domain.
XmppGate *xmppgate_new(const XmppGateConfig *config, char **why);

// What: begins to connect every component and goes on doing so for ever.
// Shape: to be called early, while low descriptors are free; at most once. Links that come up are
//   told by EVENT_LINK.
// Errors: false with a sentence in `why`: no descriptor that the library can use.
// Source: docs/library-facts.md A4 (select).
bool xmppgate_start(XmppGate *gate, char **why);

// What: the side's Port.
// Shape: valid as long as the gate; commands before xmppgate_start() are answered as if the link
//   were down.
Port xmppgate_port(XmppGate *gate);

// What: whether every component link stands.
bool xmppgate_is_up(const XmppGate *gate);

// What: stops (true) or resumes reading from the XMPP server, so that it holds back what it has for
//   us.
// Shape: idempotent; writing, deadlines and reconnecting go on.
void xmppgate_pause(XmppGate *gate, bool paused);

// What: leaves the rooms, closes the streams in order and then calls `done`, once, at the latest
//   after XMPPGATE_STOP_MS; no event is raised any more from the moment of the call.
// Shape: `done` may be called before this returns when nothing is open; it may free the gate only
//   later.
// Source: RFC 6120 4.4; XEP-0045 7.14.
void xmppgate_stop(XmppGate *gate, void (*done)(void *self), void *self);
enum { XMPPGATE_STOP_MS = 2000 };

// What: what has been counted since the start.
// Shape: borrowed; the "now" members are brought up to date by the call.
const XmppGateCounters *xmppgate_counters(XmppGate *gate);

// What: frees the gate, cutting links that still stand; NULL is allowed.
// Shape: not from within one of its callbacks or from its sink.
void xmppgate_free(XmppGate *gate);
