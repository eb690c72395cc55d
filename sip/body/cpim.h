// SPDX-License-Identifier: MIT
// message/cpim: an envelope with its own headers around one MIME part. Namespaces are resolved,
// escapes undone; nothing is interpreted beyond that. RFC 3862; RFC 5438 6 and 7 (the imdn
// headers); RFC 7702 5.5.2 writes `<uri>;gr=x`, which is read as a parameter of the URI.
#pragma once
#include "sip/body/mime_part.h"

typedef struct CpimAddress {
    char *name; // owned; display name in UTF-8, NULL when there is none
    char *uri;  // owned; without angle brackets; NULL: no such address
} CpimAddress;

typedef struct CpimSubject {
    char *language; // owned; tag, or NULL
    char *text;     // owned
} CpimSubject;

typedef struct Cpim {
    CpimAddress from;               // uri NULL when the header is absent
    GPtrArray *to;                  // owned, of CpimAddress; never NULL after reading
    GPtrArray *subjects;            // owned, of CpimSubject; never NULL after reading
    GDateTime *sent;                // owned; DateTime in UTC, or NULL
    char *date_time;                // owned; DateTime as it stood, or NULL; not written
    char *message_id;               // owned; imdn.Message-ID, or NULL
    char *disposition_notification; // owned; imdn.Disposition-Notification, or NULL
    char *message_type;             // owned; Message-Type of AG Projects, or NULL; not written
    CpimAddress original_to;        // imdn.Original-To; uri NULL when the header is absent; not written
    GPtrArray *record_route;        // owned, of CpimAddress; imdn.IMDN-Record-Route; not written
    GPtrArray *route;               // owned, of CpimAddress; imdn.IMDN-Route, or NULL; not read
    MimePart content;
} Cpim;

// What: reads a message/cpim body.
// Shape: `self` is overwritten; on failure it is left empty. Unknown headers are skipped, a missing
//        space after the colon is tolerated; `<uri>;gr=x` becomes `uri;gr=x`.
// Errors: WIRE (grammar, no Content-Type inside), LIMIT, UNSUPPORTED (Require names what we do not
//         know).
// Source: RFC 3862 2 to 4
bool cpim_read(Cpim *self, const MimePart *whole, GError **error);

// What: writes a message/cpim body: To, From, DateTime, Subject, NS, imdn headers, then the
//       content.
// Shape: returned bytes are owned by the caller; what is NULL or empty is left out; `to`,
//        `subjects` and `route` may be NULL. Names are always quoted, controls escaped, and characters that
//        would end a URI are percent-encoded: no value can forge a header.
// Source: RFC 3862 2.3, 4
GBytes *cpim_write(const Cpim *self);

// What: a time as DateTime has it, in UTC.
// Shape: owned by the caller (g_free).
// Errors: NULL when UTC has no such year.
// Source: RFC 3862 4.4, RFC 3339 5.6
char *cpim_date_time(GDateTime *time);

// What: starts an empty value for writing: arrays made, everything else NULL.
void cpim_init(Cpim *self);

// What: adds a recipient.
// Shape: `name` may be NULL; both are copied.
void cpim_add_to(Cpim *self, const char *name, const char *uri);

// What: adds a subject.
// Shape: `language` may be NULL; both are copied.
void cpim_add_subject(Cpim *self, const char *language, const char *text);

// What: frees what the value owns and leaves it empty.
// Shape: an empty value may be cleared again.
void cpim_clear(Cpim *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cpim, cpim_clear)
