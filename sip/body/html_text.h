// SPDX-License-Identifier: MIT
// text/html to plain text and to XHTML-IM limited to what XEP-0071 recommends. A tolerant tokenizer
// of our own: one pass, no tree, no failure on bad markup. One-to-one row IM-27; XEP-0071 7.
#pragma once
#include <glib.h>
#include <stdbool.h>

// The XHTML form is what goes inside <body xmlns='http://www.w3.org/1999/xhtml'>, well formed.
typedef struct HtmlText {
    char *plain; // owned; UTF-8, LF
    char *xhtml; // owned; NULL when the markup is beyond our bounds
} HtmlText;

// What: turns an HTML body into both forms.
// Shape: `charset` NULL means UTF-8; `self` is overwritten; on failure it is left empty.
// Errors: those of plain_text_read; markup itself never fails.
// Source: one-to-one row IM-27; XEP-0071 7
bool html_text_read(HtmlText *self, GBytes *bytes, const char *charset, GError **error);

// What: frees what the value owns and leaves it empty.
// Shape: an empty value may be cleared again.
void html_text_clear(HtmlText *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HtmlText, html_text_clear)
