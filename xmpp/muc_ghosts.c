// SPDX-License-Identifier: MIT
// Occupants of ours that have to go; see the header.
#include "xmpp/muc_ghosts.h"

#include "xmpp/muc_presence.h"

// LIMIT: those who wait for a link; of more the room finds out when it writes to them.
enum { WAITING_MAX = 10000 };

typedef struct {
    Address *self;     // shared
    Address *occupant; // shared
    char *status;      // owned, or NULL
} Ghost;

struct MucGhosts {
    Wire *wire;         // borrowed
    GPtrArray *waiting; // owned Ghost *
};

static void ghost_free(void *data)
{
    Ghost *ghost = data;
    if (ghost == NULL)
        return;
    address_unref(ghost->self);
    address_unref(ghost->occupant);
    g_free(ghost->status);
    g_free(ghost);
}

MucGhosts *muc_ghosts_new(Wire *wire)
{
    MucGhosts *ghosts = g_new0(MucGhosts, 1);
    ghosts->wire = wire;
    ghosts->waiting = g_ptr_array_new_with_free_func(ghost_free);
    return ghosts;
}

void muc_ghosts_free(MucGhosts *ghosts)
{
    if (ghosts == NULL)
        return;
    g_ptr_array_unref(ghosts->waiting);
    g_free(ghosts);
}

static bool send_away(MucGhosts *ghosts, Address *self, Address *occupant, const char *status)
{
    xmpp_stanza_t *presence = muc_presence_leave(ghosts->wire, self, occupant, status);
    return wire_send(ghosts->wire, presence, WIRE_HOUSEKEEPING) == WIRE_SENT;
}

void muc_ghosts_leave(MucGhosts *ghosts, Address *self, Address *occupant, const char *status)
{
    if (send_away(ghosts, self, occupant, status) || ghosts->waiting->len >= WAITING_MAX)
        return;
    Ghost *ghost = g_new0(Ghost, 1);
    *ghost = (Ghost){.self = address_ref(self), .occupant = address_ref(occupant)};
    ghost->status = g_strdup(status);
    g_ptr_array_add(ghosts->waiting, ghost);
}

void muc_ghosts_on_link_up(MucGhosts *ghosts, const char *domain)
{
    g_autoptr(GPtrArray) waiting = g_steal_pointer(&ghosts->waiting);
    ghosts->waiting = g_ptr_array_new_with_free_func(ghost_free);
    for (guint i = 0; i < waiting->len; i++) {
        Ghost *ghost = waiting->pdata[i];
        if (g_strcmp0(address_domain(ghost->self), domain) != 0)
            g_ptr_array_add(ghosts->waiting, g_steal_pointer(&waiting->pdata[i]));
        else
            send_away(ghosts, ghost->self, ghost->occupant, ghost->status);
    }
}
