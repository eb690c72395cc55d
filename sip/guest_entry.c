// SPDX-License-Identifier: MIT
// From a call that stands to the first roster; see guest_entry.h.
#include "sip/guest_entry.h"

#include "sip/body/iscomposing.h"
#include "sip/guest_absent.h"
#include "sip/guest_talk.h"

#define CPIM_TYPE "message/cpim"

static void on_events(void *owner, GPtrArray *events)
{
    guest_leg_tell_all(owner, events);
}

// The roster is told, ourselves last; then what came early (MUC-A04).
static void on_settled(void *owner)
{
    GuestLeg *leg = owner;
    const CallMedia *media = call_get_media(leg->call);
    g_autoptr(GPtrArray) events = guest_leg_events_new();
    guest_roster_enter(leg->roster, leg->nick, events);
    guest_leg_tell_all(leg, events);
    leg->state = GUEST_LEG_INSIDE;
    leg->was_inside = true;
    leg->entered_ms = g_get_monotonic_time() / 1000;
    guest_absent_is_back(leg);
    Event *event = guest_leg_event(EVENT_ROOM_ENTRY, leg);
    fields_set_address(&event->f.room, leg->room);
    fields_set_text(&event->f.nick, guest_roster_own_nick(leg->roster));
    event->f.private = call_media_has_private_messages(media);
    event->f.composing = call_media_takes(media, CPIM_TYPE, ISCOMPOSING_TYPE);
    guest_leg_tell(leg, event);
    if (leg->subject != NULL) {
        guest_leg_tell(leg, g_steal_pointer(&leg->subject));
    }
    early_lines_release(leg->early, guest_talk_take, leg);
    g_clear_pointer(&leg->early, early_lines_free);
}

static void on_deleted(void *owner)
{
    guest_leg_give_up(owner, HOW_DESTROYED, FAILURE_NONE, NULL);
}

static const WatcherFuncs watcher_funcs = {
    .on_events = on_events, .on_settled = on_settled, .on_deleted = on_deleted};

void guest_entry_watch(GuestLeg *leg)
{
    WatcherTarget target = guest_leg_target(leg);
    leg->state = GUEST_LEG_LISTENING;
    leg->watcher =
        watcher_new(leg->all->core, leg->roster, &watcher_funcs, leg, &target);
}
