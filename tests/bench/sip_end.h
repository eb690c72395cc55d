// SPDX-License-Identifier: MIT
// The SIP end of the loader: MESSAGE and its answers over UDP or TCP; scanned rather than parsed.
#pragma once
#include "tests/bench/loader.h"

typedef struct SipEnd SipEnd;

// A MESSAGE that came (status 0; answered 200 already) or a final answer to one of ours.
typedef void (*SipEndFunc)(void *self, int number, int status);

// What: listens, and over TCP connects to the gateway.
// Shape: owned by the caller; ends the program when it cannot.
SipEnd *sip_end_open(const LoaderConfig *config, SipEndFunc on_message, void *self);

// What: sends a MESSAGE for user `number` modulo LOADER_ADDRESSES of the XMPP domain; over UDP again when asked
//   to (the same octets, so it is a retransmission).
void sip_end_send(SipEnd *end, int number);

// What: descriptors for epoll: 0 the socket to the gateway, 1 the listener, 2 the accepted connection; -1 = none.
int sip_end_fd(const SipEnd *end, int which);
bool sip_end_wants_write(const SipEnd *end, int which);

// What: writes what can be written; reads and handles all that is there.
void sip_end_write(SipEnd *end, int which);
void sip_end_read(SipEnd *end, int which);

// What: how many requests came twice.
int sip_end_repeated(const SipEnd *end);

// What: closes and frees.
void sip_end_close(SipEnd *end);
