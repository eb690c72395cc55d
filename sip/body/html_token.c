// SPDX-License-Identifier: MIT
// Every search that fails ends the text, so each octet is looked at a bounded number of times.
#include "sip/body/html_token.h"

#include "sip/body/html_entity.h"

#include <string.h>

typedef struct Slice {
    const char *start;
    size_t length;
} Slice;

// Their content is no text to be read by people; all others are unwrapped.
static const char *const RAW_ELEMENTS[] = {"script", "style", "title", "template", "iframe", NULL};

void html_token_init(HtmlToken *self, const char *text)
{
    *self = (HtmlToken){.at = text, .end = text + strlen(text)};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool slice_is(Slice slice, const char *word)
{
    return strlen(word) == slice.length &&
           g_ascii_strncasecmp(slice.start, word, slice.length) == 0;
}

static Slice read_value(const char **at, const char *end)
{
    const char *start = *at;
    if (start < end && (*start == '"' || *start == '\'')) {
        const char *close = memchr(start + 1, *start, (size_t)(end - start - 1));
        *at = close != NULL ? close + 1 : end;
        return (Slice){start + 1, (size_t)((close != NULL ? close : end) - start - 1)};
    }
    while (*at < end && !is_space(**at) && **at != '>')
        ++*at;
    return (Slice){start, (size_t)(*at - start)};
}

static void skip_space(const char **at, const char *end)
{
    while (*at < end && is_space(**at))
        ++*at;
}

// Reads one attribute; false at ">" or at the end of the text.
static bool read_attribute(const char **at, const char *end, Slice *name, Slice *value)
{
    while (*at < end && (is_space(**at) || **at == '/'))
        ++*at;
    if (*at == end || **at == '>')
        return false;
    name->start = (*at)++; // whatever it is: progress
    while (*at < end && !is_space(**at) && memchr("/>=", **at, 3) == NULL)
        ++*at;
    name->length = (size_t)(*at - name->start);
    *value = (Slice){*at, 0};
    skip_space(at, end);
    if (*at < end && **at == '=') {
        ++*at;
        skip_space(at, end);
        *value = read_value(at, end);
    }
    return true;
}

// Where `mark` stands next, or NULL. It looks at no octet behind the place it finds.
static const char *find(const HtmlToken *self, const char *from, const char *mark)
{
    size_t length = strlen(mark);
    for (const char *at = from; (at = memchr(at, *mark, (size_t)(self->end - at))) != NULL; at++) {
        if (strncmp(at, mark, length) == 0)
            return at;
    }
    return NULL;
}

// Moves behind the next occurrence of `mark`, or to the end of the text.
static void skip_past(HtmlToken *self, const char *mark)
{
    const char *found = find(self, self->at, mark);
    self->at = found != NULL ? found + strlen(mark) : self->end;
}

// Moves to the end tag of an element whose content is not for people.
static void skip_raw(HtmlToken *self)
{
    size_t length = strlen(self->name);
    for (const char *at = self->at; (at = find(self, at, "</")) != NULL; at += 2) {
        const char *name = at + 2;
        if (g_ascii_strncasecmp(name, self->name, length) == 0 && !g_ascii_isalnum(name[length])) {
            self->at = at;
            return;
        }
    }
    self->at = self->end;
}

static void read_name(HtmlToken *self)
{
    const char *start = self->at;
    while (self->at < self->end && !is_space(*self->at) && *self->at != '/' && *self->at != '>')
        self->at++;
    size_t length = (size_t)(self->at - start);
    self->name[0] = '\0';
    if (length > HTML_TOKEN_NAME_MAX)
        return;
    for (size_t i = 0; i < length; i++)
        self->name[i] = g_ascii_tolower(start[i]);
    self->name[length] = '\0';
}

// A tag that the text ends in the middle of is no tag.
static bool read_tag(HtmlToken *self)
{
    self->at++;
    self->kind = *self->at == '/' ? HTML_TOKEN_CLOSE : HTML_TOKEN_OPEN;
    if (self->kind == HTML_TOKEN_CLOSE)
        self->at++;
    read_name(self);
    self->attributes = self->at;
    Slice name, value;
    while (read_attribute(&self->at, self->end, &name, &value))
        continue;
    if (self->at == self->end)
        return false;
    self->at++;
    if (self->kind == HTML_TOKEN_OPEN && g_strv_contains(RAW_ELEMENTS, self->name))
        skip_raw(self);
    return true;
}

static bool is_tag(const char *at)
{
    return at[0] == '<' && (g_ascii_isalpha(at[1]) || (at[1] == '/' && g_ascii_isalpha(at[2])));
}

// Comments, DOCTYPE, CDATA marks, processing instructions, "</>": all without content for us.
static bool skip_markup(HtmlToken *self)
{
    if (g_str_has_prefix(self->at, "<!--")) {
        self->at += 4;
        skip_past(self, "-->");
        return true;
    }
    if (self->at[0] == '<' && self->at[1] != '\0' && strchr("!?/", self->at[1]) != NULL) {
        skip_past(self, ">");
        return true;
    }
    return false;
}

static void read_char(HtmlToken *self)
{
    self->kind = HTML_TOKEN_CHAR;
    size_t used = *self->at == '&' ? html_entity_read(self->at, &self->c) : 0;
    if (used == 0) {
        self->c = g_utf8_get_char(self->at);
        used = (size_t)(g_utf8_next_char(self->at) - self->at);
    }
    self->at += used;
}

bool html_token_next(HtmlToken *self)
{
    while (self->at < self->end) {
        if (is_tag(self->at)) {
            if (read_tag(self))
                return true;
        } else if (!skip_markup(self)) {
            read_char(self);
            return true;
        }
    }
    self->kind = HTML_TOKEN_END;
    return false;
}

static char *decode(Slice slice)
{
    g_autofree char *text = g_strndup(slice.start, slice.length);
    GString *out = g_string_sized_new(slice.length);
    for (const char *at = text; *at != '\0';) {
        gunichar c;
        size_t used = *at == '&' ? html_entity_read(at, &c) : 0;
        if (used > 0)
            g_string_append_unichar(out, c);
        else
            g_string_append_c(out, *at);
        at += MAX(used, 1);
    }
    return g_string_free(out, FALSE);
}

char *html_token_dup_attribute(const HtmlToken *self, const char *name)
{
    const char *at = self->attributes;
    Slice found, value;
    while (read_attribute(&at, self->end, &found, &value)) {
        if (slice_is(found, name))
            return decode(value);
    }
    return NULL;
}
