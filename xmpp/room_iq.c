// SPDX-License-Identifier: MIT
// Questions put to our MUC service; see the header.
#include "xmpp/room_iq.h"

#include "xmpp/disco.h"
#include "xmpp/namespaces.h"
#include "xmpp/room_admin.h"

// XEP-0045 7.12: the node of a reserved nick. We reserve none.
#define NODE_NICK "x-roomuser-item"

static const char *const ROOM_FEATURES[] = {NS_DISCO_INFO,
                                            NS_DISCO_ITEMS,
                                            NS_MUC,
                                            NS_MUC_SELF_PING,
                                            NS_MUC_STABLE_ID,
                                            "muc_hidden",
                                            "muc_temporary",
                                            "muc_unmoderated",
                                            "muc_unsecured",
                                            NS_PING,
                                            NS_STANZA_IDS,
                                            NULL};

static xmpp_stanza_t *result_of(xmpp_stanza_t *request)
{
    return stanza_new(xmpp_stanza_get_context(request), "iq", xmpp_stanza_get_to(request),
                      xmpp_stanza_get_from(request), "result",
                      stanza_attribute(request, "id", STANZA_ID_MAX));
}

// ---- what a room is -----------------------------------------------------------------------------

static void add_field(xmpp_stanza_t *form, const char *var, const char *type, const char *value)
{
    if (value == NULL)
        return;
    xmpp_stanza_t *field = stanza_add(form, "field", NULL);
    stanza_set(field, "var", var);
    stanza_set(field, "type", type);
    stanza_add_text(field, "value", NULL, value);
}

static void add_form(xmpp_stanza_t *query, const RoomInfo *about)
{
    g_autofree char *count =
        about->has_count ? g_strdup_printf("%" G_GUINT64_FORMAT, about->count) : NULL;
    g_autofree char *most =
        about->most != 0 ? g_strdup_printf("%" G_GUINT64_FORMAT, about->most) : NULL;
    xmpp_stanza_t *form = stanza_add(query, "x", NS_DATA);
    stanza_set(form, "type", "result");
    add_field(form, "FORM_TYPE", "hidden", NS_MUC_ROOM_INFO);
    add_field(form, "muc#roominfo_description", NULL, about->description);
    add_field(form, "muc#roominfo_subject", NULL, about->subject);
    add_field(form, "muc#roominfo_occupants", NULL, count);
    add_field(form, "muc#roomconfig_maxusers", NULL, most);
}

static void add_feature(xmpp_stanza_t *query, const char *name)
{
    stanza_set(stanza_add(query, "feature", NULL), "var", name);
}

static void send_info(RoomCore *core, xmpp_stanza_t *request, const Address *room,
                      const RoomInfo *about)
{
    xmpp_stanza_t *result = result_of(request);
    xmpp_stanza_t *query = stanza_add(result, "query", NS_DISCO_INFO);
    xmpp_stanza_t *identity = stanza_add(query, "identity", NULL);
    stanza_set(identity, "category", "conference");
    stanza_set(identity, "type", "text");
    stanza_set(identity, "name", about->name != NULL ? about->name : address_local(room));
    for (size_t i = 0; ROOM_FEATURES[i] != NULL; i++)
        add_feature(query, ROOM_FEATURES[i]);
    add_feature(query, about->is_locked ? "muc_membersonly" : "muc_open");
    add_feature(query, about->shows_reals ? "muc_nonanonymous" : "muc_semianonymous");
    add_form(query, about);
    room_core_send(core, result);
}

static void on_probe_late(void *self, const RoomAsk *ask)
{
    room_core_refuse(self, ask->stanza, ask->room, FAILURE_REMOTE_SERVER_TIMEOUT, NULL);
}

static void probe(RoomCore *core, xmpp_stanza_t *request, Address *from, Address *to)
{
    RoomAsk *ask = room_asks_open(core->asks, ROOM_ASK_PROBE, request, from, to);
    if (ask == NULL) {
        room_core_refuse(core, request, to, FAILURE_RESOURCE_CONSTRAINT, NULL);
        return;
    }
    room_asks_set_deadline(ask, wire_settings(core->wire)->T_disco, on_probe_late, core);
    Event *event = wire_event(core->wire, EVENT_ROOM_REQUEST);
    event->f.ref = ask->ref;
    event->f.how = HOW_PROBE;
    fields_set_address(&event->f.room, ask->room);
    fields_set_address(&event->f.from, from);
    wire_raise(core->wire, event);
}

void room_iq_on_probed(RoomCore *core, RoomAsk *ask, const Fields *fields)
{
    if (fields->how == HOW_RINGING)
        return;
    if (fields->how == HOW_YES) {
        RoomInfo about = {.name = fields->text, .description = fields->subject};
        about.has_count = fields->number != 0;
        about.count = fields->number;
        send_info(core, ask->stanza, ask->room, &about);
    } else {
        g_autofree char *words = NULL;
        RoomRefusal refusal = room_stanza_refusal(fields, &words);
        room_core_send(core, room_stanza_error(ask->stanza, NULL, ask->room, &refusal));
    }
    room_asks_close(ask);
}

static void on_info(RoomCore *core, xmpp_stanza_t *request, xmpp_stanza_t *query, Address *from,
                    Address *to)
{
    const char *node = xmpp_stanza_get_attribute(query, "node");
    const RoomFacade *facade = room_book_find(core->book, to);
    if (g_strcmp0(node, NODE_NICK) == 0) {
        xmpp_stanza_t *result = result_of(request);
        stanza_set(stanza_add(result, "query", NS_DISCO_INFO), "node", node);
        room_core_send(core, result);
    } else if (node != NULL) { // the node of XEP-0045 17.1.1 as well
        room_core_refuse(core, request, to, FAILURE_FEATURE_NOT_IMPLEMENTED, NULL);
    } else if (facade == NULL) {
        probe(core, request, from, to);
    } else {
        RoomInfo about = room_facade_info(facade);
        send_info(core, request, to, &about);
    }
}

// ---- items --------------------------------------------------------------------------------------

static void add_item(xmpp_stanza_t *query, const Address *jid)
{
    stanza_set(stanza_add(query, "item", NULL), "jid", address_jid(jid));
}

// Who is in a room is told to those who are (XEP-0045 6.5).
static void on_room_items(RoomCore *core, xmpp_stanza_t *request, Address *from, Address *to)
{
    xmpp_stanza_t *result = result_of(request);
    xmpp_stanza_t *query = stanza_add(result, "query", NS_DISCO_ITEMS);
    RoomParty *party = room_core_occupant(core, from, to);
    GList *at = party != NULL ? facade_roster_first(room_facade_roster(party->facade)) : NULL;
    for (; at != NULL; at = at->next) {
        const FacadeOccupant *occupant = at->data;
        g_autoptr(Address) jid = address_with_resource(to, occupant->shown);
        add_item(query, jid);
    }
    room_core_send(core, result);
}

// Conferences are hidden: their rooms are listed to those who are in them.
static void on_service_items(RoomCore *core, xmpp_stanza_t *request, Address *from, Address *to)
{
    xmpp_stanza_t *result = result_of(request);
    xmpp_stanza_t *query = stanza_add(result, "query", NS_DISCO_ITEMS);
    g_autoptr(GPtrArray) parties = room_book_parties(core->book, address_domain(to));
    for (guint i = 0; i < parties->len; i++) {
        const RoomParty *party = parties->pdata[i];
        if (address_equal(party->self, from) && party->is_inside)
            add_item(query, room_facade_address(party->facade));
    }
    room_core_send(core, result);
}

// ---- to whom ------------------------------------------------------------------------------------

static xmpp_stanza_t *get_of(xmpp_stanza_t *request, const char *name, const char *ns)
{
    bool is_get = g_strcmp0(xmpp_stanza_get_type(request), "get") == 0;
    return is_get ? stanza_child(request, name, ns) : NULL;
}

// MUC-A27: whoever asks for an occupant and is none is told so; nothing is passed on.
static void on_occupant(RoomCore *core, xmpp_stanza_t *request, Address *from, Address *to)
{
    RoomParty *party = room_core_occupant(core, from, to);
    g_autofree char *shown =
        party != NULL ? room_facade_shown(party->facade, party->nick) : NULL;
    if (party == NULL)
        room_core_refuse(core, request, to,
                         get_of(request, "query", NS_DISCO_INFO) != NULL ? FAILURE_BAD_REQUEST
                                                                         : FAILURE_NOT_ACCEPTABLE,
                         NULL);
    else if (get_of(request, "ping", NS_PING) != NULL &&
             g_strcmp0(shown, address_resource(to)) == 0)
        room_core_send(core, result_of(request));
    else if (facade_roster_find_shown(room_facade_roster(party->facade), address_resource(to)) ==
                 NULL &&
             g_strcmp0(shown, address_resource(to)) != 0)
        room_core_refuse(core, request, to, FAILURE_ITEM_NOT_FOUND, NULL);
    else
        room_core_refuse(core, request, to, FAILURE_SERVICE_UNAVAILABLE, NULL);
}

static void on_room(RoomCore *core, xmpp_stanza_t *request, Address *from, Address *to)
{
    xmpp_stanza_t *info = get_of(request, "query", NS_DISCO_INFO);
    xmpp_stanza_t *items = get_of(request, "query", NS_DISCO_ITEMS);
    if (info != NULL)
        on_info(core, request, info, from, to);
    else if (items != NULL && xmpp_stanza_get_attribute(items, "node") == NULL)
        on_room_items(core, request, from, to);
    else if (get_of(request, "ping", NS_PING) != NULL)
        room_core_send(core, result_of(request));
    else if (!room_admin_on_request(core, request, from, to))
        room_core_refuse(core, request, to, FAILURE_SERVICE_UNAVAILABLE, NULL);
}

void room_iq_on_request(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    if (address_local(to) == NULL && get_of(stanza, "query", NS_DISCO_ITEMS) != NULL)
        on_service_items(core, stanza, from, to);
    else if (address_local(to) == NULL)
        room_core_send(core, disco_answer(core->wire, stanza, to, false));
    else if (address_resource(to) != NULL)
        on_occupant(core, stanza, from, to);
    else
        on_room(core, stanza, from, to);
}
