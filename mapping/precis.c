// SPDX-License-Identifier: MIT
// Name preparation on GLib's Unicode tables; classes as RFC 8264 section 8 derives them.
#include "mapping/precis.h"

#include <glib.h>
#include <string.h>

enum {
    PRECIS_OCTETS_MAX = 1023, // LIMIT: RFC 7622 3.3; also keeps reordering of marks in NFC short
    PRECIS_DECOMPOSED_MAX = G_UNICHAR_MAX_DECOMPOSITION_LENGTH,
};

typedef struct {
    gunichar first, last;
} PrecisRange;

// RFC 8264 9.6, DISALLOWED and 9.13 (PrecisIgnorableProperties) beyond what the category tells.
static const PrecisRange PRECIS_REFUSED[] = {
    {0x0640, 0x0640}, {0x07fa, 0x07fa}, {0x302e, 0x302f}, {0x3031, 0x3035}, {0x303b, 0x303b},
    {0x034f, 0x034f}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f}, {0xffa0, 0xffa0}, {0xe0100, 0xe01ef},
};

// RFC 8264 9.6, PVALID and CONTEXTO beyond what the category tells.
static const PrecisRange PRECIS_ADMITTED[] = {
    {0x00b7, 0x00b7}, {0x0375, 0x0375}, {0x05f3, 0x05f4}, {0x06fd, 0x06fe}, {0x0f0b, 0x0f0b},
    {0x3007, 0x3007}, {0x30fb, 0x30fb},
};

// RFC 3454 C.6 and C.7, which the resourceprep of today's servers refuses though FreeformClass has them.
static const PrecisRange PRECIS_NOT_IN_RESOURCE[] = {{0x2ff0, 0x2ffb}, {0xfff9, 0xfffd}};

static bool in_ranges(gunichar c, const PrecisRange *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static bool is_old_jamo(gunichar c)
{
    GUnicodeBreakType type = g_unichar_break_type(c);
    return type == G_UNICODE_BREAK_HANGUL_L_JAMO || type == G_UNICODE_BREAK_HANGUL_V_JAMO ||
           type == G_UNICODE_BREAK_HANGUL_T_JAMO;
}

// RFC 8264 9.17: its compatibility form differs from its canonical form.
static bool has_compatibility_form(gunichar c)
{
    gunichar canonical[PRECIS_DECOMPOSED_MAX], compatible[PRECIS_DECOMPOSED_MAX];
    gsize n = g_unichar_fully_decompose(c, FALSE, canonical, PRECIS_DECOMPOSED_MAX);
    gsize m = g_unichar_fully_decompose(c, TRUE, compatible, PRECIS_DECOMPOSED_MAX);
    return n != m || memcmp(canonical, compatible, n * sizeof canonical[0]) != 0;
}

// RFC 8264 9.1 LetterDigits.
static bool is_letter_or_digit(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_LOWERCASE_LETTER || type == G_UNICODE_UPPERCASE_LETTER ||
           type == G_UNICODE_OTHER_LETTER || type == G_UNICODE_MODIFIER_LETTER ||
           type == G_UNICODE_DECIMAL_NUMBER || type == G_UNICODE_NON_SPACING_MARK ||
           type == G_UNICODE_SPACING_MARK;
}

static bool is_identifier_char(gunichar c)
{
    if (c < 0x80)
        return c > 0x20 && c < 0x7f;
    if (in_ranges(c, PRECIS_ADMITTED, G_N_ELEMENTS(PRECIS_ADMITTED)))
        return true;
    if (in_ranges(c, PRECIS_REFUSED, G_N_ELEMENTS(PRECIS_REFUSED)))
        return false;
    return is_letter_or_digit(c) && !is_old_jamo(c) && !has_compatibility_form(c);
}

// RFC 8265 3.3.2 rule 1: full-width and half-width characters become their ordinary ones.
static void append_width_mapped(GString *out, gunichar c)
{
    gunichar parts[PRECIS_DECOMPOSED_MAX] = {c};
    gsize count = 1;
    if (c == 0x3000 || (c >= 0xff01 && c <= 0xffee))
        count = g_unichar_fully_decompose(c, TRUE, parts, PRECIS_DECOMPOSED_MAX);
    for (gsize i = 0; i < count; i++)
        g_string_append_unichar(out, g_unichar_tolower(parts[i]));
}

char *precis_fold(const char *text)
{
    size_t length = strlen(text);
    if (length > PRECIS_OCTETS_MAX)
        return NULL;
    if (g_str_is_ascii(text)) // nearly all names; nothing to map or compose
        return g_ascii_strdown(text, (gssize)length);
    if (!g_utf8_validate(text, (gssize)length, NULL))
        return NULL;
    g_autoptr(GString) mapped = g_string_sized_new(length);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        append_width_mapped(mapped, g_utf8_get_char(p));
    return g_utf8_normalize(mapped->str, (gssize)mapped->len, G_NORMALIZE_NFC);
}

bool precis_is_identifier(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        if (!is_identifier_char(g_utf8_get_char(p)))
            return false;
    return *text != '\0';
}

bool precis_has_control(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)))
            return true;
    return false;
}

// FreeformClass (RFC 8264 4.3) lets nearly everything pass; spaces are handled before.
static bool is_freeform_char(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_SURROGATE ||
        type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_UNASSIGNED ||
        type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        return false;
    return !in_ranges(c, PRECIS_REFUSED, G_N_ELEMENTS(PRECIS_REFUSED)) && !is_old_jamo(c) &&
           !in_ranges(c, PRECIS_NOT_IN_RESOURCE, G_N_ELEMENTS(PRECIS_NOT_IN_RESOURCE));
}

// RFC 8266 2.1 rule 2: all spaces are U+0020, none at the ends, never two.
static void append_nickname_char(GString *out, gunichar c)
{
    bool is_space = g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_SPACE_SEPARATOR;
    if (is_space && out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
    if (!is_space && is_freeform_char(c))
        g_string_append_unichar(out, c);
}

char *precis_nickname(const char *text)
{
    g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
    if (normal == NULL)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = normal; *p != '\0'; p = g_utf8_next_char(p))
        append_nickname_char(out, g_utf8_get_char(p));
    if (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    return out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
