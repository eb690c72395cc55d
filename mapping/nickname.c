// SPDX-License-Identifier: MIT
// Nicknames from names of SIP users.
#include "mapping/nickname.h"

#include "mapping/escape.h"
#include "mapping/precis.h"

#include <string.h>

enum {
    NICKNAME_SOURCE_MAX = 1023, // LIMIT: octets of a name that are looked at
    NICKNAME_OCTETS_MAX = 1000, // LIMIT: resource bound 1023 (RFC 7622 3.4) less room for a suffix
};

static const char NICKNAME_LAST_RESORT[] = "guest";

// Cuts a valid text to at most `max` octets of whole characters.
static void cut(char *text, size_t max)
{
    if (strlen(text) <= max)
        return;
    char *end = g_utf8_find_prev_char(text, text + max + 1);
    *end = '\0';
}

static char *prepare(const char *name)
{
    g_autofree char *text = name != NULL ? g_utf8_make_valid(name, -1) : NULL;
    if (text == NULL)
        return NULL;
    cut(text, NICKNAME_SOURCE_MAX);
    char *nick = precis_nickname(text);
    if (nick != NULL) {
        cut(nick, NICKNAME_OCTETS_MAX);
        g_strchomp(nick);
    }
    return nick;
}

char *nickname_for(const char *display_name, const Address *user)
{
    char *nick = prepare(display_name);
    if (nick == NULL && address_local(user) != NULL) {
        g_autofree char *plain = escape_undo_local(address_local(user));
        nick = prepare(plain);
    }
    return nick != NULL ? nick : g_strdup(NICKNAME_LAST_RESORT);
}

char *nickname_of_wish(const char *wish)
{
    return precis_nickname(wish);
}

char *nickname_retry(const char *nick, int conflicts, int64_t retry)
{
    if (conflicts == 0)
        return g_strdup(nick);
    return conflicts < retry ? g_strdup_printf("%s_%d", nick, conflicts + 1) : NULL;
}
