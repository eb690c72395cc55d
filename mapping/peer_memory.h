// SPDX-License-Identifier: MIT
// What is remembered of SIP peers across conversations: who refused MSRP for good (CHAT-01, R-10).
// Bounded; the oldest memory goes first. It leaves as STORE no-msrp and comes back as RESTORED
// no-msrp.
#pragma once
#include <stdint.h>

#include "mapping/address.h"

typedef struct PeerMemory PeerMemory;

// What: an empty memory.
// Shape: owned by the caller.
PeerMemory *peer_memory_new(void);

// What: frees the memory; NULL is allowed.
void peer_memory_free(PeerMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeerMemory, peer_memory_free)

// What: remembers until `until_ms` (event time) that this peer has no MSRP.
// Shape: only the bare address counts.
// Source: CHAT-01; R-10.
void peer_memory_set_no_msrp(PeerMemory *memory, const Address *peer, int64_t until_ms);

// What: whether the peer is known to have no MSRP.
// Source: CHAT-01.
bool peer_memory_has_no_msrp(PeerMemory *memory, const Address *peer, int64_t now_ms);
