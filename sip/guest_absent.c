// SPDX-License-Identifier: MIT
// Who of ours is away from a conference; see guest_absent.h.
#include "sip/guest_absent.h"

typedef struct {
    guint legs;     // of his that are lost
    bool is_missed; // a document of somebody else's leg did not name him
} Absent;

GHashTable *guest_absent_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static char *key_of(const GuestLeg *leg, const char *nick)
{
    return g_strdup_printf("%s/%s", address_jid(leg->room), nick);
}

void guest_absent_note(GuestLeg *leg)
{
    GHashTable *all = leg->all->absent;
    leg->absent_as = key_of(leg, guest_roster_own_nick(leg->roster));
    Absent *absent = g_hash_table_lookup(all, leg->absent_as);
    if (absent == NULL) {
        absent = g_new0(Absent, 1);
        g_hash_table_insert(all, g_strdup(leg->absent_as), absent);
    }
    absent->legs++;
}

// Whether that was the last leg of somebody who is missed.
static bool forget(GuestLeg *leg, bool is_back)
{
    g_autofree char *key = g_steal_pointer(&leg->absent_as);
    Absent *absent = key != NULL ? g_hash_table_lookup(leg->all->absent, key) : NULL;
    if (absent == NULL) {
        return false;
    }
    absent->is_missed = absent->is_missed && !is_back;
    bool is_missed = absent->is_missed && absent->legs == 1;
    if (--absent->legs == 0) {
        g_hash_table_remove(leg->all->absent, key);
    }
    return is_missed;
}

void guest_absent_is_back(GuestLeg *leg)
{
    forget(leg, true);
}

// A leg that is inside the same conference, where nobody has that nick.
static GuestLeg *witness_of(const GuestLeg *leg, const char *nick)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(leg->all->core->legs, LEG_GUEST);
    for (guint i = 0; i < legs->len; i++) {
        GuestLeg *other = legs->pdata[i];
        if (other != leg && other->state == GUEST_LEG_INSIDE &&
            address_equal_bare(other->room, leg->room) &&
            guest_roster_entity(other->roster, nick) == NULL) {
            return other;
        }
    }
    return NULL;
}

void guest_absent_ends(GuestLeg *leg)
{
    const char *nick = leg->roster != NULL ? guest_roster_own_nick(leg->roster) : NULL;
    const GuestLeg *witness = forget(leg, false) && nick != NULL ? witness_of(leg, nick) : NULL;
    if (witness == NULL) {
        return;
    }
    Event *event = guest_leg_event(EVENT_ROOM_ROSTER, witness);
    event->f.how = HOW_LEFT;
    fields_set_text(&event->f.nick, nick);
    guest_leg_tell(witness, event);
}

bool guest_absent_hides(const GuestLeg *leg, const Event *event)
{
    bool is_gone = event->kind == EVENT_ROOM_ROSTER &&
                   (event->f.how == HOW_LEFT || event->f.how == HOW_LOST);
    if (!is_gone || g_hash_table_size(leg->all->absent) == 0) {
        return false;
    }
    g_autofree char *key = key_of(leg, event->f.nick);
    Absent *absent = g_hash_table_lookup(leg->all->absent, key);
    if (absent != NULL) {
        absent->is_missed = true;
    }
    return absent != NULL;
}
