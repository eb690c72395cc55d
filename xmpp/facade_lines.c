// SPDX-License-Identifier: MIT
// Lines of a room towards a party; see the header.
#include "xmpp/facade_lines.h"

#include "xmpp/chat_state.h"
#include "xmpp/facade_presence.h"
#include "xmpp/room_history.h"
#include "xmpp/room_stanza.h"

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
        facade_presence_say(facade, room_stanza_echo(facade->wire, facade->room, shown, sent,
                                                     fields->stable));
    else
        facade_presence_say(facade, room_stanza_line(facade->wire, facade->room, shown,
                                                     party->self, fields->id, fields));
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
    facade_presence_say(facade, state);
}

void facade_lines_send(RoomFacade *facade, RoomParty *party, const Command *command)
{
    if (command->kind == COMMAND_CHAT_STATE)
        send_state(facade, party, &command->f);
    else if (command->f.own)
        send_echo(facade, party, &command->f);
    else
        send_line(facade, party, &command->f);
}

// What waited and is old comes before the subject, what is new behind it (XEP-0045 7.1).
void facade_lines_release(RoomFacade *facade, RoomParty *party, bool of_old)
{
    for (GList *at = party->waiting.head, *next; at != NULL; at = next) {
        next = at->next;
        Command *command = at->data;
        if (of_old && !room_stanza_is_old(facade->wire, &command->f))
            continue;
        g_queue_delete_link(&party->waiting, at);
        facade_lines_send(facade, party, command);
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
void facade_lines_limit_history(RoomFacade *facade, RoomParty *party)
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

// What waited is not told any more, and its home hears so.
void facade_lines_take_back(RoomFacade *facade, RoomParty *party)
{
    Command *command;
    while ((command = g_queue_pop_head(&party->waiting)) != NULL) {
        wire_delivered(facade->wire, command->f.row, &proof_no_link);
        command_free(command);
    }
}
