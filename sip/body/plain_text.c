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

// How many octets from the start on are UTF-8; NUL is a character here.
static size_t utf8_octets(const char *text, size_t length)
{
    const char *end = text + length;
    const char *stop;
    for (const char *at = text; !g_utf8_validate_len(at, (size_t)(end - at), &stop);
         at = stop + 1) {
        if (*stop != '\0')
            return (size_t)(stop - text);
    }
    return length;
}

static bool refuse_octets(GError **error, size_t offset, const char *charset)
{
    body_error_set(error, BODY_ERROR_WIRE, offset, "octets not valid in charset %s", charset);
    return false;
}

// The usual case, without a converter.
static bool take_utf8(char **utf8, size_t *length, GBytes *bytes, const char *charset,
                      GError **error)
{
    const char *start = g_bytes_get_data(bytes, length);
    size_t legal = *length > 0 ? utf8_octets(start, *length) : 0;
    if (legal < *length)
        return refuse_octets(error, legal, charset);
    *utf8 = *length > 0 ? g_memdup2(start, *length) : g_strdup("");
    return true;
}

// GLib stops at a character that is cut off at the end without calling it an error; the C library
// lets sequences of five and six octets through.
static bool convert(char **utf8, size_t *length, GBytes *bytes, const char *charset, GError **error)
{
    GIConv converter = g_iconv_open("UTF-8", charset);
    if (converter == (GIConv)-1) {
        body_error_set(error, BODY_ERROR_CHARSET, 0, "unknown charset %s", charset);
        return false;
    }
    size_t size, used = 0;
    const char *start = g_bytes_get_data(bytes, &size);
    g_autofree char *text =
        g_convert_with_iconv(size > 0 ? start : "", (gssize)size, converter, &used, length, NULL);
    g_iconv_close(converter);
    if (text == NULL || used < size || utf8_octets(text, *length) < *length)
        return refuse_octets(error, used, charset);
    *utf8 = g_steal_pointer(&text);
    return true;
}

static bool to_utf8(char **utf8, size_t *length, GBytes *bytes, const char *charset, GError **error)
{
    if (g_bytes_get_size(bytes) > TEXT_OCTETS_MAX) {
        body_error_set(error, BODY_ERROR_LIMIT, TEXT_OCTETS_MAX, "text too large");
        return false;
    }
    if (!is_charset_name(charset)) {
        body_error_set(error, BODY_ERROR_CHARSET, 0, "no charset name");
        return false;
    }
    if (g_ascii_strcasecmp(charset, "UTF-8") == 0)
        return take_utf8(utf8, length, bytes, charset, error);
    return convert(utf8, length, bytes, charset, error);
}

// LIMIT: U+FFFD takes three octets, so the text grows threefold at most.
static char *clean(const char *utf8, size_t length)
{
    GString *out = g_string_sized_new(length);
    const char *end = utf8 + length, *taken = utf8; // all before it is in `out`
    for (const char *at = utf8; at < end; at = g_utf8_next_char(at)) {
        bool is_line_end = *at == '\r' && at + 1 < end && at[1] == '\n';
        if (!is_line_end && xml_is_char(g_utf8_get_char(at)))
            continue;
        g_string_append_len(out, taken, at - taken);
        if (!is_line_end)
            g_string_append_unichar(out, 0xFFFD);
        taken = g_utf8_next_char(at);
    }
    g_string_append_len(out, taken, end - taken);
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
