// SPDX-License-Identifier: MIT
// One MIME entity: its type, the few headers we look at, its octets, and how deep it was wrapped.
// The outermost one is made from the SIP or MSRP headers; cpim.c and multipart.c take one and give
// more. RFC 2045; the depth is bounded so that wrappers cannot nest without end.
#pragma once
#include "sip/body/content_type.h"

typedef struct MimePart {
    ContentType type;  // owned
    char *disposition; // owned; Content-Disposition as it stands, or NULL
    char *id;          // owned; Content-ID without its angle brackets, or NULL
    char *language;    // owned; Content-Language as it stands, or NULL
    GBytes *content;   // owned; never NULL in a part that was read
    unsigned depth;    // number of wrappers around it
} MimePart;

// What: makes the outermost part from the Content-Type of a SIP request or MSRP message and its
//       body; also the way to fill the content of something to be written.
// Shape: `self` is overwritten; `content_type` is not NULL; `content` is shared (a reference is
//        taken); on failure `self` is empty.
// Errors: as content_type_read.
bool mime_part_init(MimePart *self, const char *content_type, GBytes *content, GError **error);

// What: frees what the part owns and leaves it empty.
// Shape: an empty value may be cleared again.
void mime_part_clear(MimePart *self);

// What: the same for one on the heap (a GDestroyNotify), and frees it.
void mime_part_free(void *part);

// What: reads header lines, a blank line and the content, as they stand inside a wrapper.
// Shape: octets `from` to `to` of `wrapper->content`, shared with it. A missing Content-Type leaves
//        `type` empty. Any Content-Transfer-Encoding that changes octets, and any Content-Encoding,
//        makes the type application/octet-stream: nobody may mistake the coded octets for the
//        content.
// Errors: WIRE (grammar), LIMIT (header size and number, nesting).
// Source: RFC 2045 3, 6.4; RFC 2046 5.1.1; one-to-one row EXT-21 (depth)
bool mime_part_read_inside(MimePart *self, const MimePart *wrapper, size_t from, size_t to,
                           GError **error);

// What: writes the headers, the blank line and the content to the end of `out`.
// Shape: header values are freed of control characters; `self->type` must not be empty.
// Source: RFC 2045 3
void mime_part_write(const MimePart *self, GByteArray *out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MimePart, mime_part_clear)
