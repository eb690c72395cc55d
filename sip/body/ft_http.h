// SPDX-License-Identifier: MIT
// The RCS document that tells of a file which lies on an HTTP server. One-to-one rows EXT-14,
// EXT-15; GSMA RCC.07 as deployed (the specification itself was not consulted).
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define FT_HTTP_TYPE "application/vnd.gsma.rcs-ft-http+xml"

typedef struct FtHttp {
    char *url;     // owned; never NULL in a value that was read
    char *name;    // owned, or NULL
    char *type;    // owned; media type, or NULL
    uint64_t size; // octets; 0: not said
} FtHttp;

// What: reads a document: the file itself, its thumbnail is skipped.
// Shape: `self` is overwritten; on failure it is left empty.
// Errors: WIRE (no such document, no file in it, no URL), LIMIT (as xml_read).
// Source: one-to-one row EXT-14
bool ft_http_read(FtHttp *self, GBytes *bytes, GError **error);

// What: writes the document for a file.
// Shape: returned bytes are owned by the caller; what is NULL or 0 is left out.
// Source: one-to-one row EXT-15
GBytes *ft_http_write(const FtHttp *self);

// What: frees what the value owns and leaves it empty.
void ft_http_clear(FtHttp *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FtHttp, ft_http_clear)
