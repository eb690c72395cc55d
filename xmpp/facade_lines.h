// SPDX-License-Identifier: MIT
// Lines of a room that we show, towards one of its parties: told now, or sorted out when it comes in,
// or given back.
// Sources: XEP-0045 7.1, 7.2.13, 7.2.14, 7.4; MUC-A04, A08, A09.
#pragma once
#include "xmpp/facade_core.h"

// What: tells a line, an echo (own) or a state to a party that is inside.
void facade_lines_send(RoomFacade *facade, RoomParty *party, const Command *command);

// What: tells what waited: only what is old, or all of it.
// Source: XEP-0045 7.1.
void facade_lines_release(RoomFacade *facade, RoomParty *party, bool of_old);

// What: of what waited and is old, drops what the party does not want to hear.
// Source: XEP-0045 7.2.14.
void facade_lines_limit_history(RoomFacade *facade, RoomParty *party);

// What: gives back what waited.
void facade_lines_take_back(RoomFacade *facade, RoomParty *party);
