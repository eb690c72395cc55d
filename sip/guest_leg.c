// SPDX-License-Identifier: MIT
// One leg at somebody else's focus: what it keeps, what it tells, how it ends by ourselves; see guest_leg.h.
#include "sip/guest_leg.h"

#include "sip/guest_absent.h"

// LIMIT: what a conference replays to who enters has its place here.
#define EARLY_LINES  200
#define EARLY_OCTETS (512 * 1024)

// --- life

static bool is_last_in(const Guest *self, const Address *room)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_GUEST);
    for (guint i = 0; i < legs->len; i++) {
        if (address_equal_bare(((const GuestLeg *)legs->pdata[i])->room, room)) {
            return false;
        }
    }
    return true;
}

void guest_leg_free(GuestLeg *leg)
{
    GateCore *core = leg->all->core;
    guest_absent_ends(leg);
    ref_table_remove(core->refs, leg->ref);
    leg_table_remove(core->legs, leg->number);
    if (is_last_in(leg->all, leg->room)) {
        g_hash_table_remove(leg->all->names, address_jid(leg->room));
    }
    g_hash_table_remove(leg->all->offers, leg);
    g_clear_handle_id(&leg->timer, g_source_remove);
    watcher_free(leg->watcher);
    guest_roster_free(leg->roster);
    early_lines_free(leg->early);
    event_free(leg->subject);
    guest_given_free(leg->given);
    g_queue_clear_full(&leg->said, g_free);
    g_queue_clear_full(&leg->told, g_free);
    address_unref(leg->room);
    address_unref(leg->user);
    g_free(leg->uri);
    g_free(leg->from);
    g_free(leg->to);
    g_free(leg->contact);
    g_free(leg->password);
    g_free(leg->nick);
    g_free(leg->new_nick);
    g_free(leg);
}

GuestLeg *guest_leg_find(const Guest *self, uint64_t number)
{
    return leg_table_find(self->core->legs, number, LEG_GUEST);
}

void guest_leg_end(GuestLeg *leg, int cause, const char *text)
{
    if (leg->call != NULL) {
        call_close(leg->call, cause, text);
    }
    guest_leg_free(leg);
}

GuestNames *guest_leg_names(const GuestLeg *leg)
{
    GHashTable *all = leg->all->names;
    GuestNames *names = g_hash_table_lookup(all, address_jid(leg->room));
    if (names == NULL) {
        names = guest_names_new();
        g_hash_table_insert(all, g_strdup(address_jid(leg->room)), names);
    }
    return names;
}

void guest_leg_expect_lines(GuestLeg *leg)
{
    early_lines_free(leg->early);
    leg->early = early_lines_new(EARLY_LINES, EARLY_OCTETS);
    g_queue_clear_full(&leg->told, g_free); // what is told once more is the same line
}

GuestLeg *guest_leg_new(Guest *self, const Address *room, const Address *user)
{
    GuestLeg *leg = g_new0(GuestLeg, 1);
    leg->all = self;
    leg->room = address_to_bare(room);
    leg->user = address_ref(user);
    leg->given = guest_given_new();
    guest_leg_expect_lines(leg);
    return leg;
}

// --- telling the middle

Event *guest_leg_event(EventKind kind, const GuestLeg *leg)
{
    Event *event = event_new(kind, SIDE_SIP);
    event->f.leg = leg->number;
    return event;
}

void guest_leg_tell(const GuestLeg *leg, Event *owned)
{
    gate_core_raise(leg->all->core, owned);
}

// The subject follows the entry (MUC-A04).
void guest_leg_tell_all(GuestLeg *leg, GPtrArray *events)
{
    while (events->len > 0) {
        Event *event = g_ptr_array_steal_index(events, 0);
        event->f.leg = leg->number;
        if (event->kind == EVENT_ROOM_SUBJECT && event->f.how == HOW_NONE &&
            leg->state != GUEST_LEG_INSIDE) {
            event_free(leg->subject);
            leg->subject = event;
        } else if (guest_absent_hides(leg, event)) {
            event_free(event);
        } else {
            guest_leg_tell(leg, event);
        }
    }
}

GPtrArray *guest_leg_events_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
}

void guest_leg_exit(GateCore *core, uint64_t leg, How how, FailureReason failure, int status,
                    const char *text)
{
    Event *event = event_new(EVENT_ROOM_EXIT, SIDE_SIP);
    event->f.leg = leg;
    event->f.how = how;
    event->f.failure = failure;
    event->f.status = (uint64_t)status;
    fields_set_text(&event->f.text, text);
    gate_core_raise(core, event);
}

// Ends the leg by ourselves.
void guest_leg_give_up(GuestLeg *leg, How how, FailureReason failure, const char *text)
{
    GateCore *core = leg->all->core;
    uint64_t number = leg->number;
    guest_leg_end(leg, 200, text);
    guest_leg_exit(core, number, how, failure, 0, text);
}

// --- requests

WatcherTarget guest_leg_target(const GuestLeg *leg)
{
    return (WatcherTarget){.uri = leg->uri,
                           .from = leg->from,
                           .to = leg->to,
                           .contact = leg->contact,
                           .user = address_local(leg->user),
                           .password = leg->password,
                           .target_dialog = call_get_target_dialog(leg->call)};
}
