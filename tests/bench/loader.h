// SPDX-License-Identifier: MIT
// What the loads of single messages (page_load), sessions (msrp_load) and rooms (room_load) share. They speak
// from raw sockets: an XMPP component with a thousand users on one end, a SIP peer on the other, and only as
// much of both protocols as a message and its answer need, so that a message costs a few microseconds and the
// programs under test set the pace.
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// LIMIT: addresses messages are spread over (IM-15 allows one outstanding MESSAGE per target).
#define LOADER_ADDRESSES 1000

// Which way the messages go.
typedef enum {
    LOADER_SIP_TO_XMPP,
    LOADER_XMPP_TO_SIP,
    LOADER_RAW,  // between two components of the XMPP server: what a stanza costs
    LOADER_SIP,  // to the SIP side alone: an answer is all that is expected
    LOADER_ECHO, // to the XMPP side alone, which sends them back
    LOADER_HOLD, // no way: sessions are only held
} LoaderWay;

// The texts are borrowed, from the arguments of the program.
typedef struct {
    LoaderWay way;
    bool tcp;               // SIP by TCP, else UDP
    int xmpp_port;          // component port of the XMPP server
    int sip_port;           // of the gateway
    int listen_port;        // ours, for SIP
    const char *component;  // our XMPP domain
    const char *peer;       // RAW: the second component, the other end
    const char *secret;     // of both
    const char *sip_domain; // domain of the SIP users, a component of the gateway
    int sessions;           // to open
    int count;              // messages
    int rate;               // messages per second, 0 = as fast as the window allows
    int window;             // messages on their way at once
    int answer;             // status our SIP end answers with, 0 = never
    int answer_after_ms;    // and how late
    const char *room;       // sessions: all call this room, name@host; NULL: they call users
    int watch;              // and subscribe to its roster
} LoaderConfig;

// What: reads the arguments of a program; what they do not say stays as it is in `config`.
// Errors: false after a line on stderr.
bool loader_read(int argc, char **argv, LoaderConfig *config);

// What: as many descriptors as this process may have.
void loader_descriptors_raise(void);

// What: a port of this machine.
struct sockaddr_in loader_loopback(int port);

// What: current monotonic time in microseconds.
int64_t loader_now_us(void);
