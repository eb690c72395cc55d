// SPDX-License-Identifier: MIT
// One room whose home is SIP, as XMPP users see it; see the header.
#include "xmpp/room_facade.h"

#include "xmpp/chat_state.h"
#include "xmpp/room_history.h"
#include "xmpp/room_stanza.h"

struct RoomFacade {
    Wire *wire;           // borrowed
    Proof *proof;         // borrowed
    Address *room;        // shared, bare
    FacadeRoster *roster; // owned
    char *subject;        // owned
    char *name;           // owned, NULL = it has none of its own
    char *description;    // owned
    bool is_described;    // once by the home
    bool is_locked;       // nobody else may come in now
    uint64_t most;        // occupants it takes, 0 = not told
    int64_t subject_ms;   // wall time of its last change, 0 = it was there before us
    bool is_subject_told; // once by the home
    bool shows_reals;     // some party may see who occupants are
    GQueue parties;       // borrowed RoomParty *
};

RoomFacade *room_facade_new(Wire *wire, Proof *proof, Address *room)
{
    RoomFacade *facade = g_new0(RoomFacade, 1);
    *facade = (RoomFacade){.wire = wire, .proof = proof, .room = address_to_bare(room)};
    facade->roster = facade_roster_new();
    return facade;
}

void room_facade_free(RoomFacade *facade)
{
    if (facade == NULL)
        return;
    g_queue_clear(&facade->parties);
    facade_roster_free(facade->roster);
    address_unref(facade->room);
    g_free(facade->subject);
    g_free(facade->name);
    g_free(facade->description);
    g_free(facade);
}

Address *room_facade_address(const RoomFacade *facade)
{
    return facade->room;
}

const FacadeRoster *room_facade_roster(const RoomFacade *facade)
{
    return facade->roster;
}

RoomInfo room_facade_info(const RoomFacade *facade)
{
    return (RoomInfo){.name = facade->name,
                      .description = facade->description,
                      .subject = facade->subject,
                      .shows_reals = facade->shows_reals,
                      .is_locked = facade->is_locked,
                      .most = facade->most,
                      .has_count = true,
                      .count = facade_roster_count(facade->roster)};
}

GList *room_facade_parties(const RoomFacade *facade)
{
    return facade->parties.head;
}

char *room_facade_shown(const RoomFacade *facade, const char *nick)
{
    const FacadeOccupant *occupant = facade_roster_find(facade->roster, nick);
    return occupant != NULL ? g_strdup(occupant->shown) : facade_roster_name(nick);
}

// Finds the devices of ours that an occupant is; the latest of them.
static RoomParty *gather(const RoomFacade *facade, FacadeOccupant *occupant)
{
    RoomParty *latest = NULL;
    g_ptr_array_set_size(occupant->devices, 0);
    for (GList *at = facade->parties.head; at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (g_strcmp0(party->nick, occupant->nick) != 0)
            continue;
        g_ptr_array_add(occupant->devices, address_ref(party->self));
        latest = party;
    }
    return latest;
}

static bool is_same(xmpp_stanza_t *a, xmpp_stanza_t *b)
{
    size_t octets = 0;
    g_autofree char *left = a != NULL ? stanza_to_text(a, &octets) : NULL;
    g_autofree char *right = b != NULL ? stanza_to_text(b, &octets) : NULL;
    return g_strcmp0(left, right) == 0;
}

// An occupant that is one of our devices shows what that says of itself; of several it is the one that
// spoke last (MUC-A15, A29). Whether it shows something else now.
static bool take_for(FacadeOccupant *occupant, const RoomParty *party)
{
    bool differs = party != NULL && !is_same(party->shown, occupant->presence);
    fields_set_address(&occupant->device, party != NULL ? party->self : NULL);
    if (!differs)
        return false;
    stanza_free(occupant->presence);
    occupant->presence = party->shown != NULL ? xmpp_stanza_copy(party->shown) : NULL;
    return true;
}

// ---- presence -----------------------------------------------------------------------------------

static void say(RoomFacade *facade, xmpp_stanza_t *owned)
{
    wire_send(facade->wire, owned, WIRE_HOUSEKEEPING);
}

static void add_code(RoomPresence *presence, int code)
{
    for (size_t i = 0; code != 0 && i < ROOM_STANZA_CODES_MAX; i++) {
        if (presence->codes[i] != 0)
            continue;
        presence->codes[i] = code;
        return;
    }
}

// The real address of an occupant, as far as `party` may see it: the whole one of a device of ours.
static const Address *real_for(const RoomParty *party, const FacadeOccupant *occupant)
{
    if (!party->reals)
        return NULL;
    return occupant->device != NULL ? occupant->device : occupant->real;
}

static RoomPresence presence_of(const RoomFacade *facade, const RoomParty *party,
                                const FacadeOccupant *occupant)
{
    RoomPresence presence = {.room = facade->room, .to = party->self};
    presence.nick = occupant->shown;
    presence.role = occupant->role;
    presence.affiliation = occupant->affiliation;
    presence.real = real_for(party, occupant);
    presence.devices = party->reals ? occupant->devices : NULL;
    presence.shown = occupant->presence;
    presence.is_away = occupant->is_away;
    return presence;
}

// The party's own presence; `shown` holds its name while it is written.
static RoomPresence self_presence(const RoomFacade *facade, const RoomParty *party, char **shown)
{
    const FacadeOccupant *occupant = facade_roster_find(facade->roster, party->nick);
    RoomPresence presence = {.room = facade->room, .to = party->self};
    *shown = room_facade_shown(facade, party->nick);
    presence.nick = *shown;
    presence.role = party->role != NULL || occupant == NULL ? party->role : occupant->role;
    presence.affiliation = party->affiliation != NULL || occupant == NULL ? party->affiliation
                                                                          : occupant->affiliation;
    presence.real = party->reals ? party->self : NULL;
    presence.shown = occupant != NULL ? occupant->presence : NULL;
    add_code(&presence, 110);
    return presence;
}

static void tell_self(RoomFacade *facade, RoomParty *party)
{
    g_autofree char *shown = NULL;
    RoomPresence presence = self_presence(facade, party, &shown);
    say(facade, room_stanza_presence(facade->wire, &presence));
}

static void tell(RoomFacade *facade, RoomParty *party, const FacadeOccupant *occupant)
{
    if (g_strcmp0(party->nick, occupant->nick) == 0) {
        tell_self(facade, party);
        return;
    }
    RoomPresence presence = presence_of(facade, party, occupant);
    say(facade, room_stanza_presence(facade->wire, &presence));
}

static void tell_all(RoomFacade *facade, const FacadeOccupant *occupant)
{
    for (GList *at = facade->parties.head; at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (party->is_inside)
            tell(facade, party, occupant);
    }
}

// ---- the devices --------------------------------------------------------------------------------

void room_facade_add(RoomFacade *facade, RoomParty *party)
{
    g_queue_push_tail(&facade->parties, party);
    party->shown = room_stanza_shown(party->join);
    FacadeOccupant *occupant = facade_roster_find(facade->roster, party->nick);
    if (occupant == NULL)
        return;
    bool differs = take_for(occupant, gather(facade, occupant));
    if (differs || facade->shows_reals)
        tell_all(facade, occupant); // the address of this device is news
}

void room_facade_remove(RoomFacade *facade, RoomParty *party)
{
    g_queue_remove(&facade->parties, party);
    FacadeOccupant *occupant = facade_roster_find(facade->roster, party->nick);
    if (occupant == NULL)
        return;
    RoomParty *other = gather(facade, occupant);
    bool spoke = address_equal(occupant->device, party->self);
    bool differs = spoke && take_for(occupant, other);
    if (other != NULL && (differs || facade->shows_reals))
        tell_all(facade, occupant);
}

// ---- the roster ---------------------------------------------------------------------------------

static void on_present(RoomFacade *facade, const Fields *fields)
{
    bool is_changed = false;
    FacadeOccupant *occupant = facade_roster_put(facade->roster, fields, &is_changed);
    if (occupant == NULL || !is_changed)
        return;
    if (occupant->device == NULL)
        take_for(occupant, gather(facade, occupant));
    tell_all(facade, occupant);
}

// XEP-0045 7.6: gone under the old name, here under the new one.
static void tell_rename(RoomFacade *facade, RoomParty *party, const char *was,
                        const FacadeOccupant *occupant)
{
    bool is_own = g_strcmp0(party->nick, occupant->nick) == 0;
    RoomPresence gone = presence_of(facade, party, occupant);
    gone.nick = was;
    gone.new_nick = occupant->shown;
    gone.devices = NULL;
    gone.is_gone = true;
    gone.shown = NULL;
    add_code(&gone, 303);
    add_code(&gone, is_own ? 110 : 0);
    say(facade, room_stanza_presence(facade->wire, &gone));
    tell(facade, party, occupant);
}

static void move_parties(RoomFacade *facade, const Fields *fields)
{
    for (GList *at = facade->parties.head; at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (g_strcmp0(party->nick, fields->nick) == 0)
            room_party_set_nick(party, fields->new_nick);
    }
}

static void on_renamed(RoomFacade *facade, const Fields *fields)
{
    g_autofree char *was = NULL;
    FacadeOccupant *occupant =
        facade_roster_rename(facade->roster, fields->nick, fields->new_nick, &was);
    move_parties(facade, fields);
    if (occupant == NULL)
        return;
    gather(facade, occupant);
    for (GList *at = facade->parties.head; at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (party->is_inside)
            tell_rename(facade, party, was, occupant);
    }
}

static void tell_gone(RoomFacade *facade, RoomParty *party, const FacadeOccupant *occupant,
                      const Fields *fields)
{
    RoomPresence gone = presence_of(facade, party, occupant);
    gone.devices = NULL;
    gone.is_gone = true;
    gone.shown = NULL;
    add_code(&gone, room_stanza_code(fields->how));
    if (fields->how == HOW_LEFT)
        gone.status = fields->text;
    else
        gone.reason = fields->text;
    gone.affiliation = fields->how == HOW_BANNED ? "outcast" : gone.affiliation;
    g_autofree char *actor =
        fields->from != NULL ? room_facade_shown(facade, address_resource(fields->from)) : NULL;
    gone.actor = actor;
    say(facade, room_stanza_presence(facade->wire, &gone));
}

// A party of that name is told of its own end by EXPEL.
static void on_gone(RoomFacade *facade, const Fields *fields)
{
    FacadeOccupant *occupant = facade_roster_find(facade->roster, fields->nick);
    if (occupant == NULL)
        return;
    for (GList *at = facade->parties.head; at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (party->is_inside && g_strcmp0(party->nick, occupant->nick) != 0)
            tell_gone(facade, party, occupant, fields);
    }
    facade_roster_remove(facade->roster, occupant);
}

static void forget(RoomFacade *facade)
{
    facade_roster_clear(facade->roster);
    g_clear_pointer(&facade->subject, g_free);
    g_clear_pointer(&facade->name, g_free);
    g_clear_pointer(&facade->description, g_free);
    facade->is_subject_told = facade->is_described = facade->is_locked = false;
    facade->most = 0;
    facade->subject_ms = 0;
}

void room_facade_on_roster(RoomFacade *facade, const Fields *fields)
{
    if (fields->how == HOW_FORGET) {
        forget(facade);
    } else if (fields->nick == NULL) {
        return;
    } else if (fields->how == HOW_JOINED || fields->how == HOW_CHANGED) {
        on_present(facade, fields);
    } else if (fields->how == HOW_RENAMED) {
        on_renamed(facade, fields);
    } else {
        on_gone(facade, fields);
    }
}

static void tell_code(RoomFacade *facade, RoomParty *party, int code)
{
    say(facade, room_stanza_code_message(facade->wire, facade->room, party->self, code));
}

void room_facade_on_own(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    bool differs = g_strcmp0(party->role, fields->role) != 0 ||
                   g_strcmp0(party->affiliation, fields->affiliation) != 0;
    bool had_reals = party->reals;
    if (!party->is_inside && fields->nick != NULL)
        room_party_set_nick(party, fields->nick); // later a renaming tells it
    fields_set_text(&party->role, fields->role);
    fields_set_text(&party->affiliation, fields->affiliation);
    party->reals = fields->reals;
    facade->shows_reals = fields->reals;
    if (!party->is_inside)
        return;
    if (had_reals != party->reals)
        tell_code(facade, party, party->reals ? 172 : 173);
    if (differs)
        tell_self(facade, party);
}

void room_facade_show_party(RoomFacade *facade, RoomParty *party, xmpp_stanza_t *presence)
{
    FacadeOccupant *occupant = facade_roster_find(facade->roster, party->nick);
    stanza_free(party->shown);
    party->shown = room_stanza_shown(presence);
    if (occupant == NULL)
        return;
    take_for(occupant, party);
    tell_all(facade, occupant);
}

// ---- lines --------------------------------------------------------------------------------------

static void send_line(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    g_autofree char *fresh = fields->id == NULL ? wire_id(facade->wire) : NULL;
    const char *id = fields->id != NULL ? fields->id : fresh;
    g_autofree char *shown =
        fields->nick != NULL ? room_facade_shown(facade, fields->nick) : NULL;
    if (fields->private)
        room_party_note_aside(party, id);
    xmpp_stanza_t *line =
        room_stanza_line(facade->wire, facade->room, shown, party->self, id, fields);
    proof_send(facade->proof, line, fields->row, facade->room, party->self);
}

static void send_echo(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    g_autofree char *shown = room_facade_shown(facade, party->nick);
    g_autoptr(xmpp_stanza_t) sent = room_party_recall(party, fields->id);
    if (sent != NULL)
        say(facade, room_stanza_echo(facade->wire, facade->room, shown, sent, fields->stable));
    else
        say(facade, room_stanza_line(facade->wire, facade->room, shown, party->self, fields->id,
                                     fields));
}

static void send_state(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    static const Fields NO_WORDS = {0};
    if (fields->nick == NULL)
        return;
    g_autofree char *id = wire_id(facade->wire), *shown = room_facade_shown(facade, fields->nick);
    xmpp_stanza_t *state =
        room_stanza_line(facade->wire, facade->room, shown, party->self, id, &NO_WORDS);
    chat_state_add(state, fields->how);
    say(facade, state);
}

static void send_now(RoomFacade *facade, RoomParty *party, const Command *command)
{
    if (command->kind == COMMAND_CHAT_STATE)
        send_state(facade, party, &command->f);
    else if (command->f.own)
        send_echo(facade, party, &command->f);
    else
        send_line(facade, party, &command->f);
}

void room_facade_send(RoomFacade *facade, RoomParty *party, const Command *command)
{
    if (party->is_inside)
        send_now(facade, party, command);
    else if (!room_party_keep(party, command))
        wire_delivered(facade->wire, command->f.row, &proof_queue_full);
}

static void tell_subject(RoomFacade *facade, RoomParty *party, int64_t changed_ms)
{
    say(facade, room_stanza_subject(facade->wire, facade->room, party->self, facade->subject,
                                    changed_ms));
}

// What the room says of itself has changed: whoever is inside may ask for it (XEP-0045 10.2.1).
static void on_described(RoomFacade *facade, const Fields *fields)
{
    bool is_news = g_strcmp0(facade->name, fields->text) != 0 ||
                   g_strcmp0(facade->description, fields->body) != 0 ||
                   facade->is_locked != fields->locked || facade->most != fields->number;
    bool was_described = facade->is_described;
    fields_set_text(&facade->name, fields->text);
    fields_set_text(&facade->description, fields->body);
    facade->is_described = true;
    facade->is_locked = fields->locked;
    facade->most = fields->number;
    for (GList *at = facade->parties.head; is_news && was_described && at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (party->is_inside)
            tell_code(facade, party, 104);
    }
}

void room_facade_on_subject(RoomFacade *facade, const Fields *fields)
{
    if (fields->how == HOW_CHANGED) {
        on_described(facade, fields);
        return;
    }
    bool is_change = facade->is_subject_told;
    bool is_news = g_strcmp0(facade->subject, fields->subject) != 0;
    facade->is_subject_told = true;
    if (!is_news)
        return;
    fields_set_text(&facade->subject, fields->subject);
    facade->subject_ms = is_change ? wire_wall_ms(facade->wire) : 0;
    for (GList *at = facade->parties.head; at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (party->is_inside)
            tell_subject(facade, party, 0);
    }
}

// ---- coming in and going out --------------------------------------------------------------------

static void show_room(RoomFacade *facade, RoomParty *party, bool is_first)
{
    for (GList *at = facade_roster_first(facade->roster); at != NULL; at = at->next) {
        const FacadeOccupant *occupant = at->data;
        if (g_strcmp0(occupant->nick, party->nick) != 0)
            tell(facade, party, occupant);
    }
    g_autofree char *shown = NULL;
    RoomPresence self = self_presence(facade, party, &shown);
    self.id = stanza_attribute(party->join, "id", STANZA_ID_MAX);
    add_code(&self, party->reals ? 100 : 0);
    add_code(&self, is_first && party->made ? 201 : 0);
    add_code(&self, g_strcmp0(party->asked, shown) != 0 ? 210 : 0);
    say(facade, room_stanza_presence(facade->wire, &self));
}

// What waited and is old comes before the subject, what is new behind it (XEP-0045 7.1).
static void release(RoomFacade *facade, RoomParty *party, bool of_old)
{
    for (GList *at = party->waiting.head, *next; at != NULL; at = next) {
        next = at->next;
        Command *command = at->data;
        if (of_old && !room_stanza_is_old(facade->wire, &command->f))
            continue;
        g_queue_delete_link(&party->waiting, at);
        send_now(facade, party, command);
        command_free(command);
    }
}

static uint64_t chars_of(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    g_autofree char *shown =
        fields->nick != NULL ? room_facade_shown(facade, fields->nick) : NULL;
    g_autoptr(xmpp_stanza_t) line =
        room_stanza_line(facade->wire, facade->room, shown, party->self, fields->id, fields);
    size_t octets = 0;
    g_autofree char *text = stanza_to_text(line, &octets);
    return text != NULL ? (uint64_t)g_utf8_strlen(text, (gssize)octets) : 0;
}

// XEP-0045 7.2.14: older lines that the party does not want to hear count as heard.
static void limit_history(RoomFacade *facade, RoomParty *party)
{
    RoomHistory wish = room_history_read(party->join, wire_wall_ms(facade->wire));
    for (GList *at = party->waiting.tail, *earlier; at != NULL; at = earlier) {
        earlier = at->prev;
        Command *command = at->data;
        const Fields *fields = &command->f;
        if (fields->private || !room_stanza_is_old(facade->wire, fields))
            continue;
        uint64_t chars = wish.chars != G_MAXUINT64 ? chars_of(facade, party, fields) : 0;
        if (room_history_takes(&wish, stanza_stamp_ms(fields->stamp), chars))
            continue;
        wire_delivered(facade->wire, fields->row, &(WireFate){0});
        g_queue_delete_link(&party->waiting, at);
        command_free(command);
    }
}

void room_facade_admit(RoomFacade *facade, RoomParty *party)
{
    if (party->is_inside)
        return;
    party->is_inside = true;
    show_room(facade, party, true);
    limit_history(facade, party);
    release(facade, party, true);
    tell_subject(facade, party, facade->subject_ms);
    release(facade, party, false);
}

void room_facade_show_again(RoomFacade *facade, RoomParty *party)
{
    show_room(facade, party, false);
    tell_subject(facade, party, facade->subject_ms);
}

// What waited is not told any more, and its home hears so.
static void take_back(RoomFacade *facade, RoomParty *party)
{
    Command *command;
    while ((command = g_queue_pop_head(&party->waiting)) != NULL) {
        wire_delivered(facade->wire, command->f.row, &proof_no_link);
        command_free(command);
    }
}

// CONF-028: what ends a stay that has not begun is an error of the entry.
static FailureReason reason_of(How how)
{
    if (how == HOW_KICKED || how == HOW_BANNED || how == HOW_REMOVED)
        return FAILURE_FORBIDDEN;
    if (how == HOW_DESTROYED)
        return FAILURE_ITEM_NOT_FOUND;
    return how == HOW_LOST || how == HOW_TIMEOUT ? FAILURE_REMOTE_SERVER_TIMEOUT
                                                 : FAILURE_SERVICE_UNAVAILABLE;
}

static void refuse_entry(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    g_autofree char *words = NULL;
    RoomRefusal refusal = room_stanza_refusal(fields, &words);
    if (fields->status == 0 && fields->failure == FAILURE_NONE)
        refusal.reason = reason_of(fields->how);
    say(facade, room_stanza_error(party->join, NULL, facade->room, &refusal));
}

void room_facade_dismiss(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    take_back(facade, party);
    if (!party->is_inside) {
        refuse_entry(facade, party, fields);
        return;
    }
    g_autofree char *shown = NULL, *actor = NULL;
    RoomPresence gone = self_presence(facade, party, &shown);
    gone.is_gone = true;
    gone.shown = NULL;
    gone.is_destroyed = fields->how == HOW_DESTROYED;
    gone.venue = gone.is_destroyed ? fields->real : NULL;
    gone.affiliation = fields->how == HOW_BANNED ? "outcast" : NULL;
    gone.real = NULL;
    if (fields->how == HOW_LEFT)
        gone.status = fields->text;
    else
        gone.reason = fields->text;
    actor = fields->from != NULL ? room_facade_shown(facade, address_resource(fields->from)) : NULL;
    gone.actor = actor;
    add_code(&gone, room_stanza_code(fields->how));
    say(facade, room_stanza_presence(facade->wire, &gone));
}
