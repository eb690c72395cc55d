// SPDX-License-Identifier: MIT
// One MSRP frame, a request or a response: the value, and how it is written (RFC 4975 7, 9).
// Reading is in msrp_parser.h.
#pragma once

#include "sip/msrp/msrp.h"
#include "sip/msrp/msrp_budget.h"

#define MSRP_FRAME_TID_MAX 32 // ident of RFC 4975 9

// The headers MSRP itself gives a meaning to.
typedef enum {
    MSRP_FRAME_TO_PATH,
    MSRP_FRAME_FROM_PATH,
    MSRP_FRAME_MESSAGE_ID,
    MSRP_FRAME_SUCCESS_REPORT,
    MSRP_FRAME_FAILURE_REPORT,
    MSRP_FRAME_BYTE_RANGE,
    MSRP_FRAME_STATUS,
    MSRP_FRAME_USE_NICKNAME,
    MSRP_FRAME_CONTENT_TYPE,
    MSRP_FRAME_FIELD_COUNT
} MsrpFrameField;

typedef struct {
    MsrpKind kind;
    char tid[MSRP_FRAME_TID_MAX + 1];
    char *method;  // owned; NULL for a response
    int status;    // of a response
    char *comment; // owned; of a response; NULL: none
    char *field[MSRP_FRAME_FIELD_COUNT]; // owned values; NULL: absent
    GPtrArray *to_path;   // owned, of MsrpUri; NULL: absent or bad
    GPtrArray *from_path; // owned, likewise
    GArray *others; // owned, of MsrpHeader with owned strings: every other header in order
    bool has_body;
    const uint8_t *body; // borrowed from `octets`
    size_t length;
    char flag;      // '$', '+', '#'; '$' for a frame that is too long
    int fault;      // 0, or 400: the frame has its bounds, but not its form
    bool too_long;  // the body was more than we take and is not here
    GByteArray *octets; // owned: as received; of a frame that is too long only its head
    MsrpBudget *budget; // borrowed: what `charged` came from
    size_t charged;
} MsrpFrame;

void msrp_frame_free(MsrpFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpFrame, msrp_frame_free)

// What: the name of a header.
// Shape: static.
const char *msrp_frame_field_name(MsrpFrameField field);

// What: the usual words for a status code.
// Shape: static; "Status" for one that has none.
// Source: RFC 4975 10; RFC 7701 12.2.
const char *msrp_frame_words(int status);

// What: whether `text` is an ident, as Message-ID and transaction id must be.
// Source: RFC 4975 9.
bool msrp_frame_is_ident(const char *text);

// What: begins a request in `out`: start line and paths.
// Shape: paths as text, URIs separated by one space.
void msrp_frame_write_request(GString *out, const char *tid, const char *method,
                              const char *to_path, const char *from_path);

// What: adds one header.
// Shape: the value must be free of control characters (msrp_frame_is_text()).
void msrp_frame_write_header(GString *out, const char *name, const char *value);

// What: ends a frame without body, or the body before it.
void msrp_frame_write_end(GString *out, const char *tid, char flag, bool has_body);

// What: a whole response.
// Shape: `comment` may be NULL for the usual words; owned by the caller.
// Source: RFC 4975 7.2.
GBytes *msrp_frame_write_response(const char *tid, int status, const char *comment,
                                  const char *to_path, const char *from_path);

// What: whether a text can be the value of a header: UTF-8 without control characters.
// Source: RFC 4975 9 (utf8text); SEC-06.
bool msrp_frame_is_text(const char *text);

// What: whether a text can be the name of a header that we may add for somebody else: a token that
// begins with a letter and is none of MSRP's own.
bool msrp_frame_is_foreign_name(const char *name);

// What: a transaction id whose end-line does not occur in the body.
// Shape: `candidate` writes the next id to try (at most 32 octets and NUL) on each call.
// Source: RFC 4975 7.1; MSRP-003.
void msrp_frame_choose_tid(char tid[MSRP_FRAME_TID_MAX + 1], const uint8_t *body, size_t length,
                           void (*candidate)(void *user, char *tid), void *user);
