// SPDX-License-Identifier: MIT
// The MUC service for conferences that live on SIP; see the header.
#include "xmpp/room_service.h"

#include "xmpp/namespaces.h"
#include "xmpp/room_admin.h"
#include "xmpp/room_bans.h"
#include "xmpp/room_calls.h"
#include "xmpp/room_entry.h"
#include "xmpp/room_invites.h"
#include "xmpp/room_iq.h"
#include "xmpp/room_lines.h"

struct RoomService {
    RoomCore core; // owns book, asks, calls and bans
};

RoomService *room_service_new(Wire *wire, Iq *iq, Proof *proof)
{
    RoomService *service = g_new0(RoomService, 1);
    service->core = (RoomCore){.wire = wire, .iq = iq, .proof = proof};
    service->core.book = room_book_new(wire, proof);
    service->core.asks = room_asks_new(wire);
    service->core.calls = room_calls_new(wire);
    service->core.bans = room_bans_new();
    return service;
}

void room_service_free(RoomService *service)
{
    if (service == NULL)
        return;
    room_bans_free(service->core.bans);
    room_calls_free(service->core.calls);
    room_asks_free(service->core.asks);
    room_book_free(service->core.book);
    g_free(service);
}

bool room_service_owns(const RoomService *service, const Address *to)
{
    return to != NULL && wire_our_kind(service->core.wire, address_domain(to)) == XMPPGATE_ROOMS;
}

// ---- orders -------------------------------------------------------------------------------------

// A change of a room for everybody, or what holds for one party.
static bool on_roster(RoomCore *core, const Command *command)
{
    const Fields *fields = &command->f;
    RoomParty *party = room_book_leg(core->book, fields->leg);
    if (party != NULL && command->kind == COMMAND_ROOM_ROSTER)
        room_facade_on_own(party->facade, party, fields);
    if (fields->leg != 0 || fields->room == NULL)
        return party != NULL;
    if (wire_our_kind(core->wire, address_domain(fields->room)) != XMPPGATE_ROOMS)
        return false;
    bool forgets = fields->how == HOW_FORGET;
    RoomFacade *facade = forgets ? room_book_find(core->book, fields->room)
                                 : room_book_open(core->book, fields->room);
    if (facade == NULL)
        return true;
    if (command->kind == COMMAND_ROOM_ROSTER)
        room_facade_on_roster(facade, fields);
    else
        room_facade_on_subject(facade, fields);
    if (forgets)
        room_book_forget(core->book, facade);
    return true;
}

// MUC-A28, ESC-604: after a restart nobody is known, and a device that was inside must hear of it.
static bool expel_unknown(RoomCore *core, const Fields *fields)
{
    if (fields->room == NULL || fields->to == NULL || fields->nick == NULL ||
        wire_our_kind(core->wire, address_domain(fields->room)) != XMPPGATE_ROOMS)
        return false;
    g_autofree char *shown = facade_roster_name(fields->nick);
    RoomPresence gone = {.room = fields->room, .nick = shown, .to = fields->to, .is_gone = true};
    gone.reason = fields->text;
    gone.codes[0] = 110;
    gone.codes[1] = room_stanza_code(fields->how != HOW_NONE ? fields->how : HOW_SHUTDOWN);
    room_core_send(core, room_stanza_presence(core->wire, &gone));
    return true;
}

static bool on_expel(RoomCore *core, const Fields *fields)
{
    RoomParty *party = room_book_leg(core->book, fields->leg);
    if (party == NULL)
        return expel_unknown(core, fields);
    Fields exit = *fields; // borrows what it shares
    bool is_banned =
        room_bans_has(core->bans, room_facade_address(party->facade), party->self);
    if (exit.how == HOW_KICKED && is_banned)
        exit.how = HOW_BANNED; // the focus knows no ban (MUC-A20)
    room_facade_dismiss(party->facade, party, &exit);
    room_book_leave(core->book, party);
    return true;
}

static bool on_result(RoomCore *core, const Fields *fields)
{
    RoomAsk *ask = room_asks_find(core->asks, fields->ref);
    if (ask == NULL)
        return false;
    switch (ask->kind) {
    case ROOM_ASK_INVITE: room_invites_on_result(core, ask, fields); break;
    case ROOM_ASK_KICK:
    case ROOM_ASK_BAN: room_admin_on_result(core, ask, fields); break;
    case ROOM_ASK_PROBE: room_iq_on_probed(core, ask, fields); break;
    case ROOM_ASK_JOIN:
    case ROOM_ASK_NICK: break;
    }
    return true;
}

static bool on_refuse(RoomCore *core, const Fields *fields)
{
    RoomAsk *ask = room_asks_find(core->asks, fields->ref);
    if (ask == NULL)
        return room_lines_refuse(core, fields);
    Fields no = *fields; // borrows what it shares
    no.how = HOW_NO;
    if (ask->kind == ROOM_ASK_JOIN || ask->kind == ROOM_ASK_NICK)
        room_entry_refuse(core, ask, &no);
    else
        on_result(core, &no);
    return true;
}

// A new nick is seen in the roster.
static bool on_accept(RoomCore *core, const Fields *fields)
{
    RoomAsk *ask = room_asks_find(core->asks, fields->ref);
    if (ask != NULL && ask->kind == ROOM_ASK_NICK)
        room_asks_close(ask);
    return ask != NULL;
}

static bool on_line(RoomCore *core, const Command *command)
{
    RoomParty *party = room_book_leg(core->book, command->f.leg);
    if (party != NULL)
        room_facade_send(party->facade, party, command);
    return party != NULL;
}

static bool on_admit(RoomCore *core, const Fields *fields)
{
    RoomParty *party = room_book_leg(core->book, fields->leg);
    if (party != NULL)
        room_facade_admit(party->facade, party);
    return party != NULL;
}

bool room_service_execute(RoomService *service, const Command *command)
{
    RoomCore *core = &service->core;
    switch (command->kind) {
    case COMMAND_ANSWER_LEG: room_entry_accept(core, &command->f); return true;
    case COMMAND_INVITE_TO_ROOM: room_calls_invite(core->calls, &command->f); return true;
    case COMMAND_WITHDRAW_INVITE: return room_calls_withdraw(core->calls, command->f.leg);
    case COMMAND_ADMIT: return on_admit(core, &command->f);
    case COMMAND_EXPEL:
    case COMMAND_CLOSE_LEG: return on_expel(core, &command->f);
    case COMMAND_ROOM_ROSTER:
    case COMMAND_ROOM_SUBJECT: return on_roster(core, command);
    case COMMAND_ROOM_MESSAGE:
    case COMMAND_CHAT_STATE: return on_line(core, command);
    case COMMAND_ROOM_RESULT: return on_result(core, &command->f);
    case COMMAND_ACCEPT: return on_accept(core, &command->f);
    case COMMAND_REFUSE: return on_refuse(core, &command->f);
    case COMMAND_MESSAGE: // for other parts of this side
    case COMMAND_REPORT:
    case COMMAND_GONE:
    case COMMAND_RECEIPT:
    case COMMAND_ASK_PEER:
    case COMMAND_OPEN_LEG:
    case COMMAND_ANSWER_INVITE:
    case COMMAND_ROOM_NICK:
    case COMMAND_ROOM_REQUEST:
    case COMMAND_ENTER_ROOM:
    case COMMAND_LEAVE_ROOM:
    case COMMAND_TIMER:
    case COMMAND_STORE: break;
    }
    return false;
}

// ---- stanzas ------------------------------------------------------------------------------------

void room_service_on_presence(RoomService *service, xmpp_stanza_t *stanza, Address *from,
                              Address *to)
{
    if (address_local(to) != NULL)
        room_entry_on_presence(&service->core, stanza, from, to);
    else
        wire_counters(service->core.wire)->ignored++;
}

static void on_error(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    if (room_calls_on_error(core->calls, stanza, from, to))
        return;
    proof_on_error(core->proof, stanza, from, to); // a late or a bad end of a line
    room_core_on_bounce(core, stanza, from, to);
}

void room_service_on_message(RoomService *service, xmpp_stanza_t *stanza, Address *from,
                             Address *to)
{
    RoomCore *core = &service->core;
    if (g_strcmp0(xmpp_stanza_get_type(stanza), "error") == 0)
        on_error(core, stanza, from, to);
    else if (address_local(to) == NULL)
        wire_counters(core->wire)->ignored++;
    else if (!room_calls_on_decline(core->calls, stanza, from, to) &&
             !room_invites_on_message(core, stanza, from, to))
        room_lines_on_message(core, stanza, from, to);
}

void room_service_on_request(RoomService *service, xmpp_stanza_t *stanza, Address *from,
                             Address *to)
{
    room_iq_on_request(&service->core, stanza, from, to);
}

// ---- links --------------------------------------------------------------------------------------

// A device that is not there any more, or that lets its server say so.
static void on_pong(void *self, uint64_t leg, xmpp_stanza_t *answer)
{
    RoomCore *core = self;
    RoomParty *party = room_book_leg(core->book, leg);
    if (party == NULL || answer == NULL || g_strcmp0(xmpp_stanza_get_type(answer), "error") != 0)
        return;
    g_autoptr(Address) from = address_ref(party->self);
    g_autoptr(Address) room = address_ref(room_facade_address(party->facade));
    room_core_on_bounce(core, answer, from, room);
}

void room_service_on_link_up(RoomService *service, const char *domain)
{
    RoomCore *core = &service->core;
    g_autoptr(GPtrArray) parties = room_book_parties(core->book, domain);
    for (guint i = 0; i < parties->len; i++) {
        const RoomParty *party = parties->pdata[i];
        xmpp_stanza_t *ping = iq_get(core->wire, address_bare(room_facade_address(party->facade)),
                                     address_jid(party->self), "ping", NS_PING, NULL);
        iq_request(core->iq, ping, wire_settings(core->wire)->T_disco, on_pong, core, party->leg);
    }
}

void room_service_close_all(RoomService *service, const char *text)
{
    RoomCore *core = &service->core;
    Fields exit = {.how = HOW_SHUTDOWN, .text = (char *)text};
    g_autoptr(GPtrArray) parties = room_book_parties(core->book, NULL);
    for (guint i = 0; i < parties->len; i++) {
        RoomParty *party = parties->pdata[i];
        room_facade_dismiss(party->facade, party, &exit);
        room_book_leave(core->book, party);
    }
}

size_t room_service_count(const RoomService *service)
{
    return room_book_count(service->core.book);
}
