// SPDX-License-Identifier: MIT
// A list in order of entry and an index by nick.
#include "mapping/participants.h"

// LIMIT: occupants known of one room; XMPP rooms beyond it work, their roster is cut (ROSTER-019). Our own ones
// come last, behind all others, and are always on it: without them the parties would miss themselves.
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
    bool differs = text_changes(&participant->role, said->role) || participant->away != said->away;
    participant->away = said->away;
    differs = text_changes(&participant->affiliation, said->affiliation) || differs;
    if (said->real == NULL || address_equal(participant->real, said->real))
        return differs;
    fields_set_address(&participant->real, said->real);
    return true;
}

static How join(Participants *participants, const Fields *said, uint64_t tick)
{
    GList *link = link_find(participants, said->nick);
    if (link != NULL) {
        ((Participant *)link->data)->tick = tick;
        return participant_update(link->data, said) ? HOW_CHANGED : HOW_NONE;
    }
    bool is_full = participants->order.length >= PARTICIPANTS_MAX && !said->own;
    if (said->nick == NULL || is_full)
        return HOW_NONE;
    Participant *participant = g_new0(Participant, 1);
    participant->nick = g_strdup(said->nick);
    participant->tick = tick;
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

static bool is_same_person(const Participant *a, const Participant *b)
{
    return a->real != NULL && b->real != NULL && address_equal_bare(a->real, b->real);
}

// A new nick that somebody has already: rooms do not allow it, so another leg has told of this before. Whoever has
// the old nick now is somebody else, or the same one once more, told of by a leg that lagged behind.
static How rename_to(Participants *participants, const Fields *said, uint64_t tick)
{
    GList *link = link_find(participants, said->nick);
    GList *bearer = link_find(participants, said->new_nick);
    if (link == NULL || link == bearer || (bearer != NULL && !is_same_person(link->data, bearer->data)))
        return HOW_NONE;
    if (said->new_nick == NULL)
        return leave(participants, said, HOW_LEFT);
    if (bearer != NULL)
        return leave(participants, said, HOW_RENAMED);
    Participant *participant = link->data;
    participant->tick = tick;
    g_hash_table_remove(participants->by_nick, said->nick);
    fields_set_text(&participant->nick, said->new_nick);
    g_hash_table_insert(participants->by_nick, participant->nick, link);
    return HOW_RENAMED;
}

How participants_merge(Participants *participants, const Event *presence, uint64_t tick)
{
    const Fields *said = &presence->f;
    if (said->how == HOW_JOINED || said->how == HOW_CHANGED)
        return join(participants, said, tick);
    if (said->how == HOW_RENAMED)
        return rename_to(participants, said, tick);
    return leave(participants, said, said->how);
}

void participants_sweep(Participants *participants, uint64_t tick,
                        void (*gone)(const Participant *participant, void *data), void *data)
{
    GList *next;
    for (GList *link = participants->order.head; link != NULL; link = next) {
        next = link->next;
        Participant *participant = link->data;
        if (participant->tick >= tick)
            continue;
        gone(participant, data);
        g_hash_table_remove(participants->by_nick, participant->nick);
        participant_free(participant);
        g_queue_delete_link(&participants->order, link);
    }
}

void participants_each(const Participants *participants,
                       void (*each)(const Participant *participant, void *data), void *data)
{
    for (const GList *link = participants->order.head; link != NULL; link = link->next)
        each(link->data, data);
}

guint participants_count(const Participants *participants)
{
    return participants->order.length;
}
