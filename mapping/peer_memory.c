// SPDX-License-Identifier: MIT
// Facts about peers with their times, and the rules that come before them.
#include "mapping/peer_memory.h"

#include <string.h>

#include "mapping/recent.h"

enum {
    PEER_MEMORY_MAX = 10000, // LIMIT: peers remembered; the one not asked for longest is forgotten
};

typedef struct {
    int64_t value;
    int64_t until_ms; // 0: unknown
} Fact;

typedef struct {
    Fact facts[PEER_MEMORY_TRAIT_COUNT];
} Peer;

struct PeerMemory {
    Recent *peers;     // owned: bare address to Peer (owned)
    GHashTable *rules; // owned: name (owned) to PeerMemoryRules (owned)
};

static const char *const TRAIT_NAMES[] = {
#define TRAIT_NAME(NAME, text) [PEER_MEMORY_##NAME] = text,
    PEER_MEMORY_TRAITS(TRAIT_NAME)
#undef TRAIT_NAME
};

PeerMemory *peer_memory_new(void)
{
    PeerMemory *memory = g_new0(PeerMemory, 1);
    memory->peers = recent_new(PEER_MEMORY_MAX, g_free);
    memory->rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return memory;
}

void peer_memory_free(PeerMemory *memory)
{
    if (memory == NULL)
        return;
    recent_free(memory->peers);
    g_hash_table_destroy(memory->rules);
    g_free(memory);
}

// The names whose rules speak of a peer, nearest first, each NULL where there are none.
typedef struct {
    const PeerMemoryRules *near[3];
} RuleSet;

static RuleSet rules_of(const PeerMemory *memory, const Address *peer)
{
    const char *domain = address_domain(peer);
    return (RuleSet){{g_hash_table_lookup(memory->rules, address_bare(peer)),
                      domain != NULL ? g_hash_table_lookup(memory->rules, domain) : NULL,
                      g_hash_table_lookup(memory->rules, "*")}};
}

static PeerMemoryRule trait_rule(const PeerMemory *memory, const Address *peer,
                                 PeerMemoryTrait trait)
{
    const RuleSet set = rules_of(memory, peer);
    for (size_t i = 0; i < G_N_ELEMENTS(set.near); i++)
        if (set.near[i] != NULL && set.near[i]->traits[trait] != PEER_MEMORY_AUTO)
            return set.near[i]->traits[trait];
    return PEER_MEMORY_AUTO;
}

// What holds now, or NULL.
static const Fact *fact_of(PeerMemory *memory, const Address *peer, PeerMemoryTrait trait,
                           int64_t now_ms)
{
    const Peer *known = recent_find(memory->peers, address_bare(peer));
    const Fact *fact = known != NULL ? &known->facts[trait] : NULL;
    return fact != NULL && now_ms < fact->until_ms ? fact : NULL;
}

PeerMemoryKnowledge peer_memory_get(PeerMemory *memory, const Address *peer, PeerMemoryTrait trait,
                                    int64_t now_ms)
{
    PeerMemoryRule rule = trait_rule(memory, peer, trait);
    if (rule != PEER_MEMORY_AUTO)
        return rule == PEER_MEMORY_ALWAYS ? PEER_MEMORY_YES : PEER_MEMORY_NO;
    const Fact *fact = fact_of(memory, peer, trait, now_ms);
    if (fact == NULL)
        return PEER_MEMORY_UNKNOWN;
    return fact->value != 0 ? PEER_MEMORY_YES : PEER_MEMORY_NO;
}

bool peer_memory_takes(PeerMemory *memory, const Address *peer, PeerMemoryTrait trait,
                       int64_t now_ms)
{
    return peer_memory_get(memory, peer, trait, now_ms) == PEER_MEMORY_YES;
}

bool peer_memory_lacks(PeerMemory *memory, const Address *peer, PeerMemoryTrait trait,
                       int64_t now_ms)
{
    return peer_memory_get(memory, peer, trait, now_ms) == PEER_MEMORY_NO;
}

bool peer_memory_is_ruled_out(const PeerMemory *memory, const Address *peer, PeerMemoryTrait trait)
{
    return trait_rule(memory, peer, trait) == PEER_MEMORY_NEVER;
}

int64_t peer_memory_max_size(PeerMemory *memory, const Address *peer, int64_t now_ms)
{
    const RuleSet set = rules_of(memory, peer);
    for (size_t i = 0; i < G_N_ELEMENTS(set.near); i++)
        if (set.near[i] != NULL && set.near[i]->max_size > 0)
            return set.near[i]->max_size;
    const Fact *fact = fact_of(memory, peer, PEER_MEMORY_MAX_SIZE, now_ms);
    return fact != NULL ? fact->value : 0;
}

bool peer_memory_is_congestion_safe(PeerMemory *memory, const Address *peer, bool otherwise)
{
    const RuleSet set = rules_of(memory, peer);
    for (size_t i = 0; i < G_N_ELEMENTS(set.near); i++)
        if (set.near[i] != NULL && set.near[i]->congestion_safe != PEER_MEMORY_AUTO)
            return set.near[i]->congestion_safe == PEER_MEMORY_ALWAYS;
    return otherwise;
}

static Peer *peer_get(PeerMemory *memory, const Address *peer)
{
    Peer *known = recent_find(memory->peers, address_bare(peer));
    if (known == NULL) {
        known = g_new0(Peer, 1);
        recent_put(memory->peers, address_bare(peer), known);
    }
    return known;
}

bool peer_memory_learn(PeerMemory *memory, const Address *peer, const PeerMemoryFact *fact,
                       int64_t now_ms)
{
    Fact *old = &peer_get(memory, peer)->facts[fact->trait];
    bool is_news = now_ms >= old->until_ms || old->value != fact->value ||
                   old->until_ms - now_ms < (fact->until_ms - now_ms) / 2;
    if (is_news)
        *old = (Fact){fact->value, fact->until_ms};
    return is_news;
}

void peer_memory_forget(PeerMemory *memory, const Address *peer)
{
    recent_remove(memory->peers, address_bare(peer));
}

typedef struct {
    int64_t now_ms;
    PeerMemoryVisit visit;
    void *data;
} Showing;

static void show_peer(const char *address, gpointer value, gpointer data)
{
    const Peer *peer = value;
    const Showing *showing = data;
    for (int trait = 0; trait < PEER_MEMORY_TRAIT_COUNT; trait++) {
        const Fact *fact = &peer->facts[trait];
        if (showing->now_ms < fact->until_ms)
            showing->visit(&(PeerMemoryFact){.address = address,
                                             .trait = (PeerMemoryTrait)trait,
                                             .value = fact->value,
                                             .until_ms = fact->until_ms},
                           showing->data);
    }
}

void peer_memory_each(PeerMemory *memory, int64_t now_ms, PeerMemoryVisit visit, void *data)
{
    recent_each(memory->peers, show_peer, &(Showing){now_ms, visit, data});
}

void peer_memory_set_rules(PeerMemory *memory, const char *name, const PeerMemoryRules *rules)
{
    g_hash_table_replace(memory->rules, g_strdup(name), g_memdup2(rules, sizeof *rules));
}

const char *peer_memory_trait_name(PeerMemoryTrait trait)
{
    return TRAIT_NAMES[trait];
}

PeerMemoryTrait peer_memory_trait_find(const char *word, size_t octets)
{
    for (int trait = 0; trait < PEER_MEMORY_TRAIT_COUNT; trait++)
        if (strlen(TRAIT_NAMES[trait]) == octets && memcmp(TRAIT_NAMES[trait], word, octets) == 0)
            return (PeerMemoryTrait)trait;
    return PEER_MEMORY_TRAIT_COUNT;
}
