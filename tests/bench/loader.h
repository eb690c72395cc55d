// SPDX-License-Identifier: MIT
// A load of one-to-one messages from raw sockets: an XMPP component with a thousand users on one end, a
// SIP peer on the other. It speaks only as much of both protocols as a message and its answer need, so that
// it costs a few microseconds per message and the programs under test set the pace.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// LIMIT: addresses messages are spread over (IM-15 allows one outstanding MESSAGE per target).
#define LOADER_ADDRESSES 1000

// Which way the messages go.
typedef enum { LOADER_SIP_TO_XMPP, LOADER_XMPP_TO_SIP, LOADER_RAW } LoaderWay;

typedef struct {
    LoaderWay way;
    bool tcp;             // SIP by TCP, else UDP
    uint16_t xmpp_port;   // component port of the XMPP server
    uint16_t sip_port;    // of the gateway
    uint16_t listen_port; // ours, for SIP
    const char *component; // our XMPP domain
    const char *peer;      // RAW: the second component, the other end
    const char *secret;
    const char *sip_domain; // domain of the SIP users, a component of the gateway
    int count;              // messages
    int rate;               // messages per second, 0 = as fast as the window allows
    int window;             // messages on their way at once
} LoaderConfig;

// Fate of one message.
typedef struct {
    int64_t sent_us;    // 0 = not yet
    int64_t arrived_us; // 0 = not
    uint16_t arrivals;
    uint16_t answers; // final SIP responses, or error stanzas
    uint16_t status;  // last final status; 600 stands for an error stanza
} LoaderFate;

// What: current monotonic time in microseconds.
int64_t loader_now_us(void);
