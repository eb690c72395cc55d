// SPDX-License-Identifier: MIT
// A list in order of entry and an index by nick.
#include "mapping/participants.h"

// LIMIT: occupants known of one room; XMPP rooms beyond it work, their roster is cut (ROSTER-019). Our own one
// comes last, behind all others, and is always on it: without him the party would miss itself.
#define PARTICIPANTS_MAX 5000

struct Participants {
    GQueue order;       // owned Participant *
    GHashTable *by_nick; // nick (borrowed) => GList * (link in order)
};

static void participant_free(gpointer data)
{
    Participant *participant = data;
    fields_set_text(&participant->nick, NULL);
    fields_set_text(&participant->role, NULL);
    fields_set_text(&participant->affiliation, NULL);
    fields_set_address(&participant->real, NULL);
    g_free(participant);
}

Participants *participants_new(void)
{
    Participants *participants = g_new0(Participants, 1);
    g_queue_init(&participants->order);
    participants->by_nick = g_hash_table_new(g_str_hash, g_str_equal);
    return participants;
}

void participants_clear(Participants *participants)
{
    g_hash_table_remove_all(participants->by_nick);
    g_queue_clear_full(&participants->order, participant_free);
}

void participants_free(Participants *participants)
{
    if (participants == NULL)
        return;
    participants_clear(participants);
    g_hash_table_unref(participants->by_nick);
    g_free(participants);
}

static GList *link_find(const Participants *participants, const char *nick)
{
    return nick != NULL ? g_hash_table_lookup(participants->by_nick, nick) : NULL;
}

const Participant *participants_find(const Participants *participants, const char *nick)
{
    GList *link = link_find(participants, nick);
    return link != NULL ? link->data : NULL;
}

static bool text_changes(char **text, const char *value)
{
    bool differs = g_strcmp0(*text, value) != 0;
    if (differs)
        fields_set_text(text, value);
    return differs;
}

// What a presence says of an occupant; true when the roster shows something else than before.
static bool participant_update(Participant *participant, const Fields *said)
{
    bool differs = text_changes(&participant->role, said->role);
    differs = text_changes(&participant->affiliation, said->affiliation) || differs;
    differs = !address_equal(participant->real, said->real) || differs;
    fields_set_address(&participant->real, said->real);
    participant->own = participant->own || said->own;
    return differs;
}

static How join(Participants *participants, const Fields *said)
{
    GList *link = link_find(participants, said->nick);
    if (link != NULL)
        return participant_update(link->data, said) ? HOW_CHANGED : HOW_NONE;
    bool is_full = participants->order.length >= PARTICIPANTS_MAX && !said->own;
    if (said->nick == NULL || is_full)
        return HOW_NONE;
    Participant *participant = g_new0(Participant, 1);
    participant->nick = g_strdup(said->nick);
    participant_update(participant, said);
    g_queue_push_tail(&participants->order, participant);
    g_hash_table_insert(participants->by_nick, participant->nick, participants->order.tail);
    return HOW_JOINED;
}

static How leave(Participants *participants, const Fields *said, How how)
{
    GList *link = link_find(participants, said->nick);
    if (link == NULL)
        return HOW_NONE;
    g_hash_table_remove(participants->by_nick, said->nick);
    participant_free(link->data);
    g_queue_delete_link(&participants->order, link);
    return how;
}

// One who takes the nick of another has taken his place: rooms do not allow it, so the old one is
// gone.
static How rename_to(Participants *participants, const Fields *said)
{
    GList *link = link_find(participants, said->nick);
    if (link == NULL || said->new_nick == NULL || link_find(participants, said->new_nick) != NULL)
        return leave(participants, said, HOW_LEFT);
    Participant *participant = link->data;
    g_hash_table_remove(participants->by_nick, said->nick);
    fields_set_text(&participant->nick, said->new_nick);
    g_hash_table_insert(participants->by_nick, participant->nick, link);
    return HOW_RENAMED;
}

How participants_merge(Participants *participants, const Event *presence)
{
    const Fields *said = &presence->f;
    if (said->how == HOW_JOINED || said->how == HOW_CHANGED)
        return join(participants, said);
    if (said->how == HOW_RENAMED)
        return rename_to(participants, said);
    return leave(participants, said, said->how);
}

bool participants_set_composing(Participants *participants, const char *nick, bool is_composing)
{
    GList *link = link_find(participants, nick);
    Participant *participant = link != NULL ? link->data : NULL;
    if (participant == NULL || participant->is_composing == is_composing)
        return false;
    participant->is_composing = is_composing;
    return true;
}

void participants_each(const Participants *participants,
                       void (*each)(const Participant *participant, void *data), void *data)
{
    const Participant *own = NULL;
    for (const GList *link = participants->order.head; link != NULL; link = link->next) {
        const Participant *participant = link->data;
        if (participant->own)
            own = participant;
        else
            each(participant, data);
    }
    if (own != NULL)
        each(own, data);
}

guint participants_count(const Participants *participants)
{
    return participants->order.length;
}
