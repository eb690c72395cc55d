// SPDX-License-Identifier: MIT
// Invitations for our users from arrival to answer; see the header.
#include "xmpp/invitation.h"

#include "xmpp/disco.h"
#include "xmpp/invite_stanza.h"
#include "xmpp/namespaces.h"
#include "xmpp/stanza_error.h"

// LIMIT: invitations without an answer; more are declined at once.
enum { OPEN_MAX = 1000 };

static const char NO_ROOM[] = "no room at that address";
static const char NO_ANSWER[] = "the room does not answer";

typedef struct {
    uint64_t ref;
    InviteStanza stanza; // owned content
    Address *sender;     // shared, `from` of the stanza: where an error goes
    int64_t at_ms;       // arrival, monotonic
    int64_t wall_ms;     // arrival, since 1970: t_start
} Open;

struct Invitation {
    Wire *wire;       // borrowed
    Iq *iq;           // borrowed
    GHashTable *open; // borrowed &ref -> owned Open *
};

static void open_free(void *data)
{
    Open *open = data;
    invite_stanza_clear(&open->stanza);
    address_unref(open->sender);
    g_free(open);
}

Invitation *invitation_new(Wire *wire, Iq *iq)
{
    Invitation *all = g_new0(Invitation, 1);
    all->wire = wire;
    all->iq = iq;
    all->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, open_free);
    return all;
}

void invitation_free(Invitation *all)
{
    if (all == NULL)
        return;
    g_hash_table_unref(all->open);
    g_free(all);
}

static void decline(Invitation *all, Open *open, const char *reason)
{
    g_autofree char *id = wire_id(all->wire);
    xmpp_stanza_t *stanza = invite_stanza_decline(wire_ctx(all->wire), &open->stanza, id, reason);
    wire_send(all->wire, stanza, WIRE_HOUSEKEEPING);
    wire_counters(all->wire)->refused++;
    g_hash_table_remove(all->open, &open->ref);
}

// The invitation itself comes back as an error: the room is not there to pass a decline on.
static void bounce(Invitation *all, Open *open, FailureReason reason, const char *text)
{
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(all->wire), "message", address_jid(open->stanza.to),
                                       address_jid(open->sender), "error", open->stanza.id);
    stanza_error_add(stanza, reason, text, NULL);
    wire_send(all->wire, stanza, WIRE_HOUSEKEEPING);
    wire_counters(all->wire)->refused++;
    g_hash_table_remove(all->open, &open->ref);
}

static void raise_invite(Invitation *all, const Open *open)
{
    Event *event = wire_event(all->wire, EVENT_ROOM_INVITE);
    const InviteStanza *stanza = &open->stanza;
    event->at_ms = open->at_ms;
    event->f.ref = open->ref;
    event->f.ms = (uint64_t)open->wall_ms;
    fields_set_address(&event->f.from, stanza->inviter);
    fields_set_address(&event->f.to, stanza->to);
    fields_set_address(&event->f.room, stanza->room);
    fields_set_address(&event->f.real, stanza->real);
    fields_set_text(&event->f.thread, stanza->thread);
    fields_set_text(&event->f.text, stanza->reason);
    fields_set_text(&event->f.password, stanza->password);
    event->f.continues = stanza->continues;
    event->f.mediated = stanza->is_mediated;
    wire_raise(all->wire, event);
}

// 7.4 PRE, an answer that is a room.
static void on_room(Invitation *all, Open *open, xmpp_stanza_t *result)
{
    g_auto(DiscoRoom) room = {0};
    disco_read_room(result, &room);
    if (!room.is_room && !open->stanza.is_mediated)
        bounce(all, open, FAILURE_ITEM_NOT_FOUND, NO_ROOM);
    else if (room.has_password && open->stanza.password == NULL)
        decline(all, open, "password required");
    else
        raise_invite(all, open);
}

// 7.4 PRE, an answer that is an error. Forbidden and the like come from a room that hides or wants
// members: it is there, and whether it lets us in is found at the entry.
static void on_no_room(Invitation *all, Open *open, FailureReason reason, const char *text)
{
    if (reason == FAILURE_GONE)
        decline(all, open, text != NULL ? text : "the room is gone");
    else if (reason == FAILURE_REMOTE_SERVER_NOT_FOUND || reason == FAILURE_REMOTE_SERVER_TIMEOUT)
        bounce(all, open, FAILURE_REMOTE_SERVER_TIMEOUT, NO_ANSWER);
    else if (reason == FAILURE_ITEM_NOT_FOUND && !open->stanza.is_mediated)
        bounce(all, open, FAILURE_ITEM_NOT_FOUND, NO_ROOM);
    else
        raise_invite(all, open);
}

static void on_probed(void *self, uint64_t ref, xmpp_stanza_t *answer)
{
    Invitation *all = self;
    Open *open = g_hash_table_lookup(all->open, &ref);
    if (open == NULL)
        return;
    if (answer == NULL) { // T_disco: what was sent through the room proves it is there
        if (open->stanza.is_mediated)
            raise_invite(all, open);
        else
            bounce(all, open, FAILURE_REMOTE_SERVER_TIMEOUT, NO_ANSWER);
        return;
    }
    if (g_strcmp0(xmpp_stanza_get_type(answer), "result") == 0) {
        on_room(all, open, answer);
        return;
    }
    g_auto(StanzaError) error = {0};
    stanza_error_read(answer, &error);
    on_no_room(all, open, error.reason, error.text);
}

static void probe(Invitation *all, Open *open)
{
    const Settings *settings = wire_settings(all->wire);
    if (wire_is_served(all->wire, address_domain(open->stanza.room), XMPPGATE_USERS)) {
        bounce(all, open, FAILURE_ITEM_NOT_FOUND, NO_ROOM); // accounts live there
        return;
    }
    if (settings->prejoin == PREJOIN_NONE) {
        raise_invite(all, open);
        return;
    }
    xmpp_stanza_t *stanza = iq_get(all->wire, address_bare(open->stanza.to),
                                   address_jid(open->stanza.room), "query", NS_DISCO_INFO, NULL);
    if (!iq_request(all->iq, stanza, settings->T_disco, on_probed, all, open->ref))
        on_probed(all, open->ref, NULL);
}

void invitation_on_stanza(Invitation *all, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    g_auto(InviteStanza) invite = {0};
    // A user is no room: he cannot pass on invitations of others.
    bool is_readable = invite_stanza_read(stanza, from, to, &invite);
    if (!is_readable ||
        (invite.is_mediated && wire_is_served(all->wire, address_domain(from), XMPPGATE_USERS))) {
        wire_counters(all->wire)->ignored++;
        return;
    }
    Open *open = g_new0(Open, 1);
    *open = (Open){.ref = wire_ref(all->wire), .sender = address_ref(from)};
    open->at_ms = wire_now_ms(all->wire);
    open->wall_ms = wire_wall_ms(all->wire);
    open->stanza = invite;
    invite = (InviteStanza){0};
    g_hash_table_insert(all->open, &open->ref, open);
    if (g_hash_table_size(all->open) > OPEN_MAX)
        decline(all, open, "too many invitations at once");
    else
        probe(all, open);
}

static char *words_of(const Fields *fields)
{
    if (fields->text != NULL)
        return g_strdup(fields->text);
    if (fields->status != 0)
        return failure_text_from_status((int)fields->status, NULL);
    return fields->failure != FAILURE_NONE ? g_strdup(failure_name(fields->failure)) : NULL;
}

void invitation_answer(Invitation *all, const Fields *fields)
{
    Open *open = g_hash_table_lookup(all->open, &fields->ref);
    if (open == NULL)
        return;
    if (fields->how != HOW_NO) {
        g_hash_table_remove(all->open, &fields->ref);
        return;
    }
    g_autofree char *words = words_of(fields);
    decline(all, open, words);
}
