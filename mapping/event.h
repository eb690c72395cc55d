// SPDX-License-Identifier: MIT
// An Event is a fact that happened on a side: a plain value, made by a gate, read by the middle.
// The fields of each kind are told in docs/seam.md.
#pragma once
#include "mapping/fields.h"
#include "mapping/side.h"

#define EVENT_KINDS(X)                                                                             \
    X(MESSAGE, "message")                                                                          \
    X(DELIVERY, "delivery")                                                                        \
    X(LEG_OFFERED, "leg-offered")                                                                  \
    X(LEG_UP, "leg-up")                                                                            \
    X(LEG_DOWN, "leg-down")                                                                        \
    X(LEG_PARTIAL, "leg-partial")                                                                  \
    X(REF_OVER, "ref-over")                                                                        \
    X(GONE, "gone")                                                                                \
    X(PEER, "peer")                                                                                \
    X(RECEIPT, "receipt")                                                                          \
    X(CHAT_STATE, "chat-state")                                                                    \
    X(PRESENCE, "presence")                                                                        \
    X(ROOM_INVITE, "room-invite")                                                                  \
    X(ROOM_OFFERED, "room-offered")                                                                \
    X(ROOM_NICK, "room-nick")                                                                      \
    X(ROOM_REQUEST, "room-request")                                                                \
    X(ROOM_RESULT, "room-result")                                                                  \
    X(ROOM_ANSWER, "room-answer")                                                                  \
    X(ROOM_ENTRY, "room-entry")                                                                    \
    X(ROOM_ROSTER, "room-roster")                                                                  \
    X(ROOM_MESSAGE, "room-message")                                                                \
    X(ROOM_SUBJECT, "room-subject")                                                                \
    X(ROOM_EXIT, "room-exit")                                                                      \
    X(LINK, "link")                                                                                \
    X(TIMER, "timer")                                                                              \
    X(RESTORED, "restored")                                                                        \
    X(CLOSING, "closing")

typedef enum {
#define EVENT_ENUM(NAME, text) EVENT_##NAME,
    EVENT_KINDS(EVENT_ENUM)
#undef EVENT_ENUM
} EventKind;

typedef struct {
    EventKind kind;
    Side side;
    int64_t at_ms; // monotonic
    Fields f;
} Event;

// What: an empty event of a kind.
// Shape: owned by the caller.
Event *event_new(EventKind kind, Side side);

// What: a deep copy.
// Shape: owned by the caller.
Event *event_copy(const Event *event);

// What: frees the event and what it owns; NULL is allowed.
void event_free(Event *event);

// What: the word of a kind in the notation, e.g. "leg-up".
// Shape: static text.
const char *event_kind_name(EventKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)
