// SPDX-License-Identifier: MIT
// Media types: the strict grammar of RFC 2045 5.1 with white space allowed around ";" and "=", as
// real senders write it; comments in parentheses are refused.
#include "sip/body/content_type.h"

#include "sip/body/body_error.h"
#include "sip/body/quoted.h"

#include <string.h>

// LIMIT: a Content-Type longer than this carries no media type we know; sipe's longest has 300
// octets.
#define TEXT_OCTETS_MAX 4096
// LIMIT: a linear search per look-up stays cheap.
#define PARAMETER_COUNT_MAX 32

typedef struct Cursor {
    const char *start; // borrowed
    const char *at;
} Cursor;

static void content_type_parameter_free(void *data)
{
    ContentTypeParameter *parameter = data;
    g_free(parameter->name);
    g_free(parameter->value);
    g_free(parameter);
}

void content_type_clear(ContentType *self)
{
    g_free(self->type);
    g_free(self->subtype);
    g_clear_pointer(&self->parameters, g_ptr_array_unref);
    *self = (ContentType){0};
}

// RFC 2045 5.1: any US-ASCII character except space, controls and tspecials.
static bool is_token_char(char c)
{
    return c > ' ' && c < 0x7f && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static void skip_space(Cursor *cursor)
{
    cursor->at += strspn(cursor->at, " \t");
}

static bool refuse(const Cursor *cursor, GError **error, const char *wanted)
{
    body_error_set(error, BODY_ERROR_WIRE, (size_t)(cursor->at - cursor->start),
                   "media type: %s expected", wanted);
    return false;
}

static bool read_token(Cursor *cursor, char **token, GError **error)
{
    const char *end = cursor->at;
    while (is_token_char(*end))
        end++;
    if (end == cursor->at)
        return refuse(cursor, error, "token");
    *token = g_strndup(cursor->at, (size_t)(end - cursor->at));
    cursor->at = end;
    return true;
}

static bool read_lower_token(Cursor *cursor, char **token, GError **error)
{
    g_autofree char *raw = NULL;
    if (!read_token(cursor, &raw, error))
        return false;
    *token = g_ascii_strdown(raw, -1);
    return true;
}

static bool read_quoted(Cursor *cursor, char **value, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (cursor->at++; *cursor->at != '"'; cursor->at++) {
        if (*cursor->at == '\\')
            cursor->at++;
        if ((unsigned char)*cursor->at < ' ' && *cursor->at != '\t')
            return refuse(cursor, error, "closing quote");
        g_string_append_c(text, *cursor->at);
    }
    cursor->at++;
    *value = g_string_free(g_steal_pointer(&text), FALSE);
    return true;
}

static bool read_parameter(ContentType *self, Cursor *cursor, GError **error)
{
    ContentTypeParameter *parameter = g_new0(ContentTypeParameter, 1);
    g_ptr_array_add(self->parameters, parameter);
    if (!read_lower_token(cursor, &parameter->name, error))
        return false;
    skip_space(cursor);
    if (*cursor->at != '=')
        return refuse(cursor, error, "'='");
    cursor->at++;
    skip_space(cursor);
    if (*cursor->at == '"')
        return read_quoted(cursor, &parameter->value, error);
    return read_token(cursor, &parameter->value, error);
}

static bool read_parameters(ContentType *self, Cursor *cursor, GError **error)
{
    skip_space(cursor);
    while (*cursor->at == ';') {
        cursor->at++;
        skip_space(cursor);
        if (*cursor->at == '\0')
            break; // COMPAT(various): a trailing semicolon
        if (self->parameters->len == PARAMETER_COUNT_MAX) {
            body_error_set(error, BODY_ERROR_LIMIT, (size_t)(cursor->at - cursor->start),
                           "media type: more than %d parameters", PARAMETER_COUNT_MAX);
            return false;
        }
        if (!read_parameter(self, cursor, error))
            return false;
        skip_space(cursor);
    }
    return *cursor->at == '\0' || refuse(cursor, error, "';' or the end");
}

static bool read_all(ContentType *self, Cursor *cursor, GError **error)
{
    skip_space(cursor);
    if (!read_lower_token(cursor, &self->type, error))
        return false;
    if (*cursor->at != '/')
        return refuse(cursor, error, "'/'");
    cursor->at++;
    return read_lower_token(cursor, &self->subtype, error) && read_parameters(self, cursor, error);
}

bool content_type_read(ContentType *self, const char *text, GError **error)
{
    *self = (ContentType){0};
    if (strnlen(text, TEXT_OCTETS_MAX + 1) > TEXT_OCTETS_MAX) {
        body_error_set(error, BODY_ERROR_LIMIT, TEXT_OCTETS_MAX, "media type: too long");
        return false;
    }
    self->parameters = g_ptr_array_new_with_free_func(content_type_parameter_free);
    Cursor cursor = {.start = text, .at = text};
    if (read_all(self, &cursor, error))
        return true;
    content_type_clear(self);
    return false;
}

static bool is_token(const char *value)
{
    const char *c = value;
    while (is_token_char(*c))
        c++;
    return c != value && *c == '\0';
}

char *content_type_write(const ContentType *self)
{
    g_assert(self->type != NULL);
    GString *out = g_string_new(NULL);
    g_string_printf(out, "%s/%s", self->type, self->subtype);
    for (unsigned i = 0; i < self->parameters->len; i++) {
        const ContentTypeParameter *parameter = self->parameters->pdata[i];
        g_string_append_printf(out, ";%s=", parameter->name);
        if (is_token(parameter->value))
            g_string_append(out, parameter->value);
        else
            quoted_append(out, parameter->value);
    }
    return g_string_free(out, FALSE);
}

const char *content_type_find_parameter(const ContentType *self, const char *name)
{
    for (unsigned i = 0; self->parameters != NULL && i < self->parameters->len; i++) {
        const ContentTypeParameter *parameter = self->parameters->pdata[i];
        if (strcmp(parameter->name, name) == 0)
            return parameter->value;
    }
    return NULL;
}

bool content_type_is(const ContentType *self, const char *wanted)
{
    size_t length = strcspn(wanted, "/");
    if (self->type == NULL || strlen(self->type) != length || wanted[length] != '/' ||
        g_ascii_strncasecmp(self->type, wanted, length) != 0)
        return false;
    const char *subtype = wanted + length + 1;
    return strcmp(subtype, "*") == 0 || g_ascii_strcasecmp(self->subtype, subtype) == 0;
}
