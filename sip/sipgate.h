// SPDX-License-Identifier: MIT
// The door of the SIP side: a Port that takes every command with side=sip and raises every event
// with side=sip (docs/seam.md). Behind it stand one SIP user agent (UDP and TCP) and one MSRP
// listener, both on the default GLib main context. One gate per process at a time: the SIP library
// keeps its log, and with it our counters, globally.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "mapping/port.h"
#include "mapping/settings.h"

typedef struct Route Route; // mapping/route.h
typedef struct SipGate SipGate;

#define SIPGATE_ERROR sipgate_error_quark()
GQuark sipgate_error_quark(void);

enum {
    SIPGATE_ERROR_CONFIG, // an address, host or peer that cannot be read
    SIPGATE_ERROR_LISTEN  // a port is taken or an address is not ours; the message names it
};

// Where requests for one SIP domain go first (GEN-08).
typedef struct {
    const char *sip_domain; // borrowed
    const char *hop;        // borrowed; "udp:", "tcp:" or "tls:HOST:PORT" (sip/hop.h)
} SipGateRoute;

// Who we are for a proxy that asks (ERR-04); borrowed.
typedef struct {
    const char *realm, *user, *password;
} SipGateRealm;

// One SIP message or MSRP frame as it crossed the wire, for traces.
typedef struct {
    bool outgoing;
    bool msrp;
    const char *peer; // borrowed; e.g. "udp/127.0.0.1:5060"
    const char *text; // borrowed; the whole message, bodies included: the receiver redacts
    size_t octets;
} SipGateTrace;

// PEM files for TLS; borrowed.
typedef struct {
    const char *cert; // our certificate and what leads to its authority; NULL: no TLS
    const char *key;  // its key, which not everybody may read
    const char *ca;   // authorities that peers without fingerprint are judged by; NULL: none
} SipGateTls;

// Everything is borrowed for the call of sipgate_new() but `route` and `settings`, which must
// outlive the gate.
typedef struct {
    const char *const *listen; // NULL-terminated; "udp:", "tcp:", "tls:IP:PORT"
    const char *advertise;     // host in our Contact and Via; NULL: the address listened on
    const char *tls_dir;       // agent.pem and cafile.pem for SIP over TLS; NULL: none
    const char *resolv_conf;   // resolver configuration (RFC 3263); NULL: the system's
    const char *const *peers;  // NULL-terminated "IP" or "IP/BITS" that may send requests; NULL:
                               // loopback and the addresses of the routes (SEC-03)
    // Those of them whose P-Asserted-Identity counts; NULL: none (ADDR-27).
    const char *const *trusted;
    const SipGateRoute *routes;
    size_t route_count;
    const SipGateRealm *realms;
    size_t realm_count;
    const char *msrp_listen;    // "IP:PORT"; port 0: any
    const char *msrp_advertise; // host in our MSRP paths; NULL: the address listened on
    const char *msrp_tls_listen; // as msrp_listen, for MSRP over TLS; NULL: none
    SipGateTls msrp_tls;
    Route *route;               // address conversion
    const Settings *settings;
    EventSink sink;
    void (*trace)(void *trace_self, const SipGateTrace *trace); // NULL: no traces
    void *trace_self;
} SipGateConfig;

// What crossed the wire so far, retransmissions included, and what is open now.
typedef struct {
    uint64_t msrp_in, msrp_out; // frames
    uint64_t refused_peers;     // requests answered 403 for SEC-03
    uint64_t overloads;         // requests answered 503 because of our own caps
    uint64_t unknown_commands;  // commands for a leg or ref which is no more
    unsigned calls;             // dialogs with MSRP, two-party and rooms
    unsigned pages_out, pages_in;
} SipGateCounters;

// What: whether these files can be used.
// Errors: false with an error that names the file.
// Source: docs/configuration.md, [msrp] tls_cert, tls_key, tls_ca.
bool sipgate_check_tls(const SipGateTls *files, GError **error);

// What: a gate that listens to nothing yet.
// Shape: owned by the caller (sipgate_free).
// Errors: NULL with SIPGATE_ERROR_CONFIG naming the value that cannot be read.
SipGate *sipgate_new(const SipGateConfig *config, GError **error);

// What: opens all listeners; raises `sip link how=up`.
// Errors: false with SIPGATE_ERROR_LISTEN naming the port; the gate may only be freed then.
// Source: docs/configuration.md.
bool sipgate_start(SipGate *gate, GError **error);

// What: the port the middle pushes commands through.
// Shape: lives as long as the gate.
Port sipgate_port(SipGate *gate);

// What: ends what is still open (BYE, CANCEL, final answers), then calls `done` once; takes no
//   commands and raises no events any more.
// Shape: `done` comes from the main loop, at the latest 4 s later; sipgate_free() may be called in
//   it.
void sipgate_shutdown(SipGate *gate, void (*done)(void *self), void *self);

// What: frees the gate; what is open is dropped without a word unless sipgate_shutdown() came
//   first.
// Shape: NULL is allowed.
void sipgate_free(SipGate *gate);

// What: whether so many client transactions were begun lately and are still open that reading from
//   XMPP should wait; the retransmission list of the SIP library is linear in them.
// Shape: becomes false by time alone, too: to be asked again.
// Source: docs/library-facts.md B3.
bool sipgate_is_busy(const SipGate *gate);

// What: the counters so far.
SipGateCounters sipgate_counters(const SipGate *gate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SipGate, sipgate_free)
