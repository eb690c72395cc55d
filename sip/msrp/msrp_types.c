// SPDX-License-Identifier: MIT
// Which media types a peer takes (RFC 4975 8.6).
#include "sip/msrp/msrp_types.h"

#include <string.h>

#define ENTRIES_MAX 64 // LIMIT: per attribute; what comes behind is not used

struct MsrpTypes {
    GPtrArray *accept;      // owned, of owned strings: lower case, without parameters
    GPtrArray *wrapped;     // owned, likewise
    bool says_nothing_more; // there is no list of what may be wrapped
};

// The length of the first entry; a quoted parameter value may contain spaces.
static size_t entry_length(const char *text)
{
    bool quoted = false;
    size_t i = 0;
    for (; text[i] != '\0' && (quoted || text[i] != ' '); i++) {
        if (text[i] == '\\' && quoted && text[i + 1] != '\0')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
    }
    return i;
}

static GPtrArray *entries_read(const char *text)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(g_free);
    while (text != NULL && *text != '\0' && entries->len < ENTRIES_MAX) {
        size_t length = entry_length(text);
        size_t bare = strcspn(text, "; ");
        if (bare > 0)
            g_ptr_array_add(entries, g_ascii_strdown(text, (gssize)bare));
        text += length + strspn(text + length, " ");
    }
    return entries;
}

MsrpTypes *msrp_types_new(const char *accept, const char *wrapped)
{
    MsrpTypes *types = g_new(MsrpTypes, 1);
    types->accept = entries_read(accept);
    types->wrapped = entries_read(wrapped);
    types->says_nothing_more = wrapped == NULL;
    return types;
}

void msrp_types_free(MsrpTypes *types)
{
    if (types == NULL)
        return;
    g_ptr_array_unref(types->accept);
    g_ptr_array_unref(types->wrapped);
    g_free(types);
}

// "*", "text/*" or the very type.
static bool entry_matches(const char *entry, const char *type, size_t length)
{
    size_t known = strlen(entry);
    if (strcmp(entry, "*") == 0)
        return true;
    if (known > 2 && strcmp(entry + known - 2, "/*") == 0)
        return length >= known && g_ascii_strncasecmp(entry, type, known - 1) == 0;
    return known == length && g_ascii_strncasecmp(entry, type, length) == 0;
}

static bool listed(const GPtrArray *entries, const char *type)
{
    size_t length = strcspn(type, "; ");
    for (guint i = 0; i < entries->len; i++) {
        if (entry_matches(entries->pdata[i], type, length))
            return true;
    }
    return false;
}

static bool is_type(const char *type, const char *wanted)
{
    return entry_matches(wanted, type, strcspn(type, "; "));
}

// Who takes envelopes and does not say what may be in them takes plain text there, or his list would mean nothing.
static bool is_understood(const MsrpTypes *types, const char *top, const char *inner)
{
    return types->says_nothing_more && is_type(top, "message/cpim") && is_type(inner, "text/plain");
}

bool msrp_types_allow(const MsrpTypes *types, const char *top, const char *inner)
{
    if (!listed(types->accept, top))
        return false;
    return inner == NULL || listed(types->accept, inner) || listed(types->wrapped, inner) ||
           is_understood(types, top, inner);
}
