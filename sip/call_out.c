// SPDX-License-Identifier: MIT
// Lines of a call on their way out; see call_out.h.
#include "sip/call_out.h"

#include <string.h>

#include "sip/call_media_core.h"

static bool may_send(const CallMedia *media)
{
    return call_media_core_session(media) != NULL && media->peer_path != NULL &&
           (media->direction == MSRP_SDP_SENDRECV || media->direction == MSRP_SDP_SENDONLY);
}

static void deliver(CallMedia *media, uint64_t row, FailureReason failure, How how, int status)
{
    if (row == 0) {
        return;
    }
    Event *event = event_new(EVENT_DELIVERY, SIDE_SIP);
    event->f.leg = media->leg;
    event->f.row = row;
    event->f.failure = failure;
    event->f.how = how;
    event->f.status = (uint64_t)status;
    gate_core_raise(media->core, event);
}

// 481 and 506 say that the session is not there: whether the line arrived is unknown (CHAT-52).
static bool is_lost(int status)
{
    return status == MSRP_SESSION_STATUS_UNKNOWN || status == 481 || status == 506;
}

static void deliver_status(CallMedia *media, uint64_t row, int status, How late)
{
    if (status / 100 == 2) {
        deliver(media, row, FAILURE_NONE, late, 0);
    } else if (is_lost(status)) {
        deliver(media, row, FAILURE_RECIPIENT_UNAVAILABLE, late != HOW_NONE ? late : HOW_LOST,
                status);
    } else {
        How how = status == 408 ? HOW_TIMEOUT : HOW_REFUSED;
        deliver(media, row, failure_from_msrp(status), late != HOW_NONE ? late : how, status);
    }
}

// A type that was refused is not sent again, whatever the description says (CHAT-14).
static char *type_key(const char *top, const char *inner)
{
    g_autofree char *bare = g_strndup(top, strcspn(top, "; "));
    return g_strdup_printf("%s %s", bare, inner != NULL ? inner : "");
}

bool call_out_is_refused(const CallMedia *media, const char *top, const char *inner)
{
    g_autofree char *key = type_key(top, inner);
    return g_hash_table_contains(media->refused, key);
}

static void note_refused(CallMedia *media, const CallLine *line)
{
    g_hash_table_add(media->refused, type_key(line->content_type, line->inner_type));
}

// A line that the session does not take.
static void refuse_line(CallMedia *media, uint64_t row, MsrpSessionSend result)
{
    switch (result) {
    case MSRP_SESSION_QUEUED: break;
    case MSRP_SESSION_FULL:
        deliver(media, row, FAILURE_RESOURCE_CONSTRAINT, HOW_NONE, 0);
        break;
    case MSRP_SESSION_TOO_LARGE:
        deliver(media, row, FAILURE_POLICY_VIOLATION, HOW_TOO_LARGE, 413);
        break;
    case MSRP_SESSION_TYPE_REFUSED:
        deliver(media, row, FAILURE_NOT_ACCEPTABLE, HOW_REFUSED, 415);
        break;
    case MSRP_SESSION_OVER:
        deliver(media, row, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST, 0);
        break;
    case MSRP_SESSION_BAD_HEADER:
        deliver(media, row, FAILURE_BAD_REQUEST, HOW_REFUSED, 400);
        break;
    }
}

// `line` is one of `media->lines` that is going.
static void send_now(CallMedia *media, const CallLine *line)
{
    char message_id[33];
    MsrpHeader language = {"Content-Language", line->lang};
    MsrpSessionSend result =
        msrp_session_send(call_media_core_session(media),
                          &(MsrpSessionOutgoing){.message_id = line->id,
                                                 .content_type = line->content_type,
                                                 .inner_type = line->inner_type,
                                                 .headers = &language,
                                                 .header_count = line->lang != NULL,
                                                 .body = line->body,
                                                 .success_report = line->receipt,
                                                 .row = line->row},
                          message_id);
    refuse_line(media, line->row, result);
    if (result == MSRP_SESSION_QUEUED && line->row != 0) {
        call_lines_name(media->lines, line, message_id);
    } else {
        call_lines_forget(media->lines, line);
    }
}

// What waited while the peer took no content, in the order it came.
void call_out_send_held(CallMedia *media)
{
    const CallLine *line;
    while (may_send(media) && (line = call_lines_next(media->lines)) != NULL) {
        send_now(media, line);
    }
}

// All that is left is lost.
void call_out_lose_all(CallMedia *media)
{
    const CallLine *line;
    while ((line = call_lines_any(media->lines)) != NULL) {
        if (call_lines_has_left(line)) {
            deliver_status(media, line->row, MSRP_SESSION_STATUS_UNKNOWN, HOW_NONE);
        } else { // no session had it
            deliver(media, line->row, FAILURE_NONE, HOW_LOST, 0);
        }
        call_lines_forget(media->lines, line);
    }
}

// A line that may get another session waits for it.
void call_out_on_outcome(CallMedia *media, uint64_t row, int status)
{
    bool may_go_again = is_lost(status) && !media->closing;
    const CallLine *line = call_lines_find(media->lines, row);
    if (line == NULL) {
        return;
    }
    if (may_go_again && !line->is_fleeting) {
        call_lines_take_back(media->lines, row);
        return;
    }
    if (status == 415 && media->use != MSRP_SDP_GUEST) { // a switch judges each line for itself
        note_refused(media, line);
    }
    call_lines_forget(media->lines, line);
    deliver_status(media, row, status, HOW_NONE);
}

void call_out_on_report(CallMedia *media, uint64_t row, int status, bool whole)
{
    if (status / 100 != 2) {
        deliver_status(media, row, status, HOW_LATE);
    } else if (row != 0 && whole) {
        Event *event = event_new(EVENT_RECEIPT, SIDE_SIP);
        event->f.leg = media->leg;
        event->f.row = row;
        event->f.how = HOW_DELIVERED;
        gate_core_raise(media->core, event);
    }
}

void call_out_send(CallMedia *media, const CallLine *line)
{
    if (media->closing && call_media_core_session(media) == NULL) {
        deliver(media, line->row, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST, 0);
    } else if (call_out_is_refused(media, line->content_type, line->inner_type)) {
        refuse_line(media, line->row, MSRP_SESSION_TYPE_REFUSED);
    } else if (may_send(media) || media->closing) {
        send_now(media, call_lines_go(media->lines, line));
    } else if (line->is_fleeting) {
        deliver(media, line->row, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST, 0);
    } else if (!call_lines_hold(media->lines, line)) {
        deliver(media, line->row, FAILURE_RESOURCE_CONSTRAINT, HOW_NONE, 0);
    }
}
