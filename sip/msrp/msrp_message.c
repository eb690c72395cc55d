// SPDX-License-Identifier: MIT
// Byte ranges, and parts of messages put together again (RFC 4975 7.1.1, 7.3.1).
#include "sip/msrp/msrp_message.h"

#include "sip/msrp/msrp_cover.h"

#include <string.h>

#define OPEN_MAX     32                 // LIMIT: incomplete messages of one session
#define NUMBER_MAX   (UINT64_C(1) << 53) // LIMIT: of a range; far more than can be sent
#define ENTRY_OCTETS 1024               // charged for an entry beside its octets

typedef struct {
    GByteArray *octets;   // owned
    MsrpCover *cover;     // owned
    GArray *headers;      // owned reference; NULL until octet 1 came
    char *content_type;   // owned, likewise
    uint64_t total;       // known from the chunk with '$', else MSRP_MESSAGE_OPEN
    bool refused;         // 413 was said
    size_t charged;
    MsrpBudget *budget;   // borrowed
    int64_t deadline_ms;
} Entry;

struct MsrpMessage {
    MsrpMessageLimits limits;
    GHashTable *entries; // owned Message-ID -> owned Entry
};

static bool number_read(const char **text, uint64_t *value)
{
    const char *at = *text;
    *value = 0;
    while (g_ascii_isdigit(*at) && *value <= NUMBER_MAX)
        *value = *value * 10 + (uint64_t)(*at++ - '0');
    bool good = at > *text && *value <= NUMBER_MAX;
    *text = at;
    return good;
}

static bool number_or_star_read(const char **text, uint64_t *value)
{
    if (**text != '*')
        return number_read(text, value);
    (*text)++;
    *value = MSRP_MESSAGE_OPEN;
    return true;
}

bool msrp_message_range_read(const char *text, MsrpMessageRange *range)
{
    if (text == NULL) {
        *range = (MsrpMessageRange){1, MSRP_MESSAGE_OPEN, MSRP_MESSAGE_OPEN};
        return true;
    }
    if (!number_read(&text, &range->start) || range->start == 0 || *text++ != '-')
        return false;
    if (!number_or_star_read(&text, &range->end) || *text++ != '/')
        return false;
    return number_or_star_read(&text, &range->total) && *text == '\0';
}

static void number_write(GString *out, uint64_t value)
{
    if (value == MSRP_MESSAGE_OPEN)
        g_string_append_c(out, '*');
    else
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, value);
}

char *msrp_message_range_write(const MsrpMessageRange *range)
{
    GString *out = g_string_new(NULL);
    number_write(out, range->start);
    g_string_append_c(out, '-');
    number_write(out, range->end);
    g_string_append_c(out, '/');
    number_write(out, range->total);
    return g_string_free(out, FALSE);
}

MsrpMessageRange msrp_message_cut(uint64_t sent, uint64_t total, uint64_t limit)
{
    uint64_t length = MIN(total - sent, limit);
    bool exact = length <= MSRP_MESSAGE_UNCUT;
    return (MsrpMessageRange){sent + 1, exact ? sent + length : MSRP_MESSAGE_OPEN, total};
}

static void entry_drop_octets(Entry *entry)
{
    g_clear_pointer(&entry->octets, g_byte_array_unref);
    g_clear_pointer(&entry->cover, msrp_cover_free);
    g_clear_pointer(&entry->headers, g_array_unref);
    g_clear_pointer(&entry->content_type, g_free);
    msrp_budget_give(entry->budget, entry->charged);
    entry->charged = 0;
}

static void entry_free(void *data)
{
    entry_drop_octets(data);
    g_free(data);
}

void msrp_message_whole_clear(MsrpMessageWhole *whole)
{
    if (whole->owned != NULL)
        entry_free(whole->owned);
    *whole = (MsrpMessageWhole){0};
}

MsrpMessage *msrp_message_new(const MsrpMessageLimits *limits)
{
    MsrpMessage *assembly = g_new(MsrpMessage, 1);
    assembly->limits = *limits;
    assembly->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return assembly;
}

void msrp_message_free(MsrpMessage *assembly)
{
    if (assembly == NULL)
        return;
    g_hash_table_unref(assembly->entries);
    g_free(assembly);
}

static Entry *entry_add(MsrpMessage *assembly, const char *message_id, int64_t now_ms)
{
    Entry *entry = g_new0(Entry, 1);
    entry->budget = assembly->limits.budget;
    entry->total = MSRP_MESSAGE_OPEN;
    entry->octets = g_byte_array_new();
    entry->cover = msrp_cover_new();
    entry->deadline_ms = now_ms + assembly->limits.wait_ms;
    g_hash_table_insert(assembly->entries, g_strdup(message_id), entry);
    return entry;
}

static bool within_size(const MsrpMessage *assembly, const MsrpMessageChunk *chunk)
{
    size_t max = assembly->limits.max_size;
    const MsrpMessageRange *range = &chunk->range;
    if (chunk->too_long || (range->total != MSRP_MESSAGE_OPEN && range->total > max))
        return false;
    return chunk->length <= max && range->start - 1 <= max - chunk->length;
}

// Memory up to octet `end`; what is skipped over stays zero until it comes.
static bool entry_grow(Entry *entry, size_t end)
{
    size_t wanted = ENTRY_OCTETS + MAX(end, entry->octets->len);
    if (wanted > entry->charged) {
        if (!msrp_budget_take(entry->budget, wanted - entry->charged))
            return false;
        entry->charged = wanted;
    }
    guint before = entry->octets->len;
    if (end > before) {
        g_byte_array_set_size(entry->octets, (guint)end);
        memset(entry->octets->data + before, 0, end - before);
    }
    return true;
}

static bool entry_place(Entry *entry, const MsrpMessageChunk *chunk)
{
    size_t from = (size_t)(chunk->range.start - 1);
    size_t to = from + chunk->length;
    if (!entry_grow(entry, to) || !msrp_cover_add(entry->cover, from, to))
        return false;
    if (chunk->length > 0)
        memcpy(entry->octets->data + from, chunk->octets, chunk->length);
    if (chunk->flag == '$')
        entry->total = to;
    if (from == 0 && entry->headers == NULL) {
        entry->headers = g_array_ref(chunk->headers);
        entry->content_type = g_strdup(chunk->content_type);
    }
    return true;
}

// A message in one piece goes through as it is.
static void whole_from_chunk(MsrpMessageWhole *whole, const MsrpMessageChunk *chunk)
{
    *whole = (MsrpMessageWhole){chunk->octets, chunk->length, chunk->headers, chunk->content_type,
                                NULL};
}

// Takes the entry out of the table.
static void whole_from_entry(MsrpMessage *assembly, MsrpMessageWhole *whole, const char *message_id)
{
    void *id = NULL;
    void *stolen = NULL;
    g_hash_table_steal_extended(assembly->entries, message_id, &id, &stolen);
    g_free(id);
    Entry *entry = stolen;
    *whole = (MsrpMessageWhole){entry->octets->data, (size_t)entry->total, entry->headers,
                                entry->content_type, entry};
}

// What is left of a refused message is ignored until its end is seen.
static MsrpMessageResult refused_on(MsrpMessage *assembly, const MsrpMessageChunk *chunk)
{
    if (chunk->flag != '+')
        g_hash_table_remove(assembly->entries, chunk->message_id);
    return MSRP_MESSAGE_IGNORED;
}

static MsrpMessageResult refuse(MsrpMessage *assembly, Entry *entry, const MsrpMessageChunk *chunk)
{
    if (entry != NULL) {
        entry_drop_octets(entry);
        entry->refused = true;
    }
    refused_on(assembly, chunk);
    return MSRP_MESSAGE_TOO_LARGE;
}

MsrpMessageResult msrp_message_take(MsrpMessage *assembly, const MsrpMessageChunk *chunk,
                                    int64_t now_ms, MsrpMessageWhole *whole)
{
    Entry *entry = g_hash_table_lookup(assembly->entries, chunk->message_id);
    bool fits = within_size(assembly, chunk);
    if (entry != NULL && entry->refused)
        return refused_on(assembly, chunk);
    if (chunk->flag == '#') {
        g_hash_table_remove(assembly->entries, chunk->message_id);
        return MSRP_MESSAGE_ABORTED;
    }
    if (entry == NULL && fits && chunk->range.start == 1 && chunk->flag == '$') {
        whole_from_chunk(whole, chunk);
        return MSRP_MESSAGE_WHOLE;
    }
    if (entry == NULL && g_hash_table_size(assembly->entries) < OPEN_MAX)
        entry = entry_add(assembly, chunk->message_id, now_ms);
    if (entry == NULL || !fits || !entry_place(entry, chunk))
        return refuse(assembly, entry, chunk);
    entry->deadline_ms = now_ms + assembly->limits.wait_ms;
    if (entry->total == MSRP_MESSAGE_OPEN || !msrp_cover_whole(entry->cover, entry->total))
        return MSRP_MESSAGE_PART;
    whole_from_entry(assembly, whole, chunk->message_id);
    return MSRP_MESSAGE_WHOLE;
}

bool msrp_message_is_partial(const MsrpMessage *assembly)
{
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, assembly->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (!((const Entry *)value)->refused)
            return true;
    return false;
}

static gboolean is_due(void *key, void *value, void *now)
{
    return ((const Entry *)value)->deadline_ms <= *(const int64_t *)now;
}

void msrp_message_expire(MsrpMessage *assembly, int64_t now_ms)
{
    g_hash_table_foreach_remove(assembly->entries, is_due, &now_ms);
}

int64_t msrp_message_deadline(const MsrpMessage *assembly)
{
    int64_t first = INT64_MAX;
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, assembly->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        first = MIN(first, ((const Entry *)value)->deadline_ms);
    return first;
}
