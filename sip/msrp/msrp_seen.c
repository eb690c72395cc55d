// SPDX-License-Identifier: MIT
// The last complete messages of a session: a ring of hashes, because a session may be long and ids
// are not needed again. Two ids of one sender that hash alike would need 2^32 messages, or intent;
// the loss would be his own.
#include "sip/msrp/msrp_seen.h"

#define SEEN_MAX 1000 // LIMIT: MSRP-024

struct MsrpSeen {
    GArray *entries; // owned, of MsrpSeenEntry
    guint next;      // the one to overwrite once there are SEEN_MAX
};

MsrpSeen *msrp_seen_new(void)
{
    MsrpSeen *seen = g_new0(MsrpSeen, 1);
    seen->entries = g_array_new(FALSE, FALSE, sizeof(MsrpSeenEntry));
    return seen;
}

void msrp_seen_free(MsrpSeen *seen)
{
    if (seen == NULL)
        return;
    g_array_unref(seen->entries);
    g_free(seen);
}

// FNV-1a with 64 bits; never 0.
static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash != 0 ? hash : 1;
}

MsrpSeenEntry *msrp_seen_find(MsrpSeen *seen, const char *message_id)
{
    uint64_t hash = hash_of(message_id);
    for (guint i = 0; i < seen->entries->len; i++) {
        MsrpSeenEntry *entry = &g_array_index(seen->entries, MsrpSeenEntry, i);
        if (entry->hash == hash)
            return entry;
    }
    return NULL;
}

void msrp_seen_add(MsrpSeen *seen, const char *message_id, uint32_t ref)
{
    MsrpSeenEntry entry = {.hash = hash_of(message_id), .ref = ref};
    if (seen->entries->len < SEEN_MAX) {
        g_array_append_val(seen->entries, entry);
        return;
    }
    g_array_index(seen->entries, MsrpSeenEntry, seen->next) = entry;
    seen->next = (seen->next + 1) % SEEN_MAX;
}

void msrp_seen_remove(MsrpSeen *seen, const char *message_id)
{
    MsrpSeenEntry *entry = msrp_seen_find(seen, message_id);
    if (entry != NULL)
        *entry = (MsrpSeenEntry){0};
}
