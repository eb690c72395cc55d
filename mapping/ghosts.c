// SPDX-License-Identifier: MIT
// A list of bindings by the domain of their link.
#include "mapping/ghosts.h"

#include "mapping/page_party.h"
#include "mapping/route.h"
#include "mapping/stay.h"

struct Ghosts {
    GQueue held; // owned Event *, as restored
};

Ghosts *ghosts_new(void)
{
    return g_new0(Ghosts, 1);
}

static void held_free(gpointer event)
{
    event_free(event);
}

void ghosts_free(Ghosts *ghosts)
{
    if (ghosts == NULL)
        return;
    g_queue_clear_full(&ghosts->held, held_free);
    g_free(ghosts);
}

static bool is_sip_room(const Turn *turn, const Event *binding)
{
    return route_side_of(turn->route, binding->f.room) == ROUTE_SIP_ROOM;
}

// The one of the two whom a component of ours shows.
static const Address *shown(const Turn *turn, const Event *binding)
{
    return is_sip_room(turn, binding) ? binding->f.room : binding->f.from;
}

static void unbind(Turn *turn, const Event *binding)
{
    Command *store = turn_push(turn, NULL, COMMAND_STORE, SIDE_XMPP);
    store->f.how = HOW_ROOM_UNBIND;
    store->f.leg = binding->f.leg;
}

// Numbers of legs are never used twice, not even by those that the store remembers (docs/seam.md).
void ghosts_on_restored(Turn *turn, const Event *event)
{
    turn->counters->leg = MAX(turn->counters->leg, event->f.leg);
    bool is_whole = event->f.room != NULL && event->f.from != NULL && event->f.nick != NULL;
    if (!is_whole || route_side_of(turn->route, shown(turn, event)) == ROUTE_NOWHERE)
        unbind(turn, event); // its domain is no longer served: nobody can be told
    else
        g_queue_push_tail(&turn->ghosts->held, event_copy(event));
}

// A phone that knows only MESSAGE is in the room as long as its user says so: nothing of it was lost (page_party.h).
static void lay(Turn *turn, const Event *binding)
{
    bool is_sip = is_sip_room(turn, binding);
    unbind(turn, binding);
    if (binding->f.carrier != NULL) {
        page_party_on_restored(turn, binding);
        return;
    }
    if (is_sip && turn->settings->room_restart == ROOM_RESTART_REJOIN) {
        stay_on_restored(turn, binding);
        return;
    }
    Command *end =
        turn_push(turn, NULL, is_sip ? COMMAND_EXPEL : COMMAND_LEAVE_ROOM, SIDE_XMPP);
    end->f.leg = binding->f.leg;
    fields_set_address(&end->f.room, binding->f.room);
    fields_set_address(is_sip ? &end->f.to : &end->f.from, binding->f.from);
    fields_set_text(&end->f.nick, binding->f.nick);
    fields_set_text(&end->f.text, "the gateway was restarted");
}

void ghosts_on_link(Turn *turn, const Event *event)
{
    GQueue *held = &turn->ghosts->held;
    if (event->side != SIDE_XMPP || event->f.how != HOW_UP)
        return;
    GList *next;
    for (GList *at = held->head; at != NULL; at = next) {
        next = at->next;
        Event *binding = at->data;
        const char *domain = address_domain(shown(turn, binding));
        if (g_strcmp0(domain, address_domain(event->f.from)) != 0)
            continue;
        lay(turn, binding);
        event_free(binding);
        g_queue_delete_link(held, at);
    }
}
