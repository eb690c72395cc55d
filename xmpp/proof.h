// SPDX-License-Identifier: MIT
// Proof that a line was taken. XEP-0114 has no acknowledgement, so a ping (XEP-0199) to the
// addressee's host follows the line on the same stream: whatever answers it, the server has read
// the line before, and errors which it makes itself come first (docs/library-facts.md H). One ping
// per host is under way at a time. Hosts the server does not serve prove nothing in time, MUC
// services answer out of order: their lines are held for message_hold_ms and then taken for
// delivered. Sources: R-08; IM-28, IM-29.
#pragma once
#include "xmpp/iq.h"
#include "xmpp/wire.h"

typedef struct Proof Proof;

// The ends of lines that never got anywhere, in rooms as well.
extern const WireFate proof_no_link;
extern const WireFate proof_link_lost;
extern const WireFate proof_queue_full;

// What: nothing to prove yet.
// Shape: owned by the caller; wire and iq are borrowed and outlive it. Freeing tells nobody.
Proof *proof_new(Wire *wire, Iq *iq);
void proof_free(Proof *proof);

// What: sends a line and tells its delivery, once: proven, refused by an error stanza, timed out
//   after T_proof, lost with the link, or at once when there is no link or no room in the queue. An
//   error that comes after a good end is told as a second delivery, how=late.
// Shape: `owned` is released; from, to and id are those of the stanza; row 0 = nobody wants to
//   know.
void proof_send(Proof *proof, xmpp_stanza_t *owned, uint64_t row, Address *from, Address *to);

// What: takes a message of type error that came back to us.
// Errors: false when it belongs to no line known here.
bool proof_on_error(Proof *proof, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: ends every line of this component domain that is not proven: lost.
void proof_on_link_down(Proof *proof, const char *domain);

// What: nobody reads the links for a while, or they are read again: for what cannot be heard no line
//   times out.
void proof_pause(Proof *proof, bool is_paused);

// What: lines without proof now.
size_t proof_count(const Proof *proof);
