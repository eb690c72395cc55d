// SPDX-License-Identifier: MIT
// Until when each peer counts as one without MSRP.
#include "mapping/peer_memory.h"

#include "mapping/recent.h"

enum {
    PEER_MEMORY_MAX = 10000, // LIMIT: peers remembered; the one not asked for longest is forgotten
};

struct PeerMemory {
    Recent *no_msrp; // owned: bare address to gint64, event time
};

PeerMemory *peer_memory_new(void)
{
    PeerMemory *memory = g_new0(PeerMemory, 1);
    memory->no_msrp = recent_new(PEER_MEMORY_MAX, g_free);
    return memory;
}

void peer_memory_free(PeerMemory *memory)
{
    if (memory == NULL)
        return;
    recent_free(memory->no_msrp);
    g_free(memory);
}

void peer_memory_set_no_msrp(PeerMemory *memory, const Address *peer, int64_t until_ms)
{
    int64_t *until = g_new(int64_t, 1);
    *until = until_ms;
    recent_put(memory->no_msrp, address_bare(peer), until);
}

bool peer_memory_has_no_msrp(PeerMemory *memory, const Address *peer, int64_t now_ms)
{
    const int64_t *until = recent_find(memory->no_msrp, address_bare(peer));
    return until != NULL && now_ms < *until;
}
