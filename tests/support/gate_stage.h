// SPDX-License-Identifier: MIT
// A SIP gate on loopback between a test, which gives commands and sees events as lines of the
// notation, and a SIP peer. Domains: users juliet@xmpp.test and rooms talk@rooms.xmpp.test live on
// XMPP, romeo@sip.test and the conference hall@conf.sip.test live on SIP behind the peer; xmpp.example and sip.example, as in the
// vectors, likewise.
#pragma once
#include "mapping/route.h"
#include "mapping/settings.h"
#include "sip/sipgate.h"
#include "tests/support/sip_peer.h"

typedef struct {
    Settings settings;
    Route *route;                                               // owned
    SipGate *gate;                                              // owned
    SipPeer *peer;                                              // owned
    uint16_t port;                                              // of the gate, UDP and TCP
    GPtrArray *events;                                          // owned, of char *; not yet told
    uint64_t last_ref;                                          // of the event told last
    const char *const *peers;                                   // borrowed; NULL: the default
    const char *const *trusted;                                 // borrowed; NULL: nobody
    const SipGateRealm *realms;                                 // borrowed; NULL: none
    size_t realm_count;
    const char *advertise;                                      // borrowed; NULL: the default
    const char *sip_tls_dir;      // borrowed; NULL: SIP without TLS, else all SIP under TLS
    const TlsCert *sip_tls_peer;  // borrowed; the certificate of the peer then
    uint16_t tls_port;            // of the gate, for SIP under TLS
    SipGateTls tls;                                             // borrowed; no cert: no TLS
    void (*trace)(void *trace_self, const SipGateTrace *trace); // NULL: none
    void *trace_self;                                           // borrowed
} GateStage;

// What: settings are the defaults until changed; then gate_stage_start().
// Shape: `stage` is overwritten.
void gate_stage_init(GateStage *stage);

// What: opens peer and gate; the `link how=up` event is taken.
void gate_stage_start(GateStage *stage, bool tcp);

// What: frees everything.
void gate_stage_clear(GateStage *stage);

// What: gives a command.
// Shape: one line of the notation, printf style.
void gate_stage_tell(GateStage *stage, const char *format, ...) G_GNUC_PRINTF(2, 3);

// What: waits for the next event; it must match a pattern (`*` and `?` as in
//   g_pattern_match_simple).
// Shape: bodies are printed. Its ref is kept in last_ref.
void gate_stage_expect(GateStage *stage, const char *pattern);

// What: whether no event waits; asks the gate something first, so that what was under way has
//   arrived.
// Shape: takes an OPTIONS round trip on the peer.
bool gate_stage_is_quiet(GateStage *stage);
