// SPDX-License-Identifier: MIT
// Being the focus of rooms whose home is XMPP: each SIP party is dialled out to or has come in by its own call (see
// focus_door.h), is let in by ADMIT, and is shown the room over that call. RFC 4579 5.2, RFC 7701, RFC 7702 6; groupchat matrix section 3.
#pragma once
#include "sip/call.h"
#include "sip/gate_core.h"
#include "sip/invitees.h"

typedef struct FocusHost FocusHost;

// What: the conference legs of a gate.
// Shape: `core` is borrowed. Owned by the caller (focus_host_free).
FocusHost *focus_host_new(GateCore *core);

// What: drops every leg without a word; NULL is allowed.
void focus_host_free(FocusHost *self);

// What: dials; answered by ROOM_ANSWER.
// Source: table 7.4, PRE; CONF-001.
void focus_host_dial(FocusHost *self, const Fields *fields);

// Somebody who has come by himself; borrowed for the call.
typedef struct {
    uint64_t leg;
    const Address *room, *party;
    const Address *hidden; // who he really is, where the room must not know; NULL: `party`
    const char *nick; // what he is called in the room
    Invitees *invitees; // whom he wants invited once he is inside; NULL: nobody
} FocusGuest;

// What: 200 to a call that was taken for a room; answered by ROOM_ANSWER.
// Shape: takes the call over from its owner.
// Source: CONF-002, CONF-001.
void focus_host_let_in(FocusHost *self, Call *call, const FocusGuest *guest);

// What: 200 to a call that takes the place of the one a leg had, which is ended; the middle is not told.
// Shape: takes the call over from its owner. `leg` is one of focus_seat_find_replaced().
// Source: CONF-033.
void focus_host_replace(FocusHost *self, uint64_t leg, Call *call);

// What: carries out WITHDRAW_INVITE, EXPEL (also CLOSE_LEG), ADMIT, and ROOM_ROSTER or
//   ROOM_SUBJECT, of a whole room or what concerns one leg.
// Errors: false when there is no such leg.
// Source: MUC-B15; CONF-013; ESC-406.
bool focus_host_withdraw(FocusHost *self, const Fields *fields);
bool focus_host_expel(FocusHost *self, const Fields *fields);
bool focus_host_admit(FocusHost *self, const Fields *fields);
bool focus_host_roster(FocusHost *self, const Command *command);

// What: a line for a party; answered by DELIVERY, at once when there is no such leg.
// Source: MUC-B04, MUC-B09.
void focus_host_send(FocusHost *self, const Fields *fields);

// What: that an occupant writes, for a party whose leg takes such documents; nobody waits for its fate.
// Errors: false when there is no such leg.
// Source: MUC-B23.
bool focus_host_send_state(FocusHost *self, const Fields *fields);

// What: the handle of the call of a leg, for requests in it.
// Shape: borrowed; NULL when there is none.
struct nua_handle_s *focus_host_get_handle(const FocusHost *self, uint64_t leg);

// What: a party leaves by a word of its own; told as ROOM_EXIT.
// Source: ROSTER-020.
void focus_host_leave(FocusHost *self, uint64_t leg);

// What: who takes the REFERs that come in calls.
// Shape: `owner` is borrowed.
void focus_host_set_refer(FocusHost *self,
                          void (*run)(void *owner, const AgentEvent *event, uint64_t leg),
                          void *owner);

// What: a SUBSCRIBE outside any dialog.
// Source: CONF-012.
void focus_host_on_subscribe(FocusHost *self, const AgentEvent *event);

// What: ends every leg; for the shutdown.
void focus_host_close_all(FocusHost *self);
