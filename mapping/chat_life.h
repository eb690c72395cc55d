// SPDX-License-Identifier: MIT
// The life of a chat: its leg offered, up and down; <gone/>, idleness and the end of the gateway;
// what is put off while the chat is on its way into a room.
#pragma once
#include "mapping/session.h"

// What: the peer offers a leg: taken, or refused when ours crosses it and wins; one it has is
//   replaced.
// Source: CHAT-07, 09.
void chat_life_on_leg_offered(Turn *turn, Session *session, const Event *event);

// What: the chat leg came up; it went down.
// Source: CHAT-03, 50, 52.
void chat_life_on_leg_up(Turn *turn, Session *session, const Event *event);
void chat_life_on_leg_down(Turn *turn, Session *session, const Event *event);

// What: part of a message of the peer's is there; it is whole, or will never be.
// Source: ESC-013.
void chat_life_on_leg_partial(Turn *turn, Session *session, const Event *event);

// What: the XMPP user closed his window.
// Source: CHAT-51.
void chat_life_on_gone(Turn *turn, Session *session, const Event *event);

// What: a device of the XMPP user changed its presence or left: a conversation locked to it is open to
//   all of them again, and goes on.
// Source: CHAT-26, CHAT-54; RFC 6121 5.1.
void chat_life_on_presence(Session *session, const Event *event);

// What: HOW_SETUP or HOW_IDLE ran out.
// Source: CHAT-03, CHAT-53.
void chat_life_on_timer(Turn *turn, Session *session, const Event *event);

// What: an XMPP error met a line of the session: some mean that nobody is there any more.
// Source: CHAT-25, CHAT-26.
void chat_life_on_error(Turn *turn, Session *session, const Refusal *refusal);

// What: a line was answered: a chat that was to end when its last line is gone ends now.
// Source: CHAT-51 ("queued sends first").
void chat_life_on_drained(Turn *turn, Session *session);

// What: the gateway ends: the leg is closed, what waits is refused.
// Source: CHAT-54.
void chat_life_on_closing(Turn *turn, Session *session);

// What: whether endings wait for the outcome of an escalation; hands them in when there is one.
// Source: ESC-024; R-12; docs/escalation.md 3.
bool chat_life_is_put_off(const Session *session);
void chat_life_resume(Turn *turn, Session *session);
