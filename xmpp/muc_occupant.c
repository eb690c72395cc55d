// SPDX-License-Identifier: MIT
// One of our users in a room that lives on XMPP; see the header.
#include "xmpp/muc_occupant.h"

#include <string.h>

#include "xmpp/muc_presence.h"
#include "xmpp/namespaces.h"
#include "xmpp/proof.h"
#include "xmpp/stanza.h"

// XEP-0410 3.2: silence after which an occupant looks whether it still is one.
enum { HEALTH_MS = 15 * 60 * 1000 };
// 6.1 (333): one silent entry; thrown out again sooner than this, it was no accident.
enum { AGAIN_APART_MS = 60 * 1000 };

static void on_entry_failed(void *self, How how, const StanzaError *error);
static void on_made(void *self, bool is_open);

Address *muc_occupant_self(const Fields *fields)
{
    if (address_resource(fields->from) != NULL)
        return address_ref(fields->from);
    g_autofree char *resource = g_strdup_printf("leg%" G_GUINT64_FORMAT, fields->leg);
    return address_with_resource(fields->from, resource);
}

MucOccupant *muc_occupant_new(Wire *wire, Iq *iq, const Fields *fields,
                              const MucOccupantFuncs *funcs, void *owner)
{
    if (address_local(fields->room) == NULL || address_local(fields->from) == NULL)
        return NULL;
    MucOccupant *occupant = g_new0(MucOccupant, 1);
    *occupant =
        (MucOccupant){.leg = fields->leg, .wire = wire, .iq = iq, .funcs = funcs, .owner = owner};
    occupant->follows = fields->continues;
    occupant->room = address_to_bare(fields->room);
    occupant->self = muc_occupant_self(fields);
    occupant->entry = muc_entry_new(&(MucEntryConfig){.wire = wire,
                                                      .iq = iq,
                                                      .room = occupant->room,
                                                      .self = occupant->self,
                                                      .fields = fields,
                                                      .failed = on_entry_failed,
                                                      .failed_self = occupant});
    if (fields->how == HOW_MAKE)
        occupant->make = muc_make_new(wire, iq, occupant->room, occupant->self, on_made, occupant);
    occupant->lines = muc_lines_new(wire);
    occupant->heard = muc_heard_new();
    occupant->asked = muc_nick_new(wire, fields->leg);
    occupant->requests = muc_requests_new(wire, iq);
    return occupant;
}

void muc_occupant_free(MucOccupant *occupant)
{
    if (occupant == NULL)
        return;
    deadlines_stop(&occupant->health);
    iq_forget(occupant->iq, occupant);
    muc_entry_free(occupant->entry);
    muc_lines_free(occupant->lines);
    muc_make_free(occupant->make);
    muc_heard_free(occupant->heard);
    muc_nick_free(occupant->asked);
    muc_requests_free(occupant->requests);
    address_unref(occupant->room);
    address_unref(occupant->self);
    address_unref(occupant->real);
    g_free(occupant->nick);
    g_free(occupant->role);
    g_free(occupant->affiliation);
    g_free(occupant);
}

// Whoever waits for a word of the room is told that none will come.
static void end_requests(MucOccupant *occupant)
{
    muc_nick_end(occupant->asked, FAILURE_RECIPIENT_UNAVAILABLE);
    muc_requests_end(occupant->requests);
}

static void end_all(MucOccupant *occupant)
{
    muc_lines_end(occupant->lines, &proof_link_lost);
    end_requests(occupant);
}

// The end: lines first, then the word of it (docs/seam.md). Nobody touches the occupant afterwards.
static void finish(MucOccupant *occupant, How how, FailureReason failure, const char *text,
                   Address *real)
{
    end_all(occupant);
    Event *event = wire_event(occupant->wire, EVENT_ROOM_EXIT);
    event->f.leg = occupant->leg;
    event->f.how = how;
    event->f.failure = failure;
    fields_set_text(&event->f.text, text);
    fields_set_address(&event->f.real, real);
    wire_raise(occupant->wire, event);
    occupant->funcs->over(occupant->owner, occupant);
}

void muc_occupant_supersede(MucOccupant *occupant)
{
    finish(occupant, HOW_LOST, FAILURE_CONFLICT, "the same device came in again", NULL);
}

static void send_leave(MucOccupant *occupant, const char *status)
{
    g_autoptr(Address) there = muc_entry_occupant(occupant->entry);
    occupant->funcs->leaves(occupant->owner, occupant->self, there, status);
}

void muc_occupant_leave(MucOccupant *occupant, const char *status)
{
    end_all(occupant);
    send_leave(occupant, status);
}

// Why one who was inside before is not let in again.
static How how_of_refusal(FailureReason reason)
{
    if (reason == FAILURE_ITEM_NOT_FOUND)
        return HOW_DESTROYED;
    if (reason == FAILURE_FORBIDDEN)
        return HOW_BANNED;
    return reason == FAILURE_REGISTRATION_REQUIRED ? HOW_REMOVED : HOW_LOST;
}

// ESC-415: once, and only within the service, whose word it is where its rooms are. Who asked for the room by its
// own address is told (table 6.3).
static bool may_follow(const MucOccupant *occupant, const StanzaError *error)
{
    bool is_elsewhere = error->reason == FAILURE_GONE || error->reason == FAILURE_REDIRECT;
    return is_elsewhere && error->target != NULL && address_local(error->target) != NULL &&
           strcmp(address_domain(error->target), address_domain(occupant->room)) == 0 &&
           occupant->state == MUC_OCCUPANT_ENTERING && occupant->follows;
}

static void follow(MucOccupant *occupant, const Address *target)
{
    g_autoptr(Address) room = address_to_bare(target);
    occupant->follows = false;
    occupant->funcs->moves(occupant->owner, occupant, room);
    muc_entry_set_room(occupant->entry, room);
    muc_entry_begin(occupant->entry, NULL);
}

static void on_entry_failed(void *self, How how, const StanzaError *error)
{
    MucOccupant *occupant = self;
    if (may_follow(occupant, error)) {
        follow(occupant, error->target);
        return;
    }
    if (how == HOW_TIMEOUT)
        send_leave(occupant, NULL); // an answer may still be on its way
    if (occupant->state == MUC_OCCUPANT_AGAIN)
        how = how == HOW_TIMEOUT ? HOW_LOST : how_of_refusal(error->reason);
    finish(occupant, how, error->reason, error->text, error->target);
}

void muc_occupant_enter(MucOccupant *occupant)
{
    muc_entry_begin(occupant->entry, NULL);
}

// From here on the room tells everything again: who is inside, and what was said meanwhile.
static void begin_again(MucOccupant *occupant)
{
    occupant->state = MUC_OCCUPANT_AGAIN;
    deadlines_stop(&occupant->health);
    muc_lines_close(occupant->lines);
    end_requests(occupant);
    muc_roster_begin_again(occupant->wire, occupant->leg);
}

void muc_occupant_enter_again(MucOccupant *occupant)
{
    if (occupant->state != MUC_OCCUPANT_INSIDE)
        return;
    int64_t now = wire_now_ms(occupant->wire);
    if (occupant->again_ms != 0 && now - occupant->again_ms < AGAIN_APART_MS) {
        finish(occupant, HOW_LOST, FAILURE_NONE, "removed by the room", NULL);
        return;
    }
    occupant->again_ms = now;
    occupant->lost_ms = wire_wall_ms(occupant->wire);
    begin_again(occupant);
    g_autofree char *since = stanza_stamp_from_ms(occupant->lost_ms);
    muc_entry_begin(occupant->entry, since);
}

void muc_occupant_on_link(MucOccupant *occupant, bool is_up)
{
    occupant->is_linked = is_up;
    if (!is_up) {
        muc_lines_end(occupant->lines, &proof_link_lost);
        if (occupant->state == MUC_OCCUPANT_INSIDE) {
            occupant->lost_ms = wire_wall_ms(occupant->wire);
            begin_again(occupant);
        } else if (occupant->state == MUC_OCCUPANT_AGAIN) {
            muc_entry_stop(occupant->entry); // how long to wait is the middle's to say (xmpp_hold)
        }
    } else if (occupant->state == MUC_OCCUPANT_AGAIN) {
        g_autofree char *since = stanza_stamp_from_ms(occupant->lost_ms);
        muc_entry_begin(occupant->entry, since);
    } else {
        muc_entry_repeat(occupant->entry);
    }
}

static void on_health(void *self);

static void watch_health(MucOccupant *occupant)
{
    deadlines_start(wire_deadlines(occupant->wire), &occupant->health, HEALTH_MS, on_health,
                    occupant);
}

// XEP-0410 3.2: these errors come from within the room, or say nothing about it.
static bool is_still_inside(FailureReason reason)
{
    return reason == FAILURE_SERVICE_UNAVAILABLE || reason == FAILURE_FEATURE_NOT_IMPLEMENTED ||
           reason == FAILURE_ITEM_NOT_FOUND || reason == FAILURE_REMOTE_SERVER_NOT_FOUND ||
           reason == FAILURE_REMOTE_SERVER_TIMEOUT;
}

static void on_self_ping(void *self, uint64_t unused, xmpp_stanza_t *answer)
{
    MucOccupant *occupant = self;
    if (answer == NULL || g_strcmp0(xmpp_stanza_get_type(answer), "error") != 0)
        return;
    g_auto(StanzaError) error = {0};
    stanza_error_read(answer, &error);
    if (!is_still_inside(error.reason))
        muc_occupant_enter_again(occupant);
}

static void on_health(void *self)
{
    MucOccupant *occupant = self;
    watch_health(occupant);
    if (wire_now_ms(occupant->wire) - occupant->heard_ms < HEALTH_MS)
        return;
    g_autoptr(Address) there = muc_entry_occupant(occupant->entry);
    xmpp_stanza_t *ping = iq_get(occupant->wire, address_jid(occupant->self), address_jid(there),
                                 "ping", NS_PING, NULL);
    iq_request(occupant->iq, ping, wire_settings(occupant->wire)->T_disco, on_self_ping, occupant,
               0);
}

static void tell_entry(MucOccupant *occupant)
{
    Event *event = wire_event(occupant->wire, EVENT_ROOM_ENTRY);
    event->f.leg = occupant->leg;
    fields_set_address(&event->f.room, occupant->room);
    fields_set_text(&event->f.nick, occupant->nick);
    event->f.made = occupant->is_made && occupant->state == MUC_OCCUPANT_ENTERING;
    wire_raise(occupant->wire, event);
}

static void set_nick(MucOccupant *occupant, const char *nick)
{
    char *copy = g_strdup(nick);
    g_free(occupant->nick);
    occupant->nick = copy;
    muc_entry_set_nick(occupant->entry, copy);
}

static void settle_in(MucOccupant *occupant)
{
    tell_entry(occupant);
    occupant->state = MUC_OCCUPANT_INSIDE;
    watch_health(occupant);
    muc_lines_open(occupant->lines);
    occupant->funcs->inside(occupant->owner, occupant);
}

// ---- a room that is to be new (MUC-B10) ---------------------------------------------------------

static void go_away(MucOccupant *occupant, How how, FailureReason failure, const char *text)
{
    send_leave(occupant, NULL);
    finish(occupant, how, failure, text, NULL);
}

static void on_made(void *self, bool is_open)
{
    MucOccupant *occupant = self;
    if (!is_open) { // a room that nobody can enter is gone with us
        go_away(occupant, HOW_REFUSED, FAILURE_INTERNAL_SERVER_ERROR, "the room cannot be opened");
        return;
    }
    occupant->is_configuring = false;
    occupant->is_made = true;
    settle_in(occupant);
}

static void make_room(MucOccupant *occupant)
{
    occupant->is_configuring = true;
    if (!muc_make_begin(occupant->make))
        on_made(occupant, false);
}

// Whether our coming in found another room than was wanted: then we do not stay.
static bool is_other_room(MucOccupant *occupant, const MucPresence *presence)
{
    bool is_new = presence->codes & MUC_PRESENCE_CREATED;
    bool is_again = occupant->state == MUC_OCCUPANT_AGAIN;
    bool is_to_be_new = occupant->make != NULL && !is_again;
    if (occupant->is_configuring || is_new == is_to_be_new)
        return false;
    if (is_to_be_new)
        go_away(occupant, HOW_REFUSED, FAILURE_CONFLICT, "the room is there already");
    else // MUC-B03: it was not there, our asking made it
        go_away(occupant, is_again ? HOW_DESTROYED : HOW_REFUSED, FAILURE_ITEM_NOT_FOUND,
                "no such room");
    return true;
}

// -------------------------------------------------------------------------------------------------

static bool sees_reals(const MucOccupant *occupant)
{
    return occupant->shows_reals || g_strcmp0(occupant->role, "moderator") == 0;
}

static void set_text(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

// What we are in the room; answers whether that is news.
static bool take_standing(MucOccupant *occupant, MucPresence *presence)
{
    bool saw_reals = sees_reals(occupant);
    bool is_same = g_strcmp0(occupant->role, presence->role) == 0 &&
                   g_strcmp0(occupant->affiliation, presence->affiliation) == 0 &&
                   address_equal(occupant->real, presence->real);
    set_text(&occupant->role, presence->role);
    set_text(&occupant->affiliation, presence->affiliation);
    fields_set_address(&occupant->real, presence->real);
    occupant->shows_reals |= (presence->codes & MUC_PRESENCE_SHOWS) != 0;
    presence->reals = sees_reals(occupant);
    return !is_same || presence->reals != saw_reals;
}

// What we see of others has changed, not they themselves: told as a change of our own.
static void set_shows_reals(MucOccupant *occupant, bool shows)
{
    bool saw_reals = sees_reals(occupant);
    occupant->shows_reals = shows;
    const MucPresence own = {.nick = occupant->nick,
                             .role = occupant->role,
                             .affiliation = occupant->affiliation,
                             .real = occupant->real,
                             .reals = sees_reals(occupant)};
    if (occupant->nick != NULL && own.reals != saw_reals)
        muc_roster_on_own(occupant->wire, occupant->leg, HOW_CHANGED, &own);
}

static void tell_words(MucOccupant *occupant, const char *words)
{
    Event *event = wire_event(occupant->wire, EVENT_ROOM_MESSAGE);
    event->f.leg = occupant->leg;
    fields_set_text(&event->f.body, words);
    wire_raise(occupant->wire, event);
}

static void tell_logged(MucOccupant *occupant)
{
    tell_words(occupant, "This room is logged.");
}

void muc_occupant_on_codes(MucOccupant *occupant, unsigned codes)
{
    if (codes & (MUC_PRESENCE_SHOWS | MUC_PRESENCE_HIDES))
        set_shows_reals(occupant, codes & MUC_PRESENCE_SHOWS);
    if (codes & (MUC_PRESENCE_CONFIG | MUC_PRESENCE_SHOWS | MUC_PRESENCE_HIDES))
        occupant->funcs->changed(occupant->owner, occupant);
    if (codes & MUC_PRESENCE_LOGS)
        tell_logged(occupant);
    if (codes & MUC_PRESENCE_NO_LOGS)
        tell_words(occupant, "This room is logged no longer.");
}

// Self-presence ends the list of the others (XEP-0045 7.1); while inside it only tells of changes.
static void on_self_available(MucOccupant *occupant, MucPresence *presence)
{
    MucOccupantState was = occupant->state;
    if (was != MUC_OCCUPANT_INSIDE && is_other_room(occupant, presence))
        return;
    if (was != MUC_OCCUPANT_INSIDE)
        muc_entry_stop(occupant->entry);
    // ejabberd says no 303 to one of several devices under a nick: the others keep it.
    if (was == MUC_OCCUPANT_AGAIN || was == MUC_OCCUPANT_INSIDE)
        muc_roster_rename_own(occupant->wire, occupant->leg, occupant->nick, presence);
    set_nick(occupant, presence->nick);
    bool is_there = was == MUC_OCCUPANT_INSIDE || occupant->is_configuring;
    if (take_standing(occupant, presence) || !is_there)
        muc_roster_on_own(occupant->wire, occupant->leg, is_there ? HOW_CHANGED : HOW_JOINED,
                          presence);
    if (was == MUC_OCCUPANT_ENTERING && !is_there && (presence->codes & MUC_PRESENCE_LOGS))
        tell_logged(occupant); // XEP-0045 7.2.12
    muc_nick_on_self(occupant->asked, presence);
    if (was == MUC_OCCUPANT_INSIDE || occupant->is_configuring)
        return;
    if (was == MUC_OCCUPANT_ENTERING && occupant->make != NULL)
        make_room(occupant);
    else
        settle_in(occupant);
}

static void on_self_unavailable(MucOccupant *occupant, const MucPresence *presence)
{
    if ((presence->codes & MUC_PRESENCE_RENAMED) && presence->new_nick != NULL) {
        muc_roster_on_unavailable(occupant->wire, occupant->leg, presence, true);
        set_nick(occupant, presence->new_nick);
        muc_entry_rename(occupant->entry, presence->new_nick);
        return;
    }
    How how = muc_presence_how(presence);
    bool is_unexplained = how == HOW_LOST || how == HOW_LEFT;
    if (is_unexplained && occupant->state == MUC_OCCUPANT_INSIDE)
        muc_occupant_enter_again(occupant);
    else
        finish(occupant, is_unexplained ? HOW_LOST : how, FAILURE_NONE, presence->reason,
               presence->is_destroyed ? presence->real : NULL);
}

void muc_occupant_rename(MucOccupant *occupant, const char *nick)
{
    if (nick == NULL)
        nick = muc_entry_first_nick(occupant->entry);
    g_autoptr(Address) wanted = address_with_resource(occupant->room, nick);
    if (wanted == NULL)
        muc_nick_answer(occupant->asked, NULL, FAILURE_JID_MALFORMED);
    else if (occupant->state != MUC_OCCUPANT_INSIDE)
        muc_nick_answer(occupant->asked, NULL, FAILURE_RECIPIENT_UNAVAILABLE);
    else if (strcmp(address_resource(wanted), occupant->nick) == 0)
        muc_nick_answer(occupant->asked, occupant->nick, FAILURE_NONE);
    else
        muc_nick_ask(occupant->asked, occupant->self, wanted);
}

void muc_occupant_request(MucOccupant *occupant, const Fields *fields)
{
    const MucRequestsBy by = {occupant->leg, occupant->self, occupant->room};
    if (occupant->state == MUC_OCCUPANT_INSIDE)
        muc_requests_ask(occupant->requests, &by, fields);
    else
        muc_requests_refuse(occupant->wire, fields, FAILURE_RECIPIENT_UNAVAILABLE);
}

static void on_other_available(MucOccupant *occupant, const MucPresence *presence)
{
    muc_roster_on_available(occupant->wire, occupant->leg, presence);
    if (presence->real != NULL)
        muc_requests_on_there(occupant->requests, presence->real);
}

void muc_occupant_on_presence(MucOccupant *occupant, xmpp_stanza_t *stanza, Address *from)
{
    if (g_strcmp0(xmpp_stanza_get_type(stanza), "error") == 0) {
        if (occupant->state == MUC_OCCUPANT_INSIDE)
            muc_nick_on_error(occupant->asked, stanza, from);
        else
            muc_entry_on_error(occupant->entry, stanza, occupant->state == MUC_OCCUPANT_AGAIN);
        return;
    }
    g_auto(MucPresence) presence = {0};
    muc_presence_read(stanza, from, &presence);
    if (presence.nick == NULL)
        return;
    // Only 110 says that we came in; that we are out, our nick says as well
    // (XEP-0045 10.9: no 110).
    bool is_self = (presence.codes & MUC_PRESENCE_SELF) ||
                   (!presence.is_available && g_strcmp0(presence.nick, occupant->nick) == 0);
    if (is_self && presence.is_available)
        on_self_available(occupant, &presence);
    else if (is_self)
        on_self_unavailable(occupant, &presence);
    else if (presence.is_available)
        on_other_available(occupant, &presence);
    else
        muc_roster_on_unavailable(occupant->wire, occupant->leg, &presence, false);
}
