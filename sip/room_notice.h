// SPDX-License-Identifier: MIT
// Words for a party whose program knows no chat rooms: that it is in one, and who else is. Such a
// program shows a room as if it were one person. MUC-B22; RFC 7701 11.
#pragma once
#include "sip/conference_roster.h"

typedef struct RoomNotice RoomNotice;

// What: notices for one party; nothing is said yet.
// Shape: `roster` and `owner` are borrowed and outlive it; `say` gets each text, from the main loop
//   but for the first; `pause_ms`: least distance of two lists; owned by the caller.
RoomNotice *room_notice_new(const ConferenceRoster *roster, unsigned pause_ms,
                            void (*say)(void *owner, const char *text), void *owner);

// What: frees it, nothing is said any more; NULL is allowed.
void room_notice_free(RoomNotice *notice);

// What: says where the party is; who else is there follows when this turn is over.
// Source: MUC-B22.
void room_notice_begin(RoomNotice *notice);

// What: the roster may have changed: who is there is said when this turn is over, unless it was
//   said already or less than `pause_ms` ago: then later. NULL is allowed.
// Source: MUC-B22.
void room_notice_touch(RoomNotice *notice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RoomNotice, room_notice_free)
