// SPDX-License-Identifier: MIT
// One room whose home is SIP, as XMPP users see it; see the header.
#include "xmpp/room_facade.h"

#include "xmpp/facade_core.h"
#include "xmpp/facade_lines.h"
#include "xmpp/facade_presence.h"
#include "xmpp/room_stanza.h"

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
        facade_presence_tell_all(facade, occupant); // the address of this device is news
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
        facade_presence_tell_all(facade, occupant);
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
    facade_presence_tell_all(facade, occupant);
}

// XEP-0045 7.6: gone under the old name, here under the new one.
static void tell_rename(RoomFacade *facade, RoomParty *party, const char *was,
                        const FacadeOccupant *occupant)
{
    bool is_own = g_strcmp0(party->nick, occupant->nick) == 0;
    RoomPresence gone = facade_presence_of(facade, party, occupant);
    gone.nick = was;
    gone.new_nick = occupant->shown;
    gone.devices = NULL;
    gone.is_gone = true;
    gone.shown = NULL;
    facade_presence_add_code(&gone, 303);
    facade_presence_add_code(&gone, is_own ? 110 : 0);
    facade_presence_say(facade, room_stanza_presence(facade->wire, &gone));
    facade_presence_tell(facade, party, occupant);
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
    RoomPresence gone = facade_presence_of(facade, party, occupant);
    facade_presence_set_gone(&gone, fields);
    g_autofree char *actor =
        fields->from != NULL ? room_facade_shown(facade, address_resource(fields->from)) : NULL;
    gone.actor = actor;
    facade_presence_say(facade, room_stanza_presence(facade->wire, &gone));
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
        facade_presence_tell_code(facade, party, party->reals ? 172 : 173);
    if (differs)
        facade_presence_tell_self(facade, party);
}

void room_facade_show_party(RoomFacade *facade, RoomParty *party, xmpp_stanza_t *presence)
{
    FacadeOccupant *occupant = facade_roster_find(facade->roster, party->nick);
    stanza_free(party->shown);
    party->shown = room_stanza_shown(presence);
    if (occupant == NULL)
        return;
    take_for(occupant, party);
    facade_presence_tell_all(facade, occupant);
}

// ---- what the room says of itself ---------------------------------------------------------------

static void tell_subject(RoomFacade *facade, RoomParty *party, int64_t changed_ms)
{
    facade_presence_say(facade, room_stanza_subject(facade->wire, facade->room, party->self,
                                                    facade->subject, changed_ms));
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
            facade_presence_tell_code(facade, party, 104);
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
            facade_presence_tell(facade, party, occupant);
    }
    g_autofree char *shown = NULL;
    RoomPresence self = facade_presence_self(facade, party, &shown);
    self.id = stanza_attribute(party->join, "id", STANZA_ID_MAX);
    facade_presence_add_code(&self, party->reals ? 100 : 0);
    facade_presence_add_code(&self, is_first && party->made ? 201 : 0);
    facade_presence_add_code(&self, g_strcmp0(party->asked, shown) != 0 ? 210 : 0);
    facade_presence_say(facade, room_stanza_presence(facade->wire, &self));
}

void room_facade_admit(RoomFacade *facade, RoomParty *party)
{
    if (party->is_inside)
        return;
    party->is_inside = true;
    show_room(facade, party, true);
    facade_lines_limit_history(facade, party);
    facade_lines_release(facade, party, true);
    tell_subject(facade, party, facade->subject_ms);
    facade_lines_release(facade, party, false);
}

void room_facade_send(RoomFacade *facade, RoomParty *party, const Command *command)
{
    if (party->is_inside)
        facade_lines_send(facade, party, command);
    else if (!room_party_keep(party, command))
        wire_delivered(facade->wire, command->f.row, &proof_queue_full);
}

void room_facade_show_again(RoomFacade *facade, RoomParty *party)
{
    show_room(facade, party, false);
    tell_subject(facade, party, facade->subject_ms);
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
    facade_presence_say(facade, room_stanza_error(party->join, NULL, facade->room, &refusal));
}

void room_facade_dismiss(RoomFacade *facade, RoomParty *party, const Fields *fields)
{
    facade_lines_take_back(facade, party);
    if (!party->is_inside) {
        refuse_entry(facade, party, fields);
        return;
    }
    g_autofree char *shown = NULL, *actor = NULL;
    RoomPresence gone = facade_presence_self(facade, party, &shown);
    facade_presence_set_gone(&gone, fields);
    gone.is_destroyed = fields->how == HOW_DESTROYED;
    gone.venue = gone.is_destroyed ? fields->real : NULL;
    gone.real = NULL;
    actor = fields->from != NULL ? room_facade_shown(facade, address_resource(fields->from)) : NULL;
    gone.actor = actor;
    facade_presence_say(facade, room_stanza_presence(facade->wire, &gone));
}
