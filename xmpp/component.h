// SPDX-License-Identifier: MIT
// One component link (XEP-0114): connects, shakes hands, and does so again for ever, with growing
// pauses when it is refused. What is sent goes into a queue bounded in octets, which is written to
// the socket once per turn. Sources: XEP-0114 3; RFC 6120 4.4, 4.9; docs/library-facts.md A; R-19.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "xmpp/deadlines.h"
#include "xmpp/stanza.h"

typedef struct Component Component;

typedef struct {
    const char *server_ip; // copied
    uint16_t server_port;
    const char *name;            // copied
    const char *secret;          // copied
    const int64_t *queue_octets; // borrowed, the limit
    Deadlines *deadlines;        // borrowed
    int64_t pause_ms;            // the first between two attempts, 0 = COMPONENT_PAUSE_MS
    int64_t patience_ms;         // for a whole attempt, 0 = COMPONENT_PATIENCE_MS
    void *self;                  // borrowed, of the functions
    void (*on_stanza)(void *self, Component *component, xmpp_stanza_t *stanza); // borrowed stanza
    void (*on_link)(void *self, Component *component, bool is_up);
    void (*on_refused)(void *self, Component *component); // an attempt failed
} ComponentConfig;

enum {
    COMPONENT_PAUSE_MS = 500,
    COMPONENT_PAUSE_MAX_MS = 10000,
    COMPONENT_PATIENCE_MS = 10000,
};

// What: a link that is not connected.
// Shape: owned by the caller; a low descriptor is kept from here on.
Component *component_new(const ComponentConfig *config);

// What: cuts the link without a word and frees it; calls nobody.
void component_free(Component *component);

// What: begins to connect.
// Errors: false when there is no descriptor that the library can use.
bool component_start(Component *component);

// What: whether stanzas can be sent now.
bool component_is_up(const Component *component);

// What: the name of the component.
const char *component_name(const Component *component);

// What: puts a stanza behind those sent before.
// Shape: `is_urgent` = it may use the room kept for housekeeping.
// Errors: false when the link is not up or the queue is full (component_is_up() tells which).
bool component_send(Component *component, const char *text, size_t octets, bool is_urgent);

// What: what waits in the queue and, when the socket takes no more, in the socket.
size_t component_queue_octets(const Component *component);

// What: stops or resumes reading stanzas.
void component_pause(Component *component, bool is_paused);

// What: ends the stream in order: what waits is written, the stream closed, the server's end
//   awaited.
// Shape: `closed` is called once, maybe before this returns; there is no deadline here.
// Source: RFC 6120 4.4.
void component_close(Component *component, void (*closed)(void *self), void *self);
