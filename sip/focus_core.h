// SPDX-License-Identifier: MIT
// What the parts of the focus share: the focus itself, and one party of a room as it knows it.
#pragma once
#include "sip/conference_rooms.h"
#include "sip/early_lines.h"
#include "sip/focus_host.h"
#include "sip/list_history.h"
#include "sip/room_notice.h"

struct FocusHost {
    GateCore *core;         // borrowed
    ConferenceRooms *rooms; // owned
    ListHistory *history;   // owned
    GQueue ended;           // of char * (owned); dialogs that are over, the last one first
    void (*on_refer)(void *owner, const AgentEvent *event, uint64_t leg);
    void *refer_owner; // borrowed
};

typedef struct {
    FocusHost *all; // borrowed
    uint64_t number;
    Call *call;            // owned by itself until on_down
    Address *room;         // shared; bare
    Address *party;        // shared; SIP
    Address *hidden;       // shared; who that really is, NULL: he does not hide
    ConferenceParty *seat; // owned; its place in the room
    RoomNotice *notice;    // owned; NULL: the party knows chat rooms, or is not inside
    Invitees *invitees;    // shared; to be invited when it is up, NULL: nobody
    char *dialog;          // owned; as somebody names it who wants to replace it, NULL: not up yet
    bool answered;         // a yes was told
    bool is_moving;        // another call has taken over and is not bound yet
    bool open;             // content is judged and passed on
    guint opening;         // GSource id between ADMIT and that
    EarlyLines *early;     // owned; content from before, which nobody has heard of yet
    guint early_end;       // GSource id until the first of that has waited long enough
    char *early_nick;      // owned; what it wants to be called, from before; NULL: nothing
    uint64_t early_nick_ref;
} FocusLeg;
