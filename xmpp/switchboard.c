// SPDX-License-Identifier: MIT
// Everything above the links; see the header.
#include "xmpp/switchboard.h"

#include "xmpp/chat_stanza.h"
#include "xmpp/receipt.h"
#include "xmpp/stanza.h"
#include "xmpp/stanza_error.h"
#include "xmpp/stanza_in.h"

struct Switchboard {
    Wire *wire;  // borrowed
    StanzaIn in; // owns its readers
};

Switchboard *switchboard_new(Wire *wire)
{
    Switchboard *board = g_new0(Switchboard, 1);
    board->wire = wire;
    board->in.wire = wire;
    board->in.iq = iq_new(wire);
    board->in.proof = proof_new(wire, board->in.iq);
    board->in.invitation = invitation_new(wire, board->in.iq);
    board->in.muc_client = muc_client_new(wire, board->in.iq, board->in.proof);
    board->in.room_service = room_service_new(wire, board->in.iq, board->in.proof);
    return board;
}

void switchboard_free(Switchboard *board)
{
    if (board == NULL)
        return;
    room_service_free(board->in.room_service);
    muc_client_free(board->in.muc_client);
    invitation_free(board->in.invitation);
    proof_free(board->in.proof);
    iq_free(board->in.iq);
    g_free(board);
}

static void send_message(Switchboard *board, const Command *command)
{
    const Fields *fields = &command->f;
    if (fields->from == NULL || fields->to == NULL) {
        wire_delivered(board->wire, fields->row,
                       &(WireFate){.failure = FAILURE_JID_MALFORMED, .how = HOW_REFUSED});
        return;
    }
    g_autofree char *fresh = fields->id == NULL ? wire_id(board->wire) : NULL;
    const char *id = fields->id != NULL ? fields->id : fresh;
    xmpp_stanza_t *stanza = chat_stanza_write(board->wire, command->kind, fields, id);
    proof_send(board->in.proof, stanza, fields->row, fields->from, fields->to);
}

// Nobody waits to hear what became of it.
static void send_receipt(Switchboard *board, const Fields *fields)
{
    g_autofree char *id = wire_id(board->wire);
    xmpp_stanza_t *stanza = receipt_write(board->wire, fields, id);
    if (stanza != NULL)
        wire_send(board->wire, stanza, WIRE_HOUSEKEEPING);
}

// ERR-03: an error to the author of a message that we have taken as an event.
static void send_refusal(Switchboard *board, const Fields *fields)
{
    if (fields->from == NULL || fields->to == NULL)
        return;
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(board->wire), "message", address_jid(fields->from),
                                       address_jid(fields->to), "error", fields->id);
    FailureReason reason = fields->failure;
    if (reason == FAILURE_NONE)
        reason = failure_from_status((int)fields->status, fields->real != NULL);
    if (reason == FAILURE_NONE)
        reason = FAILURE_UNDEFINED_CONDITION;
    stanza_error_add(stanza, reason, fields->text, fields->real);
    wire_send(board->wire, stanza, WIRE_HOUSEKEEPING);
}

void switchboard_execute(Switchboard *board, const Command *command)
{
    if (room_service_execute(board->in.room_service, command))
        return;
    switch (command->kind) {
    case COMMAND_CHAT_STATE:
        if (command->f.leg != 0)
            muc_client_execute(board->in.muc_client, command);
        else
            send_message(board, command);
        break;
    case COMMAND_MESSAGE:
    case COMMAND_GONE: send_message(board, command); break;
    case COMMAND_RECEIPT: send_receipt(board, &command->f); break;
    case COMMAND_REFUSE: send_refusal(board, &command->f); break;
    case COMMAND_ANSWER_INVITE: invitation_answer(board->in.invitation, &command->f); break;
    case COMMAND_ENTER_ROOM:
    case COMMAND_LEAVE_ROOM:
    case COMMAND_ROOM_MESSAGE:
    case COMMAND_ROOM_NICK:
    case COMMAND_ROOM_REQUEST:
    case COMMAND_ROOM_SUBJECT: muc_client_execute(board->in.muc_client, command); break;
    case COMMAND_ACCEPT: // what came from XMPP has no acknowledgement
    case COMMAND_REPORT:
    case COMMAND_ROOM_RESULT:
    case COMMAND_OPEN_LEG: // legs of two are on SIP
    case COMMAND_ANSWER_LEG: // what the service did not know is over
    case COMMAND_CLOSE_LEG:
    case COMMAND_INVITE_TO_ROOM:
    case COMMAND_WITHDRAW_INVITE:
    case COMMAND_ADMIT:
    case COMMAND_EXPEL:
    case COMMAND_ROOM_ROSTER:
    case COMMAND_TIMER: // of the house
    case COMMAND_ASK_PEER:
    case COMMAND_STORE: break;
    }
}

void switchboard_on_stanza(Switchboard *board, xmpp_stanza_t *stanza)
{
    stanza_in_read(&board->in, stanza);
}

static void tell_link(Switchboard *board, const char *domain, bool is_up)
{
    g_autoptr(Address) from = address_from_parts(NULL, domain, NULL);
    Event *event = wire_event(board->wire, EVENT_LINK);
    event->f.how = is_up ? HOW_UP : HOW_DOWN;
    fields_set_address(&event->f.from, from);
    wire_raise(board->wire, event);
}

void switchboard_on_link(Switchboard *board, const char *domain, bool is_up)
{
    if (is_up) {
        tell_link(board, domain, true);
        muc_client_on_link(board->in.muc_client, domain, true);
        room_service_on_link_up(board->in.room_service, domain);
        return;
    }
    proof_on_link_down(board->in.proof, domain);
    muc_client_on_link(board->in.muc_client, domain, false);
    iq_on_link_down(board->in.iq, domain);
    tell_link(board, domain, false);
}

void switchboard_pause(Switchboard *board, bool is_paused)
{
    proof_pause(board->in.proof, is_paused);
}

void switchboard_leave_rooms(Switchboard *board, const char *status)
{
    muc_client_leave_all(board->in.muc_client, status);
    room_service_close_all(board->in.room_service, status);
}

void switchboard_count(Switchboard *board)
{
    XmppGateCounters *counters = wire_counters(board->wire);
    counters->rows_unproven = proof_count(board->in.proof);
    counters->occupants = muc_client_count(board->in.muc_client);
    counters->parties = room_service_count(board->in.room_service);
}
