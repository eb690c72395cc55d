// SPDX-License-Identifier: MIT
// What the parts of the conference event package share: the room, its parties, and a subscription.
#pragma once
#include "sip/conference_party.h"
#include "sip/conference_view.h"

typedef struct ConferenceSubscription ConferenceSubscription;

struct ConferenceNotifier {
    GateCore *core;           // borrowed
    ConferenceRoster *roster; // owned
    ConferenceViews *views;   // owned
    char *contact;            // owned; header value
    GPtrArray *parties;       // borrowed, of ConferenceParty
    GHashTable *by_user;      // bare JID (owned) => GPtrArray of ConferenceParty (borrowed)
    int64_t told_us;          // when changes were told last, 0: never
    guint timer;              // GSource id of the next time, 0: nothing to tell
    int64_t timer_us;         // when that is
};

struct ConferenceParty {
    ConferenceNotifier *notifier; // borrowed
    const Call *call;             // borrowed
    char *user;                   // owned; bare JID
    ConferenceDevice *device;     // shared
    char *nick;                   // owned; NULL: not known yet
    bool with_reals;
    bool active;              // it is inside
    GPtrArray *subscriptions; // owned, of ConferenceSubscription
    guint opening;            // GSource id between activation and the first documents
    void (*on_change)(void *owner);
    void *owner; // borrowed
};

struct ConferenceSubscription {
    ConferenceParty *party; // borrowed
    struct nua_handle_s *handle; // owned by the agent; NULL when in_dialog
    bool in_dialog;
    char *event;          // owned; header value
    char *id;             // owned; of that, NULL: none
    ConferenceView *view; // owned by the views
    bool started;         // an active NOTIFY was sent
    bool waiting;         // for the answer to the last one
    int64_t sent_us;      // when that was
    unsigned put_off;     // NOTIFYs in a row that did not arrive and come again
    int64_t pause_us;     // until the next of them
};
