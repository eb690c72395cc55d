// SPDX-License-Identifier: MIT
// A party of a room whose phone knows nothing but MESSAGE (setting `page_rooms`): commands in its
// pages bring it in and out, all else it writes to the room's address is said in the room, and what
// is said there comes to it by page mode. Its seat has a party leg that no gate knows of.
//
//   /join [nick]   enters, or asks for another nick
//   /leave         leaves
//   /who           tells who is there
//
// No row covers this: RFC 7702 and RFC 7701 know sessions only.
#pragma once
#include "mapping/lines.h"
#include "mapping/session.h"

// What: whether a page-mode message is for a room, and such messages are heard.
// Source: docs/configuration.md, page_rooms.
bool page_party_is_for(const Turn *turn, const Event *event);

// What: such a message; always answered. Who is not inside is told how to come in, and the room
//   hears nothing.
// Shape: returns the id of the session, 0 when there is none.
uint64_t page_party_on_message(Turn *turn, const Event *event);

// What: brings a party of an earlier run back under its nick, without a word.
// Shape: `event` is RESTORED, how=room-bind carrier=page.
void page_party_on_restored(Turn *turn, const Event *event);

// What: what the stay does for such a party in place of its commands to a gate: its leg is complete
//   at once; it is told in words that it is inside, not let in, or no longer inside.
// Shape: `cause` as of the action.
void page_party_answer(Turn *turn, Session *session);
void page_party_admit(Turn *turn, Session *session);
void page_party_refuse(Turn *turn, Session *session, const Event *cause);
void page_party_expel(Turn *turn, Session *session, const Event *cause);

// What: whether a line of the room goes to it: no history but what was said while its entry was made
//   anew, and no more in a minute than `page_rooms_rate`; of those left out it is told the number.
bool page_party_takes(Turn *turn, Session *session, const Event *event);

// What: hands a line of the room over by page mode.
void page_party_send(Turn *turn, Session *session, Line *line);

// What: how such a line is spelled: from the room, or from the occupant when it is private; with the
//   nick in its envelope, or before the text where there is none.
// Shape: `command` is the MESSAGE made of the line; lines that are none of a room stay as they are.
void page_party_dress(const Line *line, Command *command);

// What: the answer to such a line; after three failures in a row the stay is over.
void page_party_on_delivery(Turn *turn, Session *session, Line *line, const Event *event);

// What: the answer to the wish for another nick.
void page_party_on_nick(Turn *turn, Session *session, const Event *event);

// What: its minute is over, or a day without a line of its own.
void page_party_on_timer(Turn *turn, Session *session, How how);
