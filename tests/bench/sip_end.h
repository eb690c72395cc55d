// SPDX-License-Identifier: MIT
// The SIP end of the loader: MESSAGE and its answers over UDP or TCP; scanned rather than parsed.
#pragma once
#include "tests/bench/loader.h"

// LIMIT: sockets: the one to the gateway (over UDP the only one), the listener, accepted connections.
#define SIP_END_FDS_MAX 64

typedef struct SipEnd SipEnd;

// A MESSAGE that came for the first time (status 0), or a final answer to one of ours, `is_busy` when it
// says when to come again.
typedef void (*SipEndFunc)(void *self, int number, int status, bool is_busy);

// What: listens, and over TCP connects to the gateway when messages are to go there.
// Shape: owned by the caller; ends the program when it cannot.
SipEnd *sip_end_open(const LoaderConfig *config, SipEndFunc on_message, void *self);

// What: sends a MESSAGE for user `number` modulo LOADER_ADDRESSES of the XMPP domain; asked again for the same
//   number it sends the same octets, which is a retransmission.
void sip_end_send(SipEnd *end, int number);

// What: descriptors for poll (-1 = none), and how long poll may take before an answer is due.
int sip_end_fd_count(const SipEnd *end);
int sip_end_fd(const SipEnd *end, int which);
bool sip_end_wants_write(const SipEnd *end, int which);
int64_t sip_end_wait_us(const SipEnd *end);

// What: reads and handles what is there; writes to all what can be written, late answers that are due too.
void sip_end_read(SipEnd *end, int which);
void sip_end_write(SipEnd *end);

// What: how many requests came twice over UDP, as a sender repeats them that was not answered.
int sip_end_repeated(const SipEnd *end);

// What: closes and frees; NULL is allowed.
void sip_end_close(SipEnd *end);
