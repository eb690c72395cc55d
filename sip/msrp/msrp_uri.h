// SPDX-License-Identifier: MIT
// MSRP URIs and paths made of them: read, compare, write (RFC 4975 6, 6.1, 9).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    char *text;       // owned: as it was read; what goes back to the peer
    bool secure;      // scheme msrps
    char *host;       // owned: lower case, or the canonical form of an IP address without brackets
    uint16_t port;    // 0: absent
    char *session_id; // owned; NULL: absent
    char *transport;  // owned: lower case
} MsrpUri;

#define MSRP_URI_PATH_MAX 8 // LIMIT: URIs of one path; more than any chain of relays in use

// What: reads one URI of `length` octets.
// Shape: owned by the caller.
// Errors: NULL for anything that is no MSRP URI or longer than 1024 octets.
// Source: RFC 4975 9.
MsrpUri *msrp_uri_read(const char *text, size_t length);

void msrp_uri_free(MsrpUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpUri, msrp_uri_free)

// What: another one of the same content.
// Shape: owned by the caller.
MsrpUri *msrp_uri_copy(const MsrpUri *uri);

// What: puts another host and port into it; the text stays what was read.
// Shape: `host` is a name or an address without brackets.
void msrp_uri_set_address(MsrpUri *uri, const char *host, uint16_t port);

// What: whether two URIs name the same.
// Source: RFC 4975 6.1; MSRP-013.
bool msrp_uri_equal(const MsrpUri *a, const MsrpUri *b);

// What: writes the URI of a session at our own host.
// Shape: `host` without brackets; owned by the caller.
char *msrp_uri_write(bool secure, const char *host, uint16_t port, const char *session_id);

// What: reads a path, leftmost URI first.
// Shape: array of MsrpUri that owns them; owned by the caller.
// Errors: NULL unless there are 1 to MSRP_URI_PATH_MAX good URIs with one space between them.
// Source: RFC 4975 8.2, 9; MSRP-025.
GPtrArray *msrp_uri_path_read(const char *text);
