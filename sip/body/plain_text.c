// SPDX-License-Identifier: MIT
// Character sets by g_iconv, then one pass over the characters.
#include "sip/body/plain_text.h"

#include "sip/body/body_error.h"
#include "sip/body/xml.h"

#include <string.h>

// LIMIT: the longest registered name of a character set has 45 characters.
#define CHARSET_OCTETS_MAX 45
// LIMIT: a text body; what the gateway takes over SIP and MSRP is far smaller.
#define TEXT_OCTETS_MAX (1024 * 1024)

// g_iconv hands the name to the C library, where "/" has a meaning ("//TRANSLIT", paths of
// modules).
static bool is_charset_name(const char *charset)
{
    static const char allowed[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.:+()";
    size_t length = strspn(charset, allowed);
    return charset[length] == '\0' && length > 0 && length <= CHARSET_OCTETS_MAX;
}

static bool convert_error(GError *cause, size_t at, const char *charset, GError **error)
{
    if (g_error_matches(cause, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION))
        body_error_set(error, BODY_ERROR_CHARSET, 0, "unknown charset %s", charset);
    else
        body_error_set(error, BODY_ERROR_WIRE, at, "octets not valid in charset %s", charset);
    return false;
}

static bool to_utf8(char **utf8, size_t *length, GBytes *bytes, const char *charset, GError **error)
{
    size_t size;
    const char *start = g_bytes_get_data(bytes, &size);
    if (size > TEXT_OCTETS_MAX) {
        body_error_set(error, BODY_ERROR_LIMIT, TEXT_OCTETS_MAX, "text too large");
        return false;
    }
    if (!is_charset_name(charset)) {
        body_error_set(error, BODY_ERROR_CHARSET, 0, "no charset name");
        return false;
    }
    size_t at = 0;
    g_autoptr(GError) cause = NULL;
    *utf8 = g_convert(size > 0 ? start : "", (gssize)size, "UTF-8", charset, &at, length, &cause);
    return *utf8 != NULL || convert_error(cause, at, charset, error);
}

// LIMIT: U+FFFD takes three octets, so the text grows threefold at most.
static char *clean(const char *utf8, size_t length)
{
    GString *out = g_string_sized_new(length);
    const char *end = utf8 + length;
    for (const char *at = utf8; at < end; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char_validated(at, end - at); // NUL is "invalid" to it
        if (c == '\r' && at + 1 < end && at[1] == '\n')
            continue;
        g_string_append_unichar(out, xml_is_char(c) ? c : 0xFFFD);
    }
    return g_string_free(out, FALSE);
}

bool plain_text_read(char **text, GBytes *bytes, const char *charset, GError **error)
{
    g_autofree char *utf8 = NULL;
    size_t length = 0;
    if (!to_utf8(&utf8, &length, bytes, charset != NULL ? charset : "UTF-8", error))
        return false;
    *text = clean(utf8, length);
    return true;
}

GBytes *plain_text_write(const char *text)
{
    GString *out = g_string_sized_new(strlen(text));
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n' && (c == text || c[-1] != '\r'))
            g_string_append_c(out, '\r');
        g_string_append_c(out, *c);
    }
    return g_string_free_to_bytes(out);
}
