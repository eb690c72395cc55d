// SPDX-License-Identifier: MIT
// Administration of rooms that live on SIP; see the header.
#include "xmpp/room_admin.h"

#include "xmpp/namespaces.h"
#include "xmpp/room_bans.h"

static void succeed(RoomCore *core, xmpp_stanza_t *request)
{
    room_core_send(core, stanza_new(xmpp_stanza_get_context(request), "iq",
                                    xmpp_stanza_get_to(request), xmpp_stanza_get_from(request),
                                    "result", stanza_attribute(request, "id", STANZA_ID_MAX)));
}

static void refuse(RoomCore *core, xmpp_stanza_t *request, Address *to, FailureReason reason)
{
    room_core_refuse(core, request, to, reason, NULL);
}

// ---- removing somebody --------------------------------------------------------------------------

static void on_late(void *self, const RoomAsk *ask)
{
    refuse(self, ask->stanza, ask->room, FAILURE_REMOTE_SERVER_TIMEOUT);
}

static void ask_removal(RoomCore *core, RoomParty *party, RoomAskKind kind, xmpp_stanza_t *request,
                        const FacadeOccupant *whom, xmpp_stanza_t *item)
{
    Address *room = room_facade_address(party->facade);
    RoomAsk *ask = room_asks_open(core->asks, kind, request, party->self, room);
    if (ask == NULL) {
        refuse(core, request, room, FAILURE_RESOURCE_CONSTRAINT);
        return;
    }
    const Settings *settings = wire_settings(core->wire);
    room_asks_set_deadline(ask, settings->T_refer + settings->T_prog, on_late, core);
    fields_set_address(&ask->about, kind == ROOM_ASK_BAN ? whom->device : NULL);
    Event *event = room_core_event(core, EVENT_ROOM_REQUEST, party->leg);
    event->f.ref = ask->ref;
    event->f.how = kind == ROOM_ASK_BAN ? HOW_BAN : HOW_KICK;
    fields_set_address(&event->f.room, room);
    fields_set_address(&event->f.from, party->self);
    fields_set_text(&event->f.nick, whom->nick);
    event->f.text = stanza_text(stanza_child(item, "reason", NULL), STANZA_LINE_MAX);
    wire_raise(core->wire, event);
}

// MUC-A19: what a focus says no with, and what it means here.
static FailureReason reason_of(const Fields *fields)
{
    FailureReason reason =
        fields->status != 0 ? failure_from_status((int)fields->status, false) : fields->failure;
    if (fields->status == 603)
        return FAILURE_NOT_ALLOWED;
    bool says_why = reason == FAILURE_ITEM_NOT_FOUND || reason == FAILURE_REMOTE_SERVER_TIMEOUT ||
                    reason == FAILURE_INTERNAL_SERVER_ERROR;
    return says_why ? reason : FAILURE_NOT_ALLOWED;
}

void room_admin_on_result(RoomCore *core, RoomAsk *ask, const Fields *fields)
{
    if (fields->how == HOW_RINGING)
        return;
    if (fields->how == HOW_YES && ask->about != NULL)
        room_bans_add(core->bans, ask->room, ask->about);
    if (fields->how == HOW_YES)
        succeed(core, ask->stanza);
    else
        room_core_refuse(core, ask->stanza, ask->room, reason_of(fields), fields->text);
    room_asks_close(ask);
}

static void kick(RoomCore *core, RoomParty *party, xmpp_stanza_t *request, xmpp_stanza_t *item)
{
    Address *room = room_facade_address(party->facade);
    const char *nick = stanza_attribute(item, "nick", STANZA_ID_MAX);
    const FacadeOccupant *whom = facade_roster_find_shown(room_facade_roster(party->facade), nick);
    if (whom == NULL)
        refuse(core, request, room, FAILURE_ITEM_NOT_FOUND);
    else if (g_strcmp0(whom->nick, party->nick) == 0)
        refuse(core, request, room, FAILURE_CONFLICT);
    else
        ask_removal(core, party, ROOM_ASK_KICK, request, whom, item);
}

// ---- bans ---------------------------------------------------------------------------------------

static const char *role_of(const RoomParty *party)
{
    const FacadeOccupant *own =
        facade_roster_find(room_facade_roster(party->facade), party->nick);
    return party->role != NULL || own == NULL ? party->role : own->role;
}

static bool is_moderator(const RoomParty *party)
{
    return g_strcmp0(role_of(party), "moderator") == 0;
}

static const FacadeOccupant *occupant_of(const RoomParty *party, const Address *user)
{
    for (GList *at = facade_roster_first(room_facade_roster(party->facade)); at != NULL;
         at = at->next) {
        const FacadeOccupant *occupant = at->data;
        if (address_equal_bare(occupant->device, user))
            return occupant;
    }
    return NULL;
}

// MUC-A20. Who is inside is removed by the focus, and only if it is willing he is banned; who is not is
// banned by a moderator alone, for nobody else judges.
static void ban(RoomCore *core, RoomParty *party, xmpp_stanza_t *request, xmpp_stanza_t *item)
{
    Address *room = room_facade_address(party->facade);
    g_autoptr(Address) user = address_from_jid(stanza_attribute(item, "jid", STANZA_JID_MAX));
    const FacadeOccupant *whom = user != NULL ? occupant_of(party, user) : NULL;
    bool is_sip = user != NULL && wire_is_ours(core->wire, address_domain(user));
    if (user == NULL)
        refuse(core, request, room, FAILURE_BAD_REQUEST);
    else if (is_sip || !wire_settings(core->wire)->ban_local)
        refuse(core, request, room, FAILURE_NOT_ALLOWED);
    else if (address_equal_bare(user, party->self))
        refuse(core, request, room, FAILURE_CONFLICT);
    else if (whom != NULL)
        ask_removal(core, party, ROOM_ASK_BAN, request, whom, item);
    else if (is_moderator(party) && room_bans_add(core->bans, room, user))
        succeed(core, request);
    else
        refuse(core, request, room, FAILURE_NOT_ALLOWED);
}

static void unban(RoomCore *core, RoomParty *party, xmpp_stanza_t *request, xmpp_stanza_t *item)
{
    Address *room = room_facade_address(party->facade);
    g_autoptr(Address) user = address_from_jid(stanza_attribute(item, "jid", STANZA_JID_MAX));
    if (user == NULL || !is_moderator(party) || !room_bans_has(core->bans, room, user)) {
        refuse(core, request, room, FAILURE_NOT_ALLOWED);
        return;
    }
    room_bans_remove(core->bans, room, user);
    succeed(core, request);
}

static void list_bans(RoomCore *core, RoomParty *party, xmpp_stanza_t *request)
{
    Address *room = room_facade_address(party->facade);
    xmpp_stanza_t *result = stanza_new(wire_ctx(core->wire), "iq", xmpp_stanza_get_to(request),
                                       xmpp_stanza_get_from(request), "result",
                                       stanza_attribute(request, "id", STANZA_ID_MAX));
    xmpp_stanza_t *query = stanza_add(result, "query", NS_MUC_ADMIN);
    g_autoptr(GPtrArray) users = room_bans_list(core->bans, room);
    for (guint i = 0; i < users->len; i++) {
        xmpp_stanza_t *item = stanza_add(query, "item", NULL);
        stanza_set(item, "affiliation", "outcast");
        stanza_set(item, "jid", users->pdata[i]);
    }
    room_core_send(core, result);
}

// ---- muc#admin ----------------------------------------------------------------------------------

static void on_admin_get(RoomCore *core, RoomParty *party, xmpp_stanza_t *request,
                         xmpp_stanza_t *item, Address *to)
{
    bool wants_bans = g_strcmp0(stanza_attribute(item, "affiliation", STANZA_WORD_MAX), "outcast") == 0;
    if (wants_bans && is_moderator(party))
        list_bans(core, party, request);
    else
        refuse(core, request, to, FAILURE_FORBIDDEN);
}

static bool count(void *self, xmpp_stanza_t *child)
{
    int *items = self;
    *items += g_strcmp0(xmpp_stanza_get_name(child), "item") == 0;
    return true;
}

// A conference is asked for one thing at a time, and one answer cannot tell the fate of several.
static bool has_several(xmpp_stanza_t *query)
{
    int items = 0;
    stanza_each_child(query, count, &items);
    return items > 1;
}

static void on_admin_set(RoomCore *core, RoomParty *party, xmpp_stanza_t *request,
                         xmpp_stanza_t *item, Address *to)
{
    const char *role = stanza_attribute(item, "role", STANZA_WORD_MAX);
    const char *affiliation = stanza_attribute(item, "affiliation", STANZA_WORD_MAX);
    bool is_one = role == NULL || affiliation == NULL;
    if (item == NULL || !is_one || (role == NULL && affiliation == NULL))
        refuse(core, request, to, FAILURE_BAD_REQUEST);
    else if (g_strcmp0(role, "none") == 0)
        kick(core, party, request, item);
    else if (g_strcmp0(affiliation, "outcast") == 0)
        ban(core, party, request, item);
    else if (g_strcmp0(affiliation, "none") == 0)
        unban(core, party, request, item);
    else
        refuse(core, request, to, FAILURE_NOT_ALLOWED); // MUC-A21
}

static void on_admin(RoomCore *core, xmpp_stanza_t *request, xmpp_stanza_t *query, Address *from,
                     Address *to)
{
    RoomParty *party = room_core_occupant(core, from, to);
    xmpp_stanza_t *item = stanza_child(query, "item", NULL);
    if (party == NULL)
        refuse(core, request, to, FAILURE_FORBIDDEN);
    else if (g_strcmp0(xmpp_stanza_get_type(request), "get") == 0)
        on_admin_get(core, party, request, item, to);
    else if (has_several(query))
        room_core_refuse(core, request, to, FAILURE_NOT_ACCEPTABLE, "one item at a time");
    else
        on_admin_set(core, party, request, item, to);
}

// ---- muc#owner ----------------------------------------------------------------------------------

// MUC-A24: there is nothing to be configured.
static void send_form(RoomCore *core, xmpp_stanza_t *request)
{
    xmpp_stanza_t *result = stanza_new(wire_ctx(core->wire), "iq", xmpp_stanza_get_to(request),
                                       xmpp_stanza_get_from(request), "result",
                                       stanza_attribute(request, "id", STANZA_ID_MAX));
    xmpp_stanza_t *form = stanza_add(stanza_add(result, "query", NS_MUC_OWNER), "x", NS_DATA);
    stanza_set(form, "type", "form");
    room_core_send(core, result);
}

// MUC-A25: a conference ends when who had it made leaves (RFC 4579 5.12).
static void destroy(RoomCore *core, RoomParty *party, xmpp_stanza_t *request,
                    xmpp_stanza_t *destroy)
{
    g_autofree char *reason = stanza_text(stanza_child(destroy, "reason", NULL), STANZA_LINE_MAX);
    g_autoptr(Address) venue =
        address_from_jid(stanza_attribute(destroy, "jid", STANZA_JID_MAX));
    Fields exit = {.how = HOW_DESTROYED, .text = reason, .real = venue};
    Event *event = room_core_event(core, EVENT_ROOM_EXIT, party->leg);
    event->f.how = HOW_LEFT;
    fields_set_text(&event->f.text, reason);
    room_facade_dismiss(party->facade, party, &exit);
    room_book_leave(core->book, party);
    succeed(core, request);
    wire_raise(core->wire, event);
}

static void on_owner(RoomCore *core, xmpp_stanza_t *request, xmpp_stanza_t *query, Address *from,
                     Address *to)
{
    RoomParty *party = room_core_occupant(core, from, to);
    xmpp_stanza_t *end = stanza_child(query, "destroy", NULL);
    xmpp_stanza_t *form = stanza_child(query, "x", NS_DATA);
    bool is_get = g_strcmp0(xmpp_stanza_get_type(request), "get") == 0;
    if (party == NULL || (end != NULL && !party->made))
        refuse(core, request, to, FAILURE_FORBIDDEN);
    else if (is_get)
        send_form(core, request);
    else if (end != NULL)
        destroy(core, party, request, end);
    else if (g_strcmp0(stanza_attribute(form, "type", STANZA_WORD_MAX), "submit") == 0)
        succeed(core, request);
    else
        refuse(core, request, to, FAILURE_NOT_ALLOWED);
}

bool room_admin_on_request(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    xmpp_stanza_t *admin = stanza_child(stanza, "query", NS_MUC_ADMIN);
    xmpp_stanza_t *owner = stanza_child(stanza, "query", NS_MUC_OWNER);
    if (admin != NULL)
        on_admin(core, stanza, admin, from, to);
    else if (owner != NULL)
        on_owner(core, stanza, owner, from, to);
    return admin != NULL || owner != NULL;
}
