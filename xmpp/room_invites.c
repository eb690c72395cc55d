// SPDX-License-Identifier: MIT
// Invitations through a room that lives on SIP; see the header.
#include "xmpp/room_invites.h"

#include "xmpp/namespaces.h"

// LIMIT: users invited by one stanza.
enum { INVITES_MAX = 50 };

typedef struct {
    RoomCore *core;        // borrowed
    RoomParty *party;      // borrowed
    xmpp_stanza_t *stanza; // borrowed
    Address *to;           // borrowed, the room
    int count;
} Inviting;

static void ask(Inviting *inviting, xmpp_stanza_t *invite, Address *invitee)
{
    RoomCore *core = inviting->core;
    RoomAsk *ask = room_asks_open(core->asks, ROOM_ASK_INVITE, inviting->stanza,
                                  inviting->party->self, inviting->to);
    if (ask == NULL) {
        room_core_refuse(core, inviting->stanza, inviting->to, FAILURE_RESOURCE_CONSTRAINT, NULL);
        return;
    }
    ask->about = address_ref(invitee);
    xmpp_stanza_t *goes_on = stanza_child(invite, "continue", NULL);
    Event *event = room_core_event(core, EVENT_ROOM_REQUEST, inviting->party->leg);
    event->f.ref = ask->ref;
    event->f.how = HOW_INVITE;
    fields_set_address(&event->f.room, ask->room);
    fields_set_address(&event->f.from, ask->from);
    fields_set_address(&event->f.to, invitee);
    event->f.text = stanza_text(stanza_child(invite, "reason", NULL), STANZA_LINE_MAX);
    event->f.continues = goes_on != NULL;
    fields_set_text(&event->f.thread, stanza_attribute(goes_on, "thread", STANZA_ID_MAX));
    wire_raise(core->wire, event);
}

static bool is_invite(xmpp_stanza_t *child)
{
    return g_strcmp0(xmpp_stanza_get_name(child), "invite") == 0;
}

static bool count(void *self, xmpp_stanza_t *child)
{
    Inviting *inviting = self;
    inviting->count += is_invite(child);
    return inviting->count <= INVITES_MAX;
}

static bool on_invite(void *self, xmpp_stanza_t *child)
{
    Inviting *inviting = self;
    if (!is_invite(child))
        return true;
    g_autoptr(Address) invitee = address_from_jid(stanza_attribute(child, "to", STANZA_JID_MAX));
    if (invitee == NULL)
        room_core_refuse(inviting->core, inviting->stanza, inviting->to, FAILURE_JID_MALFORMED,
                         NULL);
    else
        ask(inviting, child, invitee);
    return true;
}

// All of them are asked for, or none.
static void invite_all(Inviting *inviting, xmpp_stanza_t *x)
{
    stanza_each_child(x, count, inviting);
    if (inviting->count > INVITES_MAX)
        room_core_refuse(inviting->core, inviting->stanza, inviting->to, FAILURE_POLICY_VIOLATION,
                         "too many invitations at once");
    else
        stanza_each_child(x, on_invite, inviting);
}

bool room_invites_on_message(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    xmpp_stanza_t *x = stanza_child(stanza, "x", NS_MUC_USER);
    if (stanza_child(x, "invite", NULL) == NULL || address_resource(to) != NULL)
        return false;
    Inviting inviting = {.core = core, .stanza = stanza, .to = to};
    inviting.party = room_core_occupant(core, from, to);
    if (inviting.party != NULL)
        invite_all(&inviting, x);
    else
        room_core_refuse(core, stanza, to, FAILURE_NOT_ACCEPTABLE, NULL);
    return true;
}

static char *words_of(const Fields *fields)
{
    if (fields->status != 0)
        return failure_text_from_status((int)fields->status, fields->text);
    return g_strdup(fields->text != NULL ? fields->text : failure_name(fields->failure));
}

void room_invites_on_result(RoomCore *core, RoomAsk *ask, const Fields *fields)
{
    if (fields->how == HOW_RINGING)
        return;
    if (fields->how == HOW_NO) {
        g_autofree char *id = wire_id(core->wire), *words = words_of(fields);
        xmpp_stanza_t *stanza = stanza_new(wire_ctx(core->wire), "message", address_bare(ask->room),
                                           address_jid(ask->from), NULL, id);
        xmpp_stanza_t *decline =
            stanza_add(stanza_add(stanza, "x", NS_MUC_USER), "decline", NULL);
        stanza_set(decline, "from", address_jid(ask->about));
        stanza_add_text(decline, "reason", NULL, words);
        room_core_send(core, stanza);
    }
    room_asks_close(ask); // a yes is seen in the roster
}
