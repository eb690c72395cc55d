// SPDX-License-Identifier: MIT
// Which answers a SEND gets, and REPORT requests to the octet (RFC 4975 7.1.2-7.1.4, 7.2).
#include "sip/msrp/msrp_answer.h"

#include "sip/msrp/msrp_uri.h"

#include <string.h>

MsrpFailure msrp_answer_failure_read(const char *value)
{
    if (g_strcmp0(value, "no") == 0)
        return MSRP_FAILURE_NO;
    return g_strcmp0(value, "partial") == 0 ? MSRP_FAILURE_PARTIAL : MSRP_FAILURE_YES;
}

bool msrp_answer_success_read(const char *value)
{
    return g_strcmp0(value, "yes") == 0;
}

bool msrp_answer_wants_response(MsrpFailure failure, int status)
{
    if (failure == MSRP_FAILURE_PARTIAL)
        return status >= 300;
    return failure == MSRP_FAILURE_YES;
}

bool msrp_answer_wants_report(MsrpFailure failure, bool success, int status)
{
    return status < 300 ? success : failure != MSRP_FAILURE_NO;
}

char *msrp_answer_path(const MsrpFrame *request)
{
    if (request->from_path == NULL)
        return NULL;
    const MsrpUri *next_hop = request->from_path->pdata[0];
    bool one_hop = request->kind == MSRP_KIND_SEND;
    return g_strdup(one_hop ? next_hop->text : request->field[MSRP_FRAME_FROM_PATH]);
}

GBytes *msrp_answer_report_write(const MsrpAnswerReport *report)
{
    GString *out = g_string_new(NULL);
    g_autofree char *range = msrp_message_range_write(&report->range);
    g_autofree char *status =
        g_strdup_printf("000 %03d %s", report->status, msrp_frame_words(report->status));
    msrp_frame_write_request(out, report->tid, "REPORT", report->to_path, report->from_path);
    msrp_frame_write_header(out, msrp_frame_field_name(MSRP_FRAME_MESSAGE_ID), report->message_id);
    msrp_frame_write_header(out, msrp_frame_field_name(MSRP_FRAME_BYTE_RANGE), range);
    msrp_frame_write_header(out, msrp_frame_field_name(MSRP_FRAME_STATUS), status);
    msrp_frame_write_end(out, report->tid, '$', false);
    return g_string_free_to_bytes(out);
}

int msrp_answer_status_read(const char *value)
{
    if (value == NULL || strncmp(value, "000 ", 4) != 0)
        return 0;
    value += 4;
    for (size_t i = 0; i < 3; i++) {
        if (!g_ascii_isdigit(value[i]))
            return 0;
    }
    return value[3] == '\0' || value[3] == ' ' ? (int)g_ascii_strtoull(value, NULL, 10) : 0;
}
