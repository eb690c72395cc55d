// SPDX-License-Identifier: MIT
// A ring of hashes in order of arrival; looked through from the youngest, which is the likely hit.
#include "mapping/seen.h"

enum {
    SEEN_COUNT_MAX = 1000,           // LIMIT: ESC-017
    SEEN_MEMORY_MS = 60 * 60 * 1000, // ESC-017
    SEEN_COUNT_FIRST = 16,
};

typedef struct {
    uint64_t hash;
    int64_t at_ms;
    bool is_forgotten;
} SeenId;

struct Seen {
    SeenId *ring; // owned
    size_t size;  // a ring grows by doubling, up to SEEN_COUNT_MAX
    size_t count;
    size_t next; // where the next id goes
};

Seen *seen_new(void)
{
    Seen *seen = g_new0(Seen, 1);
    seen->size = SEEN_COUNT_FIRST;
    seen->ring = g_new(SeenId, seen->size);
    return seen;
}

void seen_free(Seen *seen)
{
    if (seen == NULL)
        return;
    g_free(seen->ring);
    g_free(seen);
}

// FNV-1a, 64 bits.
static uint64_t id_hash(const char *id)
{
    uint64_t hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
    for (const unsigned char *c = (const unsigned char *)id; *c != '\0'; c++)
        hash = (hash ^ *c) * G_GUINT64_CONSTANT(0x100000001b3);
    return hash;
}

// Only a ring that never wrapped grows, so its order needs no mending.
static void make_room(Seen *seen)
{
    if (seen->count < seen->size || seen->size == SEEN_COUNT_MAX)
        return;
    seen->next = seen->size;
    seen->size = MIN(seen->size * 2, (size_t)SEEN_COUNT_MAX);
    seen->ring = g_renew(SeenId, seen->ring, seen->size);
}

static SeenId *find(const Seen *seen, const char *id)
{
    uint64_t hash = id_hash(id);
    for (size_t i = 1; i <= seen->count; i++) {
        SeenId *noted = &seen->ring[(seen->next + seen->size - i) % seen->size];
        if (noted->hash == hash && !noted->is_forgotten)
            return noted;
    }
    return NULL;
}

bool seen_has(const Seen *seen, const char *id, int64_t now_ms)
{
    const SeenId *noted = seen != NULL && id != NULL ? find(seen, id) : NULL;
    return noted != NULL && now_ms - noted->at_ms <= SEEN_MEMORY_MS;
}

void seen_note(Seen *seen, const char *id, int64_t now_ms)
{
    if (id == NULL || seen_has(seen, id, now_ms))
        return;
    make_room(seen);
    seen->ring[seen->next] = (SeenId){id_hash(id), now_ms, false};
    seen->next = (seen->next + 1) % seen->size;
    seen->count = MIN(seen->count + 1, seen->size);
}

void seen_forget(Seen *seen, const char *id)
{
    SeenId *noted = seen != NULL && id != NULL ? find(seen, id) : NULL;
    if (noted != NULL)
        noted->is_forgotten = true;
}
