// SPDX-License-Identifier: MIT
// The one error domain of sip/body. Every reader here answers bool and, when it says no, one of
// these codes with the offset of the offending octet in the message.
#pragma once
#include <glib.h>

typedef enum {
    BODY_ERROR_WIRE,    // the octets break the grammar of their format (SIP: 400)
    BODY_ERROR_LIMIT,   // well formed perhaps, but larger, deeper or more than we read (SIP: 413)
    BODY_ERROR_CHARSET, // a character set nobody here knows (SIP: 415)
    BODY_ERROR_UNSUPPORTED, // well formed, but demands something we do not do (SIP: 415)
} BodyErrorCode;

#define BODY_ERROR (body_error_quark())

// What: the quark of the domain; use BODY_ERROR.
// Shape: constant for the life of the process.
GQuark body_error_quark(void);

// What: fills `error` with "offset N: text".
// Shape: `error` may be NULL; `offset` counts octets from the start of the document the reader was
//        given.
void body_error_set(GError **error, BodyErrorCode code, size_t offset, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
