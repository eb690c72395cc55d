// SPDX-License-Identifier: MIT
// Copy, clear, print and parse of Fields, each driven by one table made from the list in fields.h.
#include "mapping/fields.h"

#include <stddef.h>
#include <string.h>

typedef enum { FIELD_NUMBER, FIELD_ADDRESS, FIELD_TEXT, FIELD_FLAG } FieldType;

typedef struct {
    const char *name;
    FieldType type;
    size_t offset;
} FieldRow;

static const FieldRow FIELD_ROWS[] = {
#define ROW_NUMBER(member) {#member, FIELD_NUMBER, offsetof(Fields, member)},
#define ROW_ADDRESS(member) {#member, FIELD_ADDRESS, offsetof(Fields, member)},
#define ROW_TEXT(member) {#member, FIELD_TEXT, offsetof(Fields, member)},
#define ROW_FLAG(member) {#member, FIELD_FLAG, offsetof(Fields, member)},
    FIELDS_LIST(ROW_NUMBER, ROW_ADDRESS, ROW_TEXT, ROW_FLAG)
};

static const char *const HOW_NAMES[] = {
#define HOW_NAME(NAME, text) [HOW_##NAME] = text,
    FIELDS_HOW(HOW_NAME)
};

#define MEMBER(fields, row, type) ((type *)((char *)(fields) + (row)->offset))

const char *fields_how_name(How how)
{
    g_assert((size_t)how < G_N_ELEMENTS(HOW_NAMES));
    return HOW_NAMES[how];
}

// What a person wrote, and what opens a room or a file.
static bool is_secret(const FieldRow *row)
{
    static const size_t secrets[] = {offsetof(Fields, body),   offsetof(Fields, html),
                                     offsetof(Fields, bodies), offsetof(Fields, url),
                                     offsetof(Fields, file_name), offsetof(Fields, password)};
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        if (row->offset == secrets[i])
            return true;
    return false;
}

void fields_copy(Fields *to, const Fields *from)
{
    *to = *from;
    for (size_t i = 0; i < G_N_ELEMENTS(FIELD_ROWS); i++) {
        const FieldRow *row = &FIELD_ROWS[i];
        if (row->type == FIELD_TEXT) {
            char **text = MEMBER(to, row, char *);
            *text = g_strdup(*text);
        } else if (row->type == FIELD_ADDRESS) {
            Address *address = *MEMBER(to, row, Address *);
            if (address != NULL)
                address_ref(address);
        }
    }
}

void fields_copy_shown(Fields *to, const Fields *from)
{
    Fields shown = *from;
    for (size_t i = 0; i < G_N_ELEMENTS(FIELD_ROWS); i++)
        if (is_secret(&FIELD_ROWS[i]))
            *MEMBER(&shown, &FIELD_ROWS[i], char *) = NULL;
    fields_copy(to, &shown);
}

void fields_clear(Fields *fields)
{
    for (size_t i = 0; i < G_N_ELEMENTS(FIELD_ROWS); i++) {
        const FieldRow *row = &FIELD_ROWS[i];
        if (row->type == FIELD_TEXT)
            g_free(*MEMBER(fields, row, char *));
        else if (row->type == FIELD_ADDRESS)
            fields_set_address(MEMBER(fields, row, Address *), NULL);
    }
    *fields = (Fields){0};
}

void fields_set_text(char **field, const char *value)
{
    g_free(*field);
    *field = value != NULL && value[0] != '\0' ? g_strdup(value) : NULL;
}

void fields_set_address(Address **field, Address *value)
{
    if (value != NULL)
        address_ref(value);
    if (*field != NULL)
        address_unref(*field);
    *field = value;
}

static bool text_is_plain(const char *text)
{
    if (text[0] == '\0')
        return false;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c <= ' ' || *c == 0x7f || *c == '"' || *c == '\\')
            return false;
    return true;
}

static bool is_escaped(unsigned char c)
{
    return c < ' ' || c == 0x7f || c == '"' || c == '\\';
}

// Only controls, quotes and backslashes are escaped: UTF-8 stays readable in logs and ladders.
static void escaped_print(GString *into, char c)
{
    if (c == '\n')
        g_string_append(into, "\\n");
    else if (c == '"' || c == '\\')
        g_string_append_printf(into, "\\%c", c);
    else
        g_string_append_printf(into, "\\%03o", (unsigned char)c);
}

static void text_print(GString *into, const char *text)
{
    if (text_is_plain(text)) {
        g_string_append(into, text);
        return;
    }
    g_string_append_c(into, '"');
    while (*text != '\0') {
        const char *start = text;
        while (*text != '\0' && !is_escaped((unsigned char)*text))
            text++;
        g_string_append_len(into, start, text - start);
        if (*text != '\0')
            escaped_print(into, *text++);
    }
    g_string_append_c(into, '"');
}

static void field_print(const Fields *fields, const FieldRow *row, GString *into)
{
    uint64_t number = row->type == FIELD_NUMBER ? *MEMBER(fields, row, const uint64_t) : 0;
    const char *text = row->type == FIELD_TEXT ? *MEMBER(fields, row, char *const) : NULL;
    if (row->type == FIELD_ADDRESS && *MEMBER(fields, row, Address *const) != NULL)
        text = address_jid(*MEMBER(fields, row, Address *const));
    if (row->type == FIELD_FLAG && *MEMBER(fields, row, const bool))
        text = "yes";
    if (number == 0 && text == NULL)
        return;
    g_string_append_c(into, ' ');
    g_string_append(into, row->name);
    g_string_append_c(into, '=');
    if (text != NULL)
        text_print(into, text);
    else
        g_string_append_printf(into, "%" G_GUINT64_FORMAT, number);
}

void fields_print(const Fields *fields, bool with_secrets, GString *into)
{
    if (fields->how != HOW_NONE)
        g_string_append_printf(into, " how=%s", fields_how_name(fields->how));
    if (fields->failure != FAILURE_NONE)
        g_string_append_printf(into, " failure=%s", failure_name(fields->failure));
    for (size_t i = 0; i < G_N_ELEMENTS(FIELD_ROWS); i++)
        if (with_secrets || !is_secret(&FIELD_ROWS[i]))
            field_print(fields, &FIELD_ROWS[i], into);
}

// Reads one value, quoted or plain, and leaves *at behind it. NULL when a quote stays open.
static char *value_read(const char **at)
{
    const char *c = *at;
    if (*c != '"') {
        size_t length = strcspn(c, " ");
        *at = c + length;
        return g_strndup(c, length);
    }
    GString *raw = g_string_new(NULL);
    for (c++; *c != '"' && *c != '\0'; c++) {
        g_string_append_c(raw, *c);
        if (*c == '\\' && c[1] != '\0')
            g_string_append_c(raw, *++c);
    }
    g_autofree char *escaped = g_string_free(raw, FALSE);
    if (*c != '"')
        return NULL;
    *at = c + 1;
    return g_strcompress(escaped);
}

static bool how_parse(How *how, const char *value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(HOW_NAMES); i++)
        if (strcmp(HOW_NAMES[i], value) == 0) {
            *how = (How)i;
            return true;
        }
    return false;
}

static bool value_set(Fields *fields, const FieldRow *row, const char *value)
{
    switch (row->type) {
    case FIELD_NUMBER:
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64,
                                          MEMBER(fields, row, guint64), NULL);
    case FIELD_FLAG:
        *MEMBER(fields, row, bool) = true;
        return strcmp(value, "yes") == 0;
    case FIELD_TEXT:
        fields_set_text(MEMBER(fields, row, char *), value);
        return true;
    case FIELD_ADDRESS:
        break;
    }
    g_autoptr(Address) address = address_from_jid(value);
    fields_set_address(MEMBER(fields, row, Address *), address);
    return address != NULL;
}

static bool field_set(Fields *fields, const char *name, const char *value)
{
    if (strcmp(name, "how") == 0)
        return how_parse(&fields->how, value);
    if (strcmp(name, "failure") == 0) {
        fields->failure = failure_from_name(value);
        return fields->failure != FAILURE_NONE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(FIELD_ROWS); i++)
        if (strcmp(FIELD_ROWS[i].name, name) == 0)
            return value_set(fields, &FIELD_ROWS[i], value);
    return false;
}

bool fields_parse(Fields *fields, const char *text, char **why)
{
    const char *at = text;
    while (*(at += strspn(at, " ")) != '\0') {
        size_t length = strcspn(at, "= ");
        g_autofree char *name = g_strndup(at, length);
        at += length;
        g_autofree char *value = *at == '=' ? (at++, value_read(&at)) : NULL;
        if (value == NULL || !field_set(fields, name, value)) {
            *why = g_strdup_printf("cannot read field '%s=%s'", name, value != NULL ? value : "");
            fields_clear(fields);
            return false;
        }
    }
    return true;
}
