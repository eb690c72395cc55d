// SPDX-License-Identifier: MIT
// Another nick: the party asks, the home answers, the party is told.
#pragma once
#include "mapping/turn.h"

// What: a party wants another nick, or its home answers (ROOM_NICK).
// Source: MUC-A13, MUC-B11; MSRP-022.
void room_nick_on_event(Turn *turn, Session *session, const Event *event);
