// SPDX-License-Identifier: MIT
// Our occupants in the rooms that live on XMPP; see the header.
#include "xmpp/muc_client.h"

#include <string.h>

#include "mapping/base32.h"
#include "xmpp/chat_stanza.h"
#include "xmpp/chat_state.h"
#include "xmpp/muc_ghosts.h"
#include "xmpp/namespaces.h"
#include "xmpp/room_facts.h"
#include "xmpp/room_probe.h"
#include "xmpp/stanza.h"

struct MucClient {
    Wire *wire;         // borrowed
    Iq *iq;             // borrowed
    Proof *proof;       // borrowed
    RoomProbe *probes;  // owned
    MucGhosts *ghosts;  // owned
    RoomFacts *facts;   // owned
    GHashTable *by_leg; // borrowed &leg -> owned MucOccupant *
    GHashTable *by_key; // owned char * "self room" -> borrowed MucOccupant *
    GHashTable *links;  // owned char * domains whose link stands
};

static void occupant_free(void *data)
{
    muc_occupant_free(data);
}

MucClient *muc_client_new(Wire *wire, Iq *iq, Proof *proof)
{
    MucClient *client = g_new0(MucClient, 1);
    *client = (MucClient){.wire = wire, .iq = iq, .proof = proof};
    client->probes = room_probe_new(wire, iq);
    client->ghosts = muc_ghosts_new(wire);
    client->facts = room_facts_new(wire, iq);
    client->by_leg = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, occupant_free);
    client->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    client->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return client;
}

void muc_client_free(MucClient *client)
{
    if (client == NULL)
        return;
    g_hash_table_unref(client->by_key);
    g_hash_table_unref(client->by_leg);
    g_hash_table_unref(client->links);
    room_probe_free(client->probes);
    muc_ghosts_free(client->ghosts);
    room_facts_free(client->facts);
    g_free(client);
}

static char *key_of(Address *self, Address *in_room)
{
    return g_strjoin("\n", address_jid(self), address_bare(in_room), NULL);
}

static MucOccupant *find(MucClient *client, Address *self, Address *in_room)
{
    if (address_resource(self) == NULL)
        return NULL;
    g_autofree char *key = key_of(self, in_room);
    return g_hash_table_lookup(client->by_key, key);
}

static void forget_key(MucClient *client, const MucOccupant *occupant)
{
    g_autofree char *key = key_of(occupant->self, occupant->room);
    if (g_hash_table_lookup(client->by_key, key) == occupant)
        g_hash_table_remove(client->by_key, key);
}

static void add_key(MucClient *client, MucOccupant *occupant)
{
    g_hash_table_replace(client->by_key, key_of(occupant->self, occupant->room), occupant);
}

static void forget(MucClient *client, MucOccupant *occupant)
{
    room_facts_on_outside(client->facts, occupant->room, occupant->leg);
    forget_key(client, occupant);
    g_hash_table_remove(client->by_leg, &occupant->leg);
}

static void on_over(void *self, MucOccupant *occupant)
{
    forget(self, occupant);
}

static void on_moves(void *self, MucOccupant *occupant, Address *room)
{
    forget_key(self, occupant);
    address_unref(occupant->room);
    occupant->room = address_ref(room);
    add_key(self, occupant);
}

static void on_leaves(void *self, Address *occupant, Address *there, const char *status)
{
    muc_ghosts_leave(((MucClient *)self)->ghosts, occupant, there, status);
}

static void on_inside(void *self, MucOccupant *occupant)
{
    room_facts_on_inside(((MucClient *)self)->facts, occupant->room, occupant->leg, occupant->self);
}

static void on_changed(void *self, MucOccupant *occupant)
{
    room_facts_on_changed(((MucClient *)self)->facts, occupant->room);
}

static const MucOccupantFuncs occupant_funcs = {.inside = on_inside,
                                                .changed = on_changed,
                                                .over = on_over,
                                                .leaves = on_leaves,
                                                .moves = on_moves};

static void refuse_entry(MucClient *client, uint64_t leg)
{
    Event *event = wire_event(client->wire, EVENT_ROOM_EXIT);
    event->f.leg = leg;
    event->f.how = HOW_REFUSED;
    event->f.failure = FAILURE_JID_MALFORMED;
    wire_raise(client->wire, event);
}

// A device that comes in again takes the place of its older leg: the room knows it as one, and it
// stays inside.
static void supersede(MucClient *client, const Fields *fields)
{
    g_autoptr(Address) self = muc_occupant_self(fields);
    MucOccupant *older = self != NULL ? find(client, self, fields->room) : NULL;
    if (older != NULL)
        muc_occupant_supersede(older);
}

static void enter(MucClient *client, const Fields *fields)
{
    if (g_hash_table_contains(client->by_leg, &fields->leg))
        return;
    supersede(client, fields);
    MucOccupant *occupant =
        muc_occupant_new(client->wire, client->iq, fields, &occupant_funcs, client);
    if (occupant == NULL) {
        refuse_entry(client, fields->leg);
        return;
    }
    occupant->is_linked = g_hash_table_contains(client->links, address_domain(occupant->self));
    g_hash_table_insert(client->by_leg, &occupant->leg, occupant);
    add_key(client, occupant);
    muc_occupant_enter(occupant);
}

static void add_content(xmpp_stanza_t *stanza, const Fields *fields, const char *id)
{
    stanza_set(stanza, "xml:lang", fields->lang);
    stanza_add_text(stanza, "subject", NULL, fields->subject);
    stanza_add_text(stanza, "body", NULL, fields->body);
    stanza_set(stanza_add(stanza, "origin-id", NS_STANZA_IDS), "id", id);
}

static void send_private(MucClient *client, MucOccupant *occupant, const Fields *fields,
                         const char *id)
{
    g_autoptr(Address) to = address_with_resource(occupant->room, fields->nick);
    if (to == NULL) {
        wire_delivered(client->wire, fields->row,
                       &(WireFate){.failure = FAILURE_ITEM_NOT_FOUND, .how = HOW_REFUSED});
        return;
    }
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(client->wire), "message",
                                       address_jid(occupant->self), address_jid(to), "chat", id);
    add_content(stanza, fields, id);
    stanza_add(stanza, "x",
               NS_MUC_USER); // XEP-0045 7.5: so that copies for other resources know it
    proof_send(client->proof, stanza, fields->row, occupant->self, to);
}

// On SIP an id is unique in its session only, and letter case counts (MUC-B06).
static char *spelled_id(const char *id)
{
    g_autofree char *letters = base32_write((const guint8 *)id, strlen(id));
    return g_strconcat("m", letters, NULL);
}

static void send_line(MucClient *client, MucOccupant *occupant, const Fields *fields)
{
    g_autofree char *fresh = fields->id == NULL ? wire_id(client->wire) : NULL;
    const char *id = fields->id != NULL ? fields->id : fresh;
    if (fields->private) {
        send_private(client, occupant, fields, id);
        return;
    }
    if (!occupant->is_linked) {
        wire_delivered(client->wire, fields->row, &proof_no_link);
        return;
    }
    g_autofree char *spelled = spelled_id(id);
    xmpp_stanza_t *stanza =
        stanza_new(wire_ctx(client->wire), "message", address_jid(occupant->self),
                   address_jid(occupant->room), "groupchat", spelled);
    add_content(stanza, fields, spelled);
    muc_lines_add(occupant->lines, stanza, fields->row, fields->body);
}

static void send_subject(MucClient *client, MucOccupant *occupant, const Fields *fields)
{
    g_autofree char *id = wire_id(client->wire);
    xmpp_stanza_t *stanza =
        stanza_new(wire_ctx(client->wire), "message", address_jid(occupant->self),
                   address_jid(occupant->room), "groupchat", id);
    stanza_add_text(stanza, "subject", NULL, fields->subject != NULL ? fields->subject : "");
    wire_send(client->wire, stanza, WIRE_HOUSEKEEPING);
}

static void send_state(MucClient *client, MucOccupant *occupant, const Fields *fields)
{
    g_autofree char *id = wire_id(client->wire);
    xmpp_stanza_t *stanza =
        stanza_new(wire_ctx(client->wire), "message", address_jid(occupant->self),
                   address_jid(occupant->room), "groupchat", id);
    chat_state_add(stanza, fields->how);
    wire_send(client->wire, stanza, WIRE_HOUSEKEEPING);
}

static void leave(MucClient *client, MucOccupant *occupant, const char *status)
{
    muc_occupant_leave(occupant, status);
    forget(client, occupant);
}

// A request has its result, also when its leg is gone.
static void request(MucClient *client, MucOccupant *occupant, const Fields *fields)
{
    if (fields->how == HOW_PROBE)
        room_probe_ask(client->probes, occupant != NULL ? occupant->self : NULL, fields);
    else if (occupant != NULL)
        muc_occupant_request(occupant, fields);
    else
        muc_requests_refuse(client->wire, fields, FAILURE_RECIPIENT_UNAVAILABLE);
}

// One left from before a restart, as it was stored.
static void leave_ghost(MucClient *client, const Fields *fields)
{
    g_autoptr(Address) self = muc_occupant_self(fields);
    g_autoptr(Address) there = address_with_resource(fields->room, fields->nick);
    if (fields->nick != NULL && self != NULL && there != NULL && find(client, self, there) == NULL)
        muc_ghosts_leave(client->ghosts, self, there, fields->text);
}

void muc_client_execute(MucClient *client, const Command *command)
{
    const Fields *fields = &command->f;
    MucOccupant *occupant = g_hash_table_lookup(client->by_leg, &fields->leg);
    if (command->kind == COMMAND_ENTER_ROOM)
        enter(client, fields);
    else if (command->kind == COMMAND_ROOM_REQUEST)
        request(client, occupant, fields);
    else if (occupant == NULL && command->kind == COMMAND_LEAVE_ROOM)
        leave_ghost(client, fields);
    else if (occupant == NULL)
        wire_delivered(client->wire, fields->row, &proof_no_link); // it is out, and that was told
    else if (command->kind == COMMAND_LEAVE_ROOM)
        leave(client, occupant, fields->text);
    else if (command->kind == COMMAND_ROOM_MESSAGE)
        send_line(client, occupant, fields);
    else if (command->kind == COMMAND_ROOM_SUBJECT)
        send_subject(client, occupant, fields);
    else if (command->kind == COMMAND_ROOM_NICK)
        muc_occupant_rename(occupant, fields->nick);
    else if (command->kind == COMMAND_CHAT_STATE)
        send_state(client, occupant, fields);
}

bool muc_client_on_presence(MucClient *client, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    const char *type = xmpp_stanza_get_type(stanza);
    bool is_ours =
        type == NULL || g_strcmp0(type, "unavailable") == 0 || g_strcmp0(type, "error") == 0;
    MucOccupant *occupant = is_ours ? find(client, to, from) : NULL;
    if (occupant == NULL)
        return false;
    occupant->heard_ms = wire_now_ms(client->wire);
    muc_occupant_on_presence(occupant, stanza, from);
    return true;
}

// The delay which the room itself put on a line: then it is history (XEP-0045 7.2.13). One put on
// by its author only tells when it was written.
typedef struct {
    Address *room; // borrowed
    char *stamp;   // owned; of the room, else of the author
    bool is_history;
} Delay;

static bool read_delay(void *self, xmpp_stanza_t *child)
{
    Delay *delay = self;
    if (!stanza_is(child, "delay", NS_DELAY, NULL))
        return true;
    g_autoptr(Address) by = address_from_jid(stanza_attribute(child, "from", STANZA_JID_MAX));
    bool is_rooms = by == NULL || address_equal_bare(by, delay->room);
    if (is_rooms || delay->stamp == NULL) {
        g_free(delay->stamp);
        delay->stamp = stanza_stamp(stanza_attribute(child, "stamp", STANZA_WORD_MAX));
        delay->is_history = is_rooms;
    }
    return !is_rooms;
}

// A line of the room, into an event; NULL when there is nothing to read in it.
static Event *line_of(MucClient *client, MucOccupant *occupant, xmpp_stanza_t *stanza,
                      Address *from)
{
    g_autoptr(Event) event = wire_event(client->wire, EVENT_ROOM_MESSAGE);
    if (chat_stanza_is_encrypted(stanza) ||
        chat_stanza_read_body(client->wire, stanza, &event->f) != CHAT_STANZA_BODY)
        return NULL;
    event->f.leg = occupant->leg;
    fields_set_text(&event->f.nick, address_resource(from));
    fields_set_text(&event->f.id, stanza_attribute(stanza, "id", STANZA_ID_MAX));
    event->f.thread = stanza_text(stanza_child(stanza, "thread", NULL), STANZA_ID_MAX);
    event->f.subject = stanza_text(stanza_child(stanza, "subject", NULL), STANZA_LINE_MAX);
    Delay delay = {.room = occupant->room};
    stanza_each_child(stanza, read_delay, &delay);
    event->f.stamp = delay.stamp;
    event->f.history = delay.is_history;
    return g_steal_pointer(&event);
}

static void on_subject(MucClient *client, MucOccupant *occupant, xmpp_stanza_t *subject,
                       Address *from)
{
    Event *event = wire_event(client->wire, EVENT_ROOM_SUBJECT);
    event->f.leg = occupant->leg;
    fields_set_text(&event->f.nick, address_resource(from));
    event->f.subject = stanza_text(subject, STANZA_LINE_MAX);
    wire_raise(client->wire, event);
}

// What else a room passes on: who writes; words of its own and configuration are ignored. <gone/> is
// no state in a room (XEP-0085 5.5), and what was kept says nothing any more.
static void on_state(MucClient *client, MucOccupant *occupant, xmpp_stanza_t *stanza, Address *from)
{
    How how = chat_state_read(stanza);
    bool is_kept = stanza_child(stanza, "delay", NS_DELAY) != NULL;
    if (how == HOW_NONE || is_kept || address_resource(from) == NULL ||
        stanza_child(stanza, "body", NULL) != NULL) {
        wire_counters(client->wire)->ignored++;
        return;
    }
    Event *event = wire_event(client->wire, EVENT_CHAT_STATE);
    event->f.leg = occupant->leg;
    event->f.how = how;
    event->f.own = g_strcmp0(address_resource(from), occupant->nick) == 0;
    fields_set_text(&event->f.nick, address_resource(from));
    wire_raise(client->wire, event);
}

// What comes from the room itself and not from an occupant: how it has changed, or words; what it
// once said is no news. Answers false when it is something else.
static bool on_room_itself(MucClient *client, MucOccupant *occupant, xmpp_stanza_t *stanza)
{
    unsigned codes = muc_presence_codes(stanza);
    if (codes != 0) { // COMPAT(ejabberd 23): with words beside them
        muc_occupant_on_codes(occupant, codes);
        return true;
    }
    Event *event = line_of(client, occupant, stanza, occupant->room);
    bool is_words = event != NULL;
    if (is_words && !event->f.history)
        wire_raise(client->wire, g_steal_pointer(&event));
    event_free(event);
    return is_words;
}

static void on_groupchat(MucClient *client, MucOccupant *occupant, xmpp_stanza_t *stanza,
                         Address *from)
{
    Event *event = line_of(client, occupant, stanza, from);
    xmpp_stanza_t *subject = stanza_child(stanza, "subject", NULL);
    bool has_body = stanza_child(stanza, "body", NULL) != NULL;
    if (event == NULL && subject != NULL && !has_body) {
        on_subject(client, occupant, subject, from);
        return;
    }
    if (event == NULL || event->f.nick == NULL) {
        event_free(event);
        on_state(client, occupant, stanza, from);
        return;
    }
    if (event->f.history)
        event->f.own = muc_lines_is_ours(occupant->lines, event->f.id);
    else if (g_strcmp0(event->f.nick, occupant->nick) == 0)
        event->f.own = muc_lines_on_echo(occupant->lines, event->f.id, event->f.body);
    bool is_known = muc_heard_note(occupant->heard, event->f.nick, event->f.id, event->f.body);
    if (is_known && event->f.history && !event->f.own) {
        event_free(event);
        wire_counters(client->wire)->ignored++;
        return;
    }
    wire_raise(client->wire, event);
}

static void on_private(MucClient *client, MucOccupant *occupant, xmpp_stanza_t *stanza,
                       Address *from)
{
    Event *event = line_of(client, occupant, stanza, from);
    if (event == NULL || event->f.nick == NULL) {
        event_free(event);
        wire_counters(client->wire)->ignored++;
        return;
    }
    event->f.private = true;
    fields_set_address(&event->f.to, occupant->self);
    wire_raise(client->wire, event);
}

static bool on_error(MucOccupant *occupant, xmpp_stanza_t *stanza)
{
    if (muc_requests_on_error(occupant->requests, stanza))
        return true;
    MucLinesVerdict verdict = muc_lines_on_error(occupant->lines, stanza);
    if (verdict == MUC_LINES_OUTSIDERS)
        muc_occupant_enter_again(occupant);
    return verdict != MUC_LINES_UNKNOWN;
}

// A decline comes to the bare address of who asked, for that is how he was named to the guest
// (XEP-0045 7.8.2): it is for whichever of his occupants in that room has asked.
static bool on_decline(MucClient *client, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    bool is_known = false;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, client->by_leg);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        MucOccupant *occupant = value;
        if (address_equal_bare(occupant->self, to) && address_equal_bare(occupant->room, from))
            is_known |= muc_requests_on_decline(occupant->requests, stanza);
    }
    return is_known;
}

bool muc_client_on_message(MucClient *client, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    if (muc_requests_is_decline(stanza) && on_decline(client, stanza, from, to))
        return true;
    MucOccupant *occupant = find(client, to, from);
    if (occupant == NULL)
        return false;
    occupant->heard_ms = wire_now_ms(client->wire);
    const char *type = xmpp_stanza_get_type(stanza);
    if (g_strcmp0(type, "error") == 0)
        return on_error(occupant, stanza);
    if (address_resource(from) == NULL && on_room_itself(client, occupant, stanza))
        return true;
    if (g_strcmp0(type, "groupchat") == 0)
        on_groupchat(client, occupant, stanza, from);
    else
        on_private(client, occupant, stanza, from);
    return true;
}

bool muc_client_is_inside(MucClient *client, Address *self, Address *asker)
{
    return find(client, self, asker) != NULL;
}

// Those whose domain it is; to be gone through while they leave the tables.
static GPtrArray *occupants_of(MucClient *client, const char *domain)
{
    GPtrArray *occupants = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, client->by_leg);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        MucOccupant *occupant = value;
        if (domain == NULL || g_strcmp0(address_domain(occupant->self), domain) == 0)
            g_ptr_array_add(occupants, occupant);
    }
    return occupants;
}

void muc_client_on_link(MucClient *client, const char *domain, bool is_up)
{
    if (is_up)
        g_hash_table_add(client->links, g_strdup(domain));
    else
        g_hash_table_remove(client->links, domain);
    if (is_up)
        muc_ghosts_on_link_up(client->ghosts, domain);
    g_autoptr(GPtrArray) occupants = occupants_of(client, domain);
    for (guint i = 0; i < occupants->len; i++)
        muc_occupant_on_link(occupants->pdata[i], is_up);
}

void muc_client_leave_all(MucClient *client, const char *status)
{
    g_autoptr(GPtrArray) occupants = occupants_of(client, NULL);
    for (guint i = 0; i < occupants->len; i++)
        leave(client, occupants->pdata[i], status);
}

size_t muc_client_count(const MucClient *client)
{
    return g_hash_table_size(client->by_leg);
}
