// SPDX-License-Identifier: MIT
// What all parts behind the door share; made and freed by sipgate.c, borrowed by everybody else.
#pragma once
#include "mapping/port.h"
#include "mapping/route.h"
#include "mapping/settings.h"
#include "sip/agent.h"
#include "sip/imdn_book.h"
#include "sip/leg.h"
#include "sip/msrp/msrp.h"
#include "sip/next_hops.h"
#include "sip/realms.h"
#include "sip/ref.h"
#include "sip/thread_table.h"

typedef struct GateCore {
    Agent *agent;
    Msrp *msrp; // NULL before the start
    RefTable *refs;
    LegTable *legs;
    ThreadTable *threads;
    ImdnBook *imdn;
    Realms *realms;
    NextHops *hops; // those that want to be left alone
    Route *route; // borrowed from the configuration, as the next two
    const Settings *settings;
    EventSink sink;
    uint64_t overloads;
    bool closing; // no events any more
} GateCore;

// What: hands an event to the middle; after the shutdown has begun it is freed instead.
// Shape: `owned` is taken.
static inline void gate_core_raise(GateCore *core, Event *owned)
{
    if (core->closing) {
        event_free(owned);
    } else {
        core->sink.take(core->sink.self, owned);
    }
}

// What: tells that a line was not delivered.
// Shape: `leg` it was for, 0 = page mode. `row` 0: nobody waits for its fate, nothing is told.
static inline void gate_core_undelivered(GateCore *core, uint64_t leg, uint64_t row,
                                         FailureReason failure, How how)
{
    if (row == 0) {
        return;
    }
    Event *event = event_new(EVENT_DELIVERY, SIDE_SIP);
    event->f.leg = leg;
    event->f.row = row;
    event->f.failure = failure;
    event->f.how = how;
    gate_core_raise(core, event);
}
