// SPDX-License-Identifier: MIT
// The value of Use-Nickname (RFC 7701 7.1, 7.3; quoted-string by RFC 4975 9).
#include "sip/msrp/msrp_nickname.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define NICKNAME_MAX 1023 // LIMIT: octets (RFC 7701 7.1)

// qdtext / qd-esc: only '\' and '"' can be escaped.
static bool append_quoted(GString *nick, const char **at)
{
    if (**at == '\\') {
        (*at)++;
        if (**at != '\\' && **at != '"')
            return false;
    } else if (**at == '"' || (g_ascii_iscntrl(**at) && **at != '\t')) {
        return false;
    }
    g_string_append_c(nick, **at);
    (*at)++;
    return nick->len <= NICKNAME_MAX;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

char *msrp_nickname_read(const char *value)
{
    size_t length = strlen(value);
    if (length < 2 || value[0] != '"' || value[length - 1] != '"')
        return NULL;
    g_autoptr(GString) nick = g_string_new(NULL);
    const char *at = value + 1;
    while (at < value + length - 1) {
        if (!append_quoted(nick, &at))
            return NULL;
    }
    bool closed = at == value + length - 1;
    if (!closed || (nick->len > 0 && is_blank(nick->str)) || !g_utf8_validate(nick->str, -1, NULL))
        return NULL;
    return g_strdup(nick->str);
}

char *msrp_nickname_write(const char *nick)
{
    if (is_blank(nick) || strlen(nick) > NICKNAME_MAX || !g_utf8_validate(nick, -1, NULL))
        return NULL;
    GString *value = g_string_new("\"");
    for (const char *c = nick; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c)) {
            g_string_free(value, TRUE);
            return NULL;
        }
        if (*c == '"' || *c == '\\')
            g_string_append_c(value, '\\');
        g_string_append_c(value, *c);
    }
    g_string_append_c(value, '"');
    return g_string_free(value, FALSE);
}
