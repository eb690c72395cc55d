// SPDX-License-Identifier: MIT
// One XMPP user's device in a room that we show; see the header.
#include "xmpp/room_party.h"

#include "mapping/precis.h"
#include "xmpp/stanza.h"

// LIMIT: lines and states that wait until a party is inside.
enum { WAITING_MAX = 1000 };
// LIMIT: lines without echo that are kept as they were sent; of older ones only the words come back.
enum { SENT_MAX = 64 };
// LIMIT: private lines of which an error is known to be about one.
enum { ASIDE_MAX = 64 };

RoomParty *room_party_new(uint64_t leg, RoomFacade *facade, Address *self, const char *nick,
                          xmpp_stanza_t *join)
{
    RoomParty *party = g_new0(RoomParty, 1);
    party->leg = leg;
    party->facade = facade;
    party->self = address_ref(self);
    room_party_set_join(party, join);
    room_party_set_nick(party, nick != NULL ? nick : party->asked);
    return party;
}

static void free_command(void *command)
{
    command_free(command);
}

static void free_stanza(void *stanza)
{
    stanza_free(stanza);
}

void room_party_free(RoomParty *party)
{
    if (party == NULL)
        return;
    g_queue_clear_full(&party->waiting, free_command);
    g_queue_clear_full(&party->sent, free_stanza);
    g_queue_clear_full(&party->aside, g_free);
    stanza_free(party->join);
    stanza_free(party->shown);
    address_unref(party->self);
    g_free(party->nick);
    g_free(party->asked);
    g_free(party->role);
    g_free(party->affiliation);
    g_free(party);
}

char *room_party_asked(xmpp_stanza_t *join)
{
    g_autoptr(Address) to = address_from_jid(stanza_attribute(join, "to", STANZA_JID_MAX));
    const char *nick = address_resource(to);
    return nick != NULL ? precis_nickname(nick) : NULL;
}

void room_party_set_join(RoomParty *party, xmpp_stanza_t *join)
{
    g_autoptr(Address) to = address_from_jid(stanza_attribute(join, "to", STANZA_JID_MAX));
    stanza_free(party->join);
    party->join = xmpp_stanza_copy(join);
    g_free(party->asked);
    party->asked = g_strdup(address_resource(to));
}

void room_party_set_nick(RoomParty *party, const char *nick)
{
    g_autofree char *own = g_strdup(nick);
    g_free(party->nick);
    party->nick = g_steal_pointer(&own);
}

bool room_party_keep(RoomParty *party, const Command *command)
{
    if (party->waiting.length >= WAITING_MAX)
        return false;
    Command *copy = command_new(command->kind, command->side);
    fields_copy(&copy->f, &command->f);
    g_queue_push_tail(&party->waiting, copy);
    return true;
}

void room_party_remember(RoomParty *party, xmpp_stanza_t *line, const char *id)
{
    xmpp_stanza_t *copy = xmpp_stanza_copy(line);
    xmpp_stanza_set_id(copy, id);
    g_queue_push_tail(&party->sent, copy);
    if (party->sent.length > SENT_MAX)
        stanza_free(g_queue_pop_head(&party->sent));
}

xmpp_stanza_t *room_party_recall(RoomParty *party, const char *id)
{
    for (GList *at = party->sent.head; id != NULL && at != NULL; at = at->next) {
        xmpp_stanza_t *line = at->data;
        if (g_strcmp0(xmpp_stanza_get_id(line), id) == 0) {
            g_queue_delete_link(&party->sent, at);
            return line;
        }
    }
    return NULL;
}

void room_party_note_aside(RoomParty *party, const char *id)
{
    g_queue_push_tail(&party->aside, g_strdup(id));
    if (party->aside.length > ASIDE_MAX)
        g_free(g_queue_pop_head(&party->aside));
}

bool room_party_is_aside(const RoomParty *party, const char *id)
{
    for (GList *at = party->aside.head; id != NULL && at != NULL; at = at->next)
        if (g_strcmp0(at->data, id) == 0)
            return true;
    return false;
}
