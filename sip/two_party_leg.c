// SPDX-License-Identifier: MIT
// One two-party leg; see two_party_leg.h.
#include "sip/two_party_leg.h"

void two_party_leg_free(TwoPartyLeg *leg)
{
    ref_table_remove(leg->all->core->refs, leg->ref);
    leg_table_remove(leg->all->core->legs, leg->number);
    g_hash_table_remove(leg->all->offers, leg);
    address_unref(leg->user);
    address_unref(leg->peer);
    g_free(leg->thread);
    g_free(leg);
}

Event *two_party_leg_event(EventKind kind, const TwoPartyLeg *leg)
{
    Event *event = event_new(kind, SIDE_SIP);
    event->f.leg = leg->number;
    return event;
}
