// SPDX-License-Identifier: MIT
// Who is writing, told across a chat: chat states of XMPP (XEP-0085) and composing documents of SIP
// (RFC 3994). No state is told twice, none to somebody who does not know such things, none holds
// for ever, and none ever opens a session or becomes an error. One-to-one matrix 5.4.
#pragma once
#include "mapping/turn.h"

typedef struct {
    bool x_speaks;      // the XMPP user sent a chat state in this session (CHAT-44)
    bool s_refuses;     // the SIP user answered one of ours with 415 (CHAT-43)
    bool leg_takes;     // the peer of the chat leg listed the type (CHAT-40)
    bool x_is_told;     // the XMPP user was told that the other one writes, and of no end yet
    bool s_is_told;     // the same of the SIP user
    int repeated_count; // how often he was told again
    uint64_t row;       // number of the last state sent on the leg, until its answer; or 0
    int64_t last_ms;    // when somebody was last said to write, 0 = never (CHAT-53)
} Typing;

// What: a state of either user, standing alone: told to the other one, where there is a conversation;
//   one in a room is handed to room_typing.c.
// Shape: returns the id of the session concerned, 0 when there is none.
// Source: CHAT-40, 41, 43, 44, 53.
uint64_t typing_on_state(Turn *turn, const Event *event);

// What: content of the XMPP user came; content for him goes out: whoever sent it no longer writes, and
//   the content says so. A state beside it only shows that he speaks of such things.
// Source: CHAT-40, 41, 44; RFC 3994 3.2.
void typing_on_content_of_x(Turn *turn, Session *session, const Event *event);
void typing_on_content_for_x(Turn *turn, Session *session);

// What: whether content for the XMPP user says `<active/>`: both know chat states.
// Source: CHAT-44; XEP-0085 5.1, 5.3.
bool typing_is_mutual(const Turn *turn, const Session *session);

// What: HOW_REFRESH or HOW_LAPSE ran out.
// Source: CHAT-41, CHAT-42.
void typing_on_timer(Turn *turn, Session *session, How how);

// What: a state on its way to SIP was answered; 415 is the last one.
// Shape: `session` receives the id of its session.
// Errors: false when the row of the event is not that of a state; `session` is as before.
// Source: CHAT-43.
bool typing_on_delivery(Turn *turn, const Event *event, uint64_t *session);

// What: whether the last state told on the chat leg has no answer yet.
// Source: ESC-020: a leg is not ended under the word that nobody writes any more.
bool typing_is_on_its_way(const Session *session);

// What: the chat leg came up, or is there no more: states told on it are over.
void typing_on_leg_up(Session *session, const Event *event);
void typing_on_leg_over(Turn *turn, Session *session);

// What: nobody writes any more as far as both are concerned: each who was told so is told the end.
// Source: ESC-020.
void typing_end(Turn *turn, Session *session);

// What: when the users last wrote something, as far as they told it; now, while one does.
// Shape: 0 = never.
// Source: CHAT-53.
int64_t typing_last_ms(const Turn *turn, const Session *session);
