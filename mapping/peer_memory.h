// SPDX-License-Identifier: MIT
// What is known of SIP peers, by bare address: which kinds of content each takes, whether it has
// MSRP, how large a message it takes. A fact is known to be so, known not to be so, or unknown, and
// holds until its time (EXT-13: a day). Bounded; whoever was not asked for longest is forgotten.
// Rules of the operator (sections [peer NAME] of the configuration) come before anything learned.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "mapping/address.h"

// The facts. The words are those of the notation, of the store and (with `_`) of the configuration.
#define PEER_MEMORY_TRAITS(X)                                                                      \
    X(MSRP, "msrp")                   /* opens sessions (CHAT-01, R-10) */                         \
    X(CPIM, "cpim")                   /* takes message/cpim in a MESSAGE (EXT-01, IM-13) */        \
    X(IMDN, "imdn")                   /* speaks message/imdn+xml (EXT-01..04) */                   \
    X(COMPOSING, "composing")         /* takes im-iscomposing (CHAT-43) */                         \
    X(HTML, "html")                   /* takes text/html (EXT-16) */                               \
    X(MULTIPART, "multipart")         /* takes multipart/alternative (IM-11) */                    \
    X(FT_HTTP, "ft-http")             /* takes the RCS file-transfer document (EXT-15) */          \
    X(EXTERNAL_BODY, "external-body") /* takes message/external-body (EXT-14) */                   \
    X(OPTIONS, "options")             /* was asked by OPTIONS: yes = it answered (EXT-13) */       \
    X(MAX_SIZE, "max-size")           /* its value is octets, not yes or no (CHAT-14) */

typedef enum {
#define PEER_MEMORY_ENUM(NAME, text) PEER_MEMORY_##NAME,
    PEER_MEMORY_TRAITS(PEER_MEMORY_ENUM)
#undef PEER_MEMORY_ENUM
    PEER_MEMORY_TRAIT_COUNT
} PeerMemoryTrait;

typedef enum { PEER_MEMORY_UNKNOWN, PEER_MEMORY_NO, PEER_MEMORY_YES } PeerMemoryKnowledge;

// The word of the operator; AUTO leaves it to what was learned.
typedef enum { PEER_MEMORY_AUTO, PEER_MEMORY_ALWAYS, PEER_MEMORY_NEVER } PeerMemoryRule;

typedef struct {
    PeerMemoryRule traits[PEER_MEMORY_TRAIT_COUNT]; // that of MAX_SIZE is not used
    int64_t max_size;                               // octets; 0 = as learned
    PeerMemoryRule congestion_safe;                 // all hops are TCP or TLS (IM-14)
} PeerMemoryRules;

// One fact, as peer_memory_each() shows it.
typedef struct {
    const char *address; // borrowed; bare
    PeerMemoryTrait trait;
    int64_t value;    // 0 = no, 1 = yes; of MAX_SIZE: octets
    int64_t until_ms; // event time
} PeerMemoryFact;

typedef struct PeerMemory PeerMemory;
typedef void (*PeerMemoryVisit)(const PeerMemoryFact *fact, void *data);

// What: an empty memory without rules.
// Shape: owned by the caller.
PeerMemory *peer_memory_new(void);

// What: frees the memory; NULL is allowed.
void peer_memory_free(PeerMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeerMemory, peer_memory_free)

// What: what is known of a peer in one respect.
// Shape: only the bare address counts.
// Source: EXT-13; CHAT-01, CHAT-43; EXT-01.
PeerMemoryKnowledge peer_memory_get(PeerMemory *memory, const Address *peer, PeerMemoryTrait trait,
                                    int64_t now_ms);

// What: whether it is known that the peer does, or that it does not. Neither holds where nothing is
//   known.
bool peer_memory_takes(PeerMemory *memory, const Address *peer, PeerMemoryTrait trait,
                       int64_t now_ms);
bool peer_memory_lacks(PeerMemory *memory, const Address *peer, PeerMemoryTrait trait,
                       int64_t now_ms);

// What: whether the operator ruled that this peer gets no such thing, whatever it says itself.
// Source: docs/configuration.md, [peer NAME].
bool peer_memory_is_ruled_out(const PeerMemory *memory, const Address *peer, PeerMemoryTrait trait);

// What: the largest message the peer takes in a session, in octets.
// Shape: 0 = unknown.
// Source: CHAT-14; RFC 4975 8.6.
int64_t peer_memory_max_size(PeerMemory *memory, const Address *peer, int64_t now_ms);

// What: whether a MESSAGE to this peer may be of any size.
// Shape: `otherwise` is the answer where no rule speaks of it (setting `congestion_safe`).
// Source: IM-14; RFC 3428 8.
bool peer_memory_is_congestion_safe(PeerMemory *memory, const Address *peer, bool otherwise);

// What: learns a fact for the next `ms` milliseconds; the last word counts.
// Shape: `value` as in PeerMemoryFact. Returns whether it is worth storing: a change, or the old
//   knowledge had less than half of its time to go.
// Source: EXT-13; IM-13.
bool peer_memory_learn(PeerMemory *memory, const Address *peer, const PeerMemoryFact *fact,
                       int64_t now_ms);

// What: forgets everything learned of a peer; rules stay.
void peer_memory_forget(PeerMemory *memory, const Address *peer);

// What: shows every fact that holds, the most recently used peer first.
// Shape: the memory may not be changed meanwhile.
void peer_memory_each(PeerMemory *memory, int64_t now_ms, PeerMemoryVisit visit, void *data);

// What: lays down rules for a bare address, a domain, or everybody ("*"). For each respect the
//   nearest rule which is not AUTO counts: address, domain, "*".
// Shape: copied; a second call for the same name replaces the first.
// Source: docs/configuration.md, [peer NAME].
void peer_memory_set_rules(PeerMemory *memory, const char *name, const PeerMemoryRules *rules);

// What: the word of a trait, e.g. "ft-http"; and the trait of a word of so many octets.
// Shape: static text; PEER_MEMORY_TRAIT_COUNT when there is no such trait.
const char *peer_memory_trait_name(PeerMemoryTrait trait);
PeerMemoryTrait peer_memory_trait_find(const char *word, size_t octets);
