// SPDX-License-Identifier: MIT
// Rooms by address; see conference_rooms.h.
#include "sip/conference_rooms.h"

struct ConferenceRooms {
    GateCore *core;      // borrowed
    GHashTable *by_room; // bare JID (owned) => Room (owned)
};

typedef struct {
    ConferenceNotifier *notifier; // owned
    bool told;                    // the middle tells of it
} Room;

static void room_free(gpointer data)
{
    Room *room = data;
    conference_notifier_free(room->notifier);
    g_free(room);
}

ConferenceRooms *conference_rooms_new(GateCore *core)
{
    ConferenceRooms *rooms = g_new0(ConferenceRooms, 1);
    rooms->core = core;
    rooms->by_room = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, room_free);
    return rooms;
}

void conference_rooms_free(ConferenceRooms *rooms)
{
    if (rooms == NULL) {
        return;
    }
    g_hash_table_unref(rooms->by_room);
    g_free(rooms);
}

static Room *find(const ConferenceRooms *rooms, const Address *address)
{
    g_autoptr(Address) bare = address_to_bare(address);
    return g_hash_table_lookup(rooms->by_room, address_jid(bare));
}

static Room *find_or_make(ConferenceRooms *rooms, const Address *address)
{
    Room *room = find(rooms, address);
    if (room != NULL) {
        return room;
    }
    g_autoptr(Address) bare = address_to_bare(address);
    ConferenceNotifier *notifier = conference_notifier_new(rooms->core, bare);
    if (notifier == NULL) {
        return NULL;
    }
    room = g_new0(Room, 1);
    room->notifier = notifier;
    g_hash_table_insert(rooms->by_room, g_strdup(address_jid(bare)), room);
    return room;
}

static void forget_if_over(ConferenceRooms *rooms, const Room *room)
{
    if (!room->told && conference_notifier_party_count(room->notifier) == 0) {
        const ConferenceRoster *roster = conference_notifier_roster(room->notifier);
        g_autofree char *key = g_strdup(address_jid(conference_roster_room(roster)));
        g_hash_table_remove(rooms->by_room, key);
    }
}

ConferenceParty *conference_rooms_enter(ConferenceRooms *rooms, const Address *room,
                                        const ConferenceJoining *joining)
{
    const Room *entered = find_or_make(rooms, room);
    return entered != NULL ? conference_party_new(entered->notifier, joining) : NULL;
}

static Room *room_of(const ConferenceRooms *rooms, const ConferenceParty *party)
{
    const ConferenceNotifier *notifier = conference_party_notifier(party);
    return find(rooms, conference_roster_room(conference_notifier_roster(notifier)));
}

void conference_rooms_leave(ConferenceRooms *rooms, ConferenceParty *party)
{
    const Room *room = room_of(rooms, party);
    conference_party_free(party);
    forget_if_over(rooms, room);
}

void conference_rooms_apply(ConferenceRooms *rooms, const Command *command)
{
    const Fields *said = &command->f;
    bool forget = command->kind == COMMAND_ROOM_ROSTER && said->how == HOW_FORGET;
    Room *room = forget ? find(rooms, said->room) : find_or_make(rooms, said->room);
    if (room == NULL) {
        return;
    }
    room->told = !forget;
    conference_notifier_apply(room->notifier, command);
    forget_if_over(rooms, room);
}

ConferenceNotifier *conference_rooms_find(const ConferenceRooms *rooms, const Address *room)
{
    const Room *found = find(rooms, room);
    bool there = found != NULL && conference_notifier_party_count(found->notifier) > 0;
    return there ? found->notifier : NULL;
}
