// SPDX-License-Identifier: MIT
// What we are called in somebody else's conference; see guest_nick.h.
#include "sip/guest_nick.h"

#include "mapping/nickname.h"
#include "sip/guest_away.h"
#include "sip/guest_entry.h"

// A NICKNAME has its answer by then, whatever became of the session (T_tx and a little).
#define NICK_GRACE_MS 1000

static void on_nick_answer(GuestLeg *leg, int status);

static gboolean on_nick_late(gpointer data)
{
    GuestLeg *leg = data;
    leg->timer = 0;
    on_nick_answer(leg, 408);
    return G_SOURCE_REMOVE;
}

bool guest_nick_ask(GuestLeg *leg, const char *nick)
{
    if (!call_media_nickname(call_get_media(leg->call), nick)) {
        return false;
    }
    g_clear_handle_id(&leg->timer, g_source_remove);
    leg->timer = g_timeout_add((guint)leg->all->core->settings->T_tx + NICK_GRACE_MS, on_nick_late,
                               leg);
    return true;
}

// --- the first one

static void show_own(GuestLeg *leg, const char *nick)
{
    g_autoptr(GPtrArray) events = guest_leg_events_new();
    guest_roster_rename_own(leg->roster, nick, events);
    guest_leg_tell_all(leg, events);
}

// MUC-A14
static void on_taken(GuestLeg *leg)
{
    const Settings *settings = leg->all->core->settings;
    g_autofree char *next = NULL;
    if (settings->nick_conflict == NICK_CONFLICT_SUFFIX) {
        next = nickname_retry(leg->nick, ++leg->conflicts, settings->nick_retry);
    }
    if (next != NULL && guest_nick_ask(leg, next)) {
        return;
    }
    if (leg->was_inside) { // what the focus still shows of us may have it
        guest_away_later(leg, "nickname in use");
    } else {
        guest_leg_give_up(leg, HOW_REFUSED, FAILURE_CONFLICT, "nickname in use");
    }
}

static void take_other(GuestLeg *leg)
{
    const Settings *settings = leg->all->core->settings;
    char *taken = nickname_retry(leg->nick, leg->conflicts, settings->nick_retry);
    g_free(leg->nick);
    leg->nick = taken;
    if (leg->was_inside) {
        show_own(leg, taken);
    }
}

// A conference that gives no nick lets us in under the name it likes: the roster tells it (MUC-A05).
static void on_first_nick(GuestLeg *leg, int status)
{
    if (status == 425) {
        on_taken(leg);
        return;
    }
    if (status == 200 && leg->conflicts > 0) {
        take_other(leg);
    }
    guest_entry_watch(leg);
}

// --- another one

static void raise_nick(const GuestLeg *leg, const char *nick, FailureReason failure, int status)
{
    Event *event = guest_leg_event(EVENT_ROOM_NICK, leg);
    event->f.how = failure == FAILURE_NONE ? HOW_YES : HOW_NO;
    event->f.failure = failure;
    event->f.status = (uint64_t)status;
    fields_set_text(&event->f.nick, nick);
    guest_leg_tell(leg, event);
}

// MUC-A13
static FailureReason nick_failure(int status)
{
    switch (status) {
    case 425: return FAILURE_CONFLICT;
    case 408: return FAILURE_REMOTE_SERVER_TIMEOUT;
    default: return FAILURE_NOT_ACCEPTABLE;
    }
}

static void on_later_nick(GuestLeg *leg, int status)
{
    g_autofree char *nick = g_steal_pointer(&leg->new_nick);
    if (nick == NULL) {
        return;
    }
    if (status != 200) {
        raise_nick(leg, nick, nick_failure(status), status);
        return;
    }
    show_own(leg, nick);
    raise_nick(leg, guest_roster_own_nick(leg->roster), FAILURE_NONE, 0);
}

static void on_nick_answer(GuestLeg *leg, int status)
{
    if (leg->state == GUEST_LEG_NAMING) {
        on_first_nick(leg, status);
    } else if (leg->state == GUEST_LEG_INSIDE) {
        on_later_nick(leg, status);
    }
}

void guest_nick_on_answer(void *owner, int status)
{
    GuestLeg *leg = owner;
    g_clear_handle_id(&leg->timer, g_source_remove);
    on_nick_answer(leg, status);
}

void guest_nick_drop_wish(GuestLeg *leg)
{
    g_autofree char *nick = g_steal_pointer(&leg->new_nick);
    if (nick != NULL) {
        raise_nick(leg, nick, FAILURE_RECIPIENT_UNAVAILABLE, 0);
    }
}

void guest_nick_change(Guest *self, const Fields *fields)
{
    GuestLeg *leg = guest_leg_find(self, fields->leg);
    if (leg == NULL) {
        return;
    }
    const char *own = guest_roster_own_nick(leg->roster);
    if (leg->was_inside && leg->state != GUEST_LEG_INSIDE) {
        raise_nick(leg, fields->nick, FAILURE_RECIPIENT_UNAVAILABLE, 0);
    } else if (leg->state != GUEST_LEG_INSIDE || leg->new_nick != NULL || fields->nick == NULL) {
        raise_nick(leg, fields->nick, FAILURE_UNEXPECTED_REQUEST, 0);
    } else if (g_strcmp0(own, fields->nick) == 0) {
        raise_nick(leg, own, FAILURE_NONE, 0);
    } else if (!call_media_has_nicknames(call_get_media(leg->call)) ||
               !guest_nick_ask(leg, fields->nick)) {
        raise_nick(leg, fields->nick, FAILURE_NOT_ACCEPTABLE, 0);
    } else {
        leg->new_nick = g_strdup(fields->nick);
    }
}
