// SPDX-License-Identifier: MIT
// Backslash and percent escapes; sets of table 2.1.
#include "mapping/escape.h"

#include "mapping/precis.h"

#include <glib.h>
#include <string.h>

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define USER_RAW ALNUM "-_.!~*'()&=+$,;?/" // class S of section 2
#define PARAM_RAW ALNUM "-_.!~*'()[]/:&+$" // class P of section 2
#define XMPP_RAW ALNUM "-_.~!$()*+,;="     // unreserved and nodeallow, RFC 5122 2.2

// XEP-0106 table 2: the ten characters and their codes.
static const struct {
    char plain;
    const char *code;
} ESCAPES[] = {
    {' ', "\\20"}, {'"', "\\22"}, {'&', "\\26"}, {'\'', "\\27"}, {'/', "\\2f"},
    {':', "\\3a"}, {'<', "\\3c"}, {'>', "\\3e"}, {'@', "\\40"},  {'\\', "\\5c"},
};

// The plain character of the code that `text` begins with, or NUL.
static char code_at(const char *text)
{
    for (size_t i = 0; *text == '\\' && i < G_N_ELEMENTS(ESCAPES); i++)
        if (strncmp(text, ESCAPES[i].code, 3) == 0)
            return ESCAPES[i].plain;
    return '\0';
}

static const char *code_of(char plain)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ESCAPES); i++)
        if (ESCAPES[i].plain == plain)
            return ESCAPES[i].code;
    return NULL;
}

char *escape_local(const char *plain)
{
    GString *out = g_string_new(NULL);
    for (const char *p = plain; *p != '\0'; p++) {
        const char *code = code_of(*p);
        if (code != NULL && (*p != '\\' || code_at(p) != '\0'))
            g_string_append(out, code);
        else
            g_string_append_c(out, *p);
    }
    return g_string_free(out, FALSE);
}

char *escape_undo_local(const char *local)
{
    GString *out = g_string_new(NULL);
    for (const char *p = local; *p != '\0'; p++) {
        char plain = code_at(p);
        g_string_append_c(out, plain != '\0' ? plain : *p);
        p += plain != '\0' ? 2 : 0;
    }
    return g_string_free(out, FALSE);
}

static char *percent_encode(const char *plain, const char *raw)
{
    GString *out = g_string_new(NULL);
    for (const char *p = plain; *p != '\0'; p++) {
        if (strchr(raw, *p) != NULL)
            g_string_append_c(out, *p);
        else
            g_string_append_printf(out, "%%%02X", (unsigned char)*p);
    }
    return g_string_free(out, FALSE);
}

char *escape_uri_user(const char *plain)
{
    return percent_encode(plain, USER_RAW);
}

char *escape_uri_param(const char *plain)
{
    return percent_encode(plain, PARAM_RAW);
}

char *escape_xmpp_uri(const char *plain)
{
    return percent_encode(plain, XMPP_RAW);
}

static bool is_percent_code(const char *text)
{
    return text[0] == '%' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2]);
}

char *escape_undo_percent(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (!is_percent_code(p)) {
            g_string_append_c(out, *p);
            continue;
        }
        g_string_append_c(out, (char)(g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2])));
        p += 2;
    }
    // g_utf8_validate() stops at a NUL octet, so %00 is refused here together with bad sequences.
    if (!g_utf8_validate(out->str, (gssize)out->len, NULL) || precis_has_control(out->str))
        return NULL;
    return g_string_free(g_steal_pointer(&out), FALSE);
}

bool escape_is_uri_user(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if (strchr(USER_RAW, *p) == NULL && !is_percent_code(p))
            return false;
    return *text != '\0';
}
