// SPDX-License-Identifier: MIT
// Who is in a room; see the header.
#include "xmpp/muc_roster.h"

static Event *roster_event(Wire *wire, uint64_t leg, How how, const char *nick)
{
    Event *event = wire_event(wire, EVENT_ROOM_ROSTER);
    event->f.leg = leg;
    event->f.how = how;
    fields_set_text(&event->f.nick, nick);
    return event;
}

static void tell(Wire *wire, uint64_t leg, How how, const MucPresence *presence, bool is_own)
{
    Event *event = roster_event(wire, leg, how, presence->nick);
    event->f.own = is_own;
    if (how == HOW_RENAMED)
        fields_set_text(&event->f.new_nick, presence->new_nick);
    fields_set_text(&event->f.role, presence->role);
    fields_set_text(&event->f.affiliation, presence->affiliation);
    fields_set_text(&event->f.text, presence->reason);
    fields_set_address(&event->f.real, presence->real);
    event->f.reals = presence->reals;
    event->f.away = presence->is_away && wire_settings(wire)->away_as_hold; // ROSTER-015
    wire_raise(wire, event);
}

void muc_roster_on_available(Wire *wire, uint64_t leg, const MucPresence *presence)
{
    tell(wire, leg, HOW_JOINED, presence, false);
}

void muc_roster_on_own(Wire *wire, uint64_t leg, How how, const MucPresence *presence)
{
    tell(wire, leg, how, presence, true);
}

// Others are told as left but where it was done to them, or happened (seam: room-roster).
static How how_for_others(const MucPresence *presence)
{
    How how = muc_presence_how(presence);
    return how == HOW_KICKED || how == HOW_BANNED || how == HOW_LOST ? how : HOW_LEFT;
}

void muc_roster_on_unavailable(Wire *wire, uint64_t leg, const MucPresence *presence, bool is_own)
{
    bool is_renamed = (presence->codes & MUC_PRESENCE_RENAMED) && presence->new_nick != NULL;
    tell(wire, leg, is_renamed ? HOW_RENAMED : how_for_others(presence), presence, is_own);
}

void muc_roster_rename_own(Wire *wire, uint64_t leg, const char *nick, const MucPresence *now)
{
    if (g_strcmp0(nick, now->nick) == 0)
        return;
    Event *event = roster_event(wire, leg, HOW_RENAMED, nick);
    event->f.own = true;
    fields_set_text(&event->f.new_nick, now->nick);
    fields_set_text(&event->f.role, now->role);
    fields_set_text(&event->f.affiliation, now->affiliation);
    fields_set_address(&event->f.real, now->real);
    wire_raise(wire, event);
}

void muc_roster_begin_again(Wire *wire, uint64_t leg)
{
    wire_raise(wire, roster_event(wire, leg, HOW_FORGET, NULL));
}
