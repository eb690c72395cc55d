// SPDX-License-Identifier: MIT
// Cuts HTML into characters and tags, as tolerantly as a browser and in one pass. Comments,
// declarations, and the content of script, style and their like never come out. HTML 4.01 appendix
// B.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum {
    HTML_TOKEN_END,
    HTML_TOKEN_CHAR,
    HTML_TOKEN_OPEN,
    HTML_TOKEN_CLOSE,
} HtmlTokenKind;

// LIMIT: no element we know has a longer name.
#define HTML_TOKEN_NAME_MAX 15

typedef struct HtmlToken {
    const char *at; // borrowed text; where the next token begins
    const char *end;
    HtmlTokenKind kind;
    gunichar c;                         // CHAR: entities decoded, always legal in XML
    char name[HTML_TOKEN_NAME_MAX + 1]; // OPEN, CLOSE: lower case; "" when longer than we care for
    const char *attributes;             // OPEN: borrowed; what stands between name and ">"
} HtmlToken;

// What: starts at the beginning of a text.
// Shape: `text` is valid UTF-8 without characters illegal in XML; borrowed while tokens are read.
void html_token_init(HtmlToken *self, const char *text);

// What: reads the next token.
// Shape: returns false at the end of the text.
bool html_token_next(HtmlToken *self);

// What: the value of an attribute of an OPEN token, entities decoded, or NULL.
// Shape: owned by the caller; `name` in lower case.
char *html_token_dup_attribute(const HtmlToken *self, const char *name);
