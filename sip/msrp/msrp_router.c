// SPDX-License-Identifier: MIT
// Frames to sessions: which session a frame is for, and what is said to those that are for none
// (RFC 4975 5.4, 7.2, 7.3; MSRP-011; CHAT-23).
#include "sip/msrp/msrp_stack.h"

#include "sip/msrp/msrp_answer.h"

// Whether anybody waits for an answer to this frame (MSRP-008: responses and reports are never
// answered).
static bool wants_refusal(const MsrpFrame *frame, int status)
{
    MsrpFailure failure = msrp_answer_failure_read(frame->field[MSRP_FRAME_FAILURE_REPORT]);
    return frame->kind != MSRP_KIND_RESPONSE && frame->kind != MSRP_KIND_REPORT &&
           frame->from_path != NULL && msrp_answer_wants_response(failure, status);
}

// We speak as the one who was addressed, whoever that is.
static void refuse(Msrp *msrp, MsrpConnection *connection, const MsrpFrame *frame, int status)
{
    if (!wants_refusal(frame, status))
        return;
    g_autofree char *to = msrp_answer_path(frame);
    g_autofree char *nobody = msrp_uri_write(false, msrp_host(msrp), msrp_port(msrp), "none");
    const MsrpUri *addressed = frame->to_path != NULL ? frame->to_path->pdata[0] : NULL;
    msrp_connection_send(connection, NULL, MSRP_KIND_RESPONSE,
                         msrp_frame_write_response(frame->tid, status, NULL, to,
                                                   addressed != NULL ? addressed->text : nobody),
                         NULL);
}

// At the last hop To-Path has one URI, and it is the whole of it that counts (RFC 4975 7.3, 6.1).
static MsrpSession *addressee(Msrp *msrp, const MsrpFrame *frame)
{
    if (frame->to_path->len != 1)
        return NULL;
    const MsrpUri *to = frame->to_path->pdata[0];
    if (to->session_id == NULL)
        return NULL;
    MsrpSession *session = msrp_session_find(msrp, to->session_id);
    return session != NULL && msrp_uri_equal(msrp_session_own(session), to) ? session : NULL;
}

static void count(Msrp *msrp, MsrpSession *session, const MsrpFrame *frame)
{
    if (frame->fault != 0)
        msrp->counts.malformed++;
    else
        msrp->counts.frames[MSRP_RECEIVED][frame->kind]++;
    if (msrp->config.on_frame != NULL)
        msrp->config.on_frame(msrp->config.user, session, MSRP_RECEIVED, frame->octets->data,
                              frame->octets->len);
}

// Responses and reports: whoever has no use for one ignores it (RFC 4975 7.1.2).
static void take_answer(Msrp *msrp, MsrpConnection *connection, const MsrpFrame *frame)
{
    MsrpSession *session = addressee(msrp, frame);
    count(msrp, session, frame);
    if (session == NULL || !msrp_session_take(session, connection, frame))
        msrp->counts.unmatched++;
}

// The method is looked at first: nobody may take one we do not know for a session's (501).
static int judge(MsrpSession *session, MsrpConnection *connection, const MsrpFrame *frame)
{
    if (frame->kind == MSRP_KIND_OTHER)
        return 501;
    return session != NULL ? msrp_session_admit(session, connection, frame) : 481;
}

MsrpConnectionVerdict msrp_router_on_frame(void *user, MsrpConnection *connection,
                                           const MsrpFrame *frame)
{
    Msrp *msrp = user;
    if (frame->fault != 0) {
        count(msrp, NULL, frame);
        refuse(msrp, connection, frame, frame->fault);
        return MSRP_CONNECTION_REFUSED;
    }
    if (frame->kind == MSRP_KIND_RESPONSE || frame->kind == MSRP_KIND_REPORT) {
        take_answer(msrp, connection, frame);
        return MSRP_CONNECTION_TAKEN;
    }
    MsrpSession *session = addressee(msrp, frame);
    int status = judge(session, connection, frame);
    if (status == MSRP_SESSION_NOT_YET) {
        msrp_session_set_held(session, connection);
        return MSRP_CONNECTION_HELD;
    }
    count(msrp, session, frame);
    if (status == 0) {
        msrp_session_take(session, connection, frame);
        return MSRP_CONNECTION_TAKEN;
    }
    if (status != 501)
        msrp->counts.unmatched++;
    refuse(msrp, connection, frame, status);
    return MSRP_CONNECTION_TAKEN;
}

void msrp_router_on_broken(void *user, MsrpConnection *connection, const MsrpFrame *frame)
{
    Msrp *msrp = user;
    msrp->counts.malformed++;
    if (frame != NULL)
        refuse(msrp, connection, frame, 400);
}

void msrp_router_let_go(Msrp *msrp, const MsrpConnection *connection)
{
    const MsrpFrame *held = msrp_connection_held(connection);
    MsrpSession *session = held != NULL ? addressee(msrp, held) : NULL;
    if (session != NULL)
        msrp_session_clear_held(session, connection);
}
