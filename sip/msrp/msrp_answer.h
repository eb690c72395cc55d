// SPDX-License-Identifier: MIT
// Which answers a SEND gets, and REPORT requests to the octet (RFC 4975 7.1.2-7.1.4, 7.2; MSRP-008,
// MSRP-009).
#pragma once

#include "sip/msrp/msrp_frame.h"
#include "sip/msrp/msrp_message.h"

// What: reads the two headers; absent means yes for failures and no for success.
MsrpFailure msrp_answer_failure_read(const char *value);
bool msrp_answer_success_read(const char *value);

// What: whether a transaction response with this status is to be sent.
bool msrp_answer_wants_response(MsrpFailure failure, int status);

// What: whether a REPORT with this status is to be sent.
bool msrp_answer_wants_report(MsrpFailure failure, bool success, int status);

// What: the paths of an answer to a request: To-Path is the sender's next hop for a SEND, its whole
// path for everything else.
// Shape: owned by the caller; NULL when the request does not say where it came from.
// Source: RFC 4975 7.2.
char *msrp_answer_path(const MsrpFrame *request);

// A REPORT about `range`; strings borrowed.
typedef struct {
    const char *tid;
    const char *to_path;   // the whole From-Path of the SEND
    const char *from_path; // our own URI
    const char *message_id;
    MsrpMessageRange range;
    int status;
} MsrpAnswerReport;

// What: writes it.
// Shape: owned by the caller.
GBytes *msrp_answer_report_write(const MsrpAnswerReport *report);

// What: reads the value of Status.
// Errors: 0 for a bad syntax and for a namespace other than 000.
// Source: RFC 4975 9, 7.1.3.
int msrp_answer_status_read(const char *value);
