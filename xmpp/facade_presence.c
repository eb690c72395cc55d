// SPDX-License-Identifier: MIT
// Occupants as parties see them; see the header.
#include "xmpp/facade_presence.h"

void facade_presence_say(RoomFacade *facade, xmpp_stanza_t *owned)
{
    wire_send(facade->wire, owned, WIRE_HOUSEKEEPING);
}

void facade_presence_add_code(RoomPresence *presence, int code)
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

RoomPresence facade_presence_of(const RoomFacade *facade, const RoomParty *party,
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

RoomPresence facade_presence_self(const RoomFacade *facade, const RoomParty *party, char **shown)
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
    facade_presence_add_code(&presence, 110);
    return presence;
}

// A ban is an affiliation, and who is removed, or whose room ends, has none any more; all others keep theirs.
static const char *affiliation_after(How how, const char *before)
{
    if (how == HOW_BANNED)
        return "outcast";
    return how == HOW_REMOVED || how == HOW_DESTROYED ? NULL : before;
}

void facade_presence_set_gone(RoomPresence *presence, const Fields *fields)
{
    presence->is_gone = true;
    presence->devices = NULL;
    presence->shown = NULL;
    presence->affiliation = affiliation_after(fields->how, presence->affiliation);
    if (fields->how == HOW_LEFT)
        presence->status = fields->text;
    else
        presence->reason = fields->text;
    facade_presence_add_code(presence, room_stanza_code(fields->how));
}

void facade_presence_tell_self(RoomFacade *facade, RoomParty *party)
{
    g_autofree char *shown = NULL;
    RoomPresence presence = facade_presence_self(facade, party, &shown);
    facade_presence_say(facade, room_stanza_presence(facade->wire, &presence));
}

void facade_presence_tell(RoomFacade *facade, RoomParty *party, const FacadeOccupant *occupant)
{
    if (g_strcmp0(party->nick, occupant->nick) == 0) {
        facade_presence_tell_self(facade, party);
        return;
    }
    RoomPresence presence = facade_presence_of(facade, party, occupant);
    facade_presence_say(facade, room_stanza_presence(facade->wire, &presence));
}

void facade_presence_tell_all(RoomFacade *facade, const FacadeOccupant *occupant)
{
    for (GList *at = facade->parties.head; at != NULL; at = at->next) {
        RoomParty *party = at->data;
        if (party->is_inside)
            facade_presence_tell(facade, party, occupant);
    }
}

void facade_presence_tell_code(RoomFacade *facade, RoomParty *party, int code)
{
    facade_presence_say(facade, room_stanza_code_message(facade->wire, facade->room, party->self,
                                                         code));
}
