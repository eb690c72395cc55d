// SPDX-License-Identifier: MIT
// The content of one line towards SIP: plain text, or text and HTML side by side, with an envelope
// round it or without. The same for MESSAGE and SEND.
#pragma once
#include "mapping/fields.h"
#include "mapping/route.h"
#include "sip/imdn_book.h"

typedef struct {
    char *type;      // owned; Content-Type of the outermost content
    GBytes *content; // owned
    bool is_rich;    // more than the plain text that would do
} LineBody;

// What: the content of a line in the richest form that its command asks for: `wrapped` = in an
//   envelope, with the wishes of its author (receipt, markable), `html` and
//   `bodies` = as text, HTML and other languages side by side, a file with
//   all it takes = as a document about it.
// Shape: `self` is overwritten; clear it in any case with line_body_clear(). Lines end in CRLF. The
//   book keeps the id that notifications will name.
// Source: IM-10; EXT-01, EXT-03, EXT-08, EXT-15, EXT-16.
void line_body_init(LineBody *self, const Route *route, ImdnBook *imdn, const Fields *fields);

// What: whether a line is about a file that can be told by a document of its own.
// Source: EXT-15.
bool line_body_is_file(const Fields *fields);

// What: the content of a line as plain text and no more.
// Shape: as line_body_init().
void line_body_init_plain(LineBody *self, const Fields *fields);

// What: frees what the value owns.
void line_body_clear(LineBody *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LineBody, line_body_clear)

#define LINE_BODY_PLAIN "text/plain;charset=UTF-8"
