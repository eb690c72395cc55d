// SPDX-License-Identifier: MIT
// Lost conferences are dialled again; see guest_away.h.
#include "sip/guest_away.h"

#include "sip/detour.h"
#include "sip/guest_absent.h"
#include "sip/guest_call.h"
#include "sip/guest_nick.h"

// Between two tries: doubled each time, and up to a quarter longer, so that those who were lost together do not come
// together.
#define PAUSE_MS     1000
#define PAUSE_MS_MAX 15000
// Who was inside for so long begins with the shortest pause again.
#define STEADY_MS 60000

// A re-INVITE may be challenged in a way that cannot be answered, or once too often; the next INVITE has its own answer.
static bool is_loss(const GuestLeg *leg, const CallEnd *over)
{
    switch (over->status) {
    case 401:
    case 407: return leg->state == GUEST_LEG_INSIDE;
    case 0:
    case 408:
    case 480:
    case 481:
    case 500:
    case 502:
    case 503:
    case 504: return over->how != HOW_ENDED;
    default: return false;
    }
}

// A document may have said before that we were thrown out.
static bool may_come_again(const GuestLeg *leg, const CallEnd *over)
{
    const char *text = NULL;
    return leg->was_inside && leg->all->core->settings->focus_hold > 0 && is_loss(leg, over) &&
           guest_roster_own_end(leg->roster, &text) != HOW_KICKED;
}

static gboolean on_paused(gpointer data)
{
    GuestLeg *leg = data;
    leg->timer = 0;
    leg->state = GUEST_LEG_ENTERING;
    guest_call_again(leg);
    return G_SOURCE_REMOVE;
}

static int64_t next_pause_ms(GuestLeg *leg)
{
    int64_t now_ms = g_get_monotonic_time() / 1000;
    int64_t held_ms = (int64_t)detour_wait_s(leg->all->core, leg->uri) * 1000;
    bool was_steady = leg->entered_ms != 0 && now_ms - leg->entered_ms > STEADY_MS;
    leg->entered_ms = 0;
    leg->pause_ms = was_steady || leg->pause_ms == 0 ? PAUSE_MS : MIN(leg->pause_ms * 2, PAUSE_MS_MAX);
    return MAX(leg->pause_ms, held_ms) + g_random_int_range(0, (gint32)leg->pause_ms / 4);
}

static void wait(GuestLeg *leg)
{
    leg->state = GUEST_LEG_AWAY;
    leg->conflicts = 0;
    g_clear_pointer(&leg->watcher, watcher_free);
    g_clear_handle_id(&leg->timer, g_source_remove);
    leg->timer = g_timeout_add((guint)next_pause_ms(leg), on_paused, leg);
}

// He comes again under the name he has.
static void lose(GuestLeg *leg, const char *why)
{
    Event *event = guest_leg_event(EVENT_LINK, leg);
    event->f.how = HOW_DOWN;
    fields_set_text(&event->f.text, why);
    guest_nick_drop_wish(leg);
    g_free(leg->nick);
    leg->nick = g_strdup(guest_roster_own_nick(leg->roster));
    guest_leg_expect_lines(leg);
    guest_given_lose(leg->given);
    guest_absent_note(leg);
    guest_leg_tell(leg, event);
}

bool guest_away_takes(GuestLeg *leg, const CallEnd *over)
{
    if (!may_come_again(leg, over)) {
        return false;
    }
    leg->call = NULL;
    if (leg->state == GUEST_LEG_INSIDE) {
        lose(leg, over->text);
    }
    wait(leg);
    return true;
}

void guest_away_later(GuestLeg *leg, const char *why)
{
    call_close(leg->call, 200, why);
    leg->call = NULL;
    wait(leg);
}
