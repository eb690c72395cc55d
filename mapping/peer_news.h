// SPDX-License-Identifier: MIT
// News of a peer: an event `peer`, a refusal, something restored. What is new is learned and stored
// (EXT-13); what the operator wants forgotten is forgotten.
#pragma once
#include "mapping/turn.h"

// What: learns what an event tells of the peer `from`: `takes` and `lacks` are words of traits with
//   commas between them; in an event `peer`, `number` is the largest message, `how=hint` counts only
//   where nothing is known yet, and `how=forget` forgets the peer.
// Shape: words nobody knows are passed over.
// Source: docs/seam.md; EXT-13.
void peer_news_on_event(Turn *turn, const Event *event);

// What: asks the peer of a chat that begins what it takes, unless it was asked in the last
//   `peer_memory`.
// Source: EXT-13.
void peer_news_on_chat(Turn *turn, const Session *session, const Event *event);

// What: takes back what was stored, for the time it still holds (`ms`).
void peer_news_on_restored(Turn *turn, const Event *event);

// What: learns one fact for `ms` milliseconds and has it stored when it is news.
// Shape: `session` may be NULL; `value` 0 = no, 1 = yes, of max-size: octets.
// Source: CHAT-01, IM-13, EXT-13.
void peer_news_learn(Turn *turn, const Address *peer, PeerMemoryTrait trait, int64_t value,
                     int64_t ms);
