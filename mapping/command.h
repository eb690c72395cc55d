// SPDX-License-Identifier: MIT
// A Command is an order for a side (or, STORE and TIMER, for the house): a plain value, made by the
// middle, carried out by a gate. The fields of each kind are told in docs/seam.md.
#pragma once
#include "mapping/fields.h"
#include "mapping/side.h"

#define COMMAND_KINDS(X)                                                                           \
    X(MESSAGE, "message")                                                                          \
    X(ACCEPT, "accept")                                                                            \
    X(REFUSE, "refuse")                                                                            \
    X(REPORT, "report")                                                                            \
    X(GONE, "gone")                                                                                \
    X(RECEIPT, "receipt")                                                                          \
    X(CHAT_STATE, "chat-state")                                                                    \
    X(ASK_PEER, "ask-peer")                                                                        \
    X(OPEN_LEG, "open-leg")                                                                        \
    X(ANSWER_LEG, "answer-leg")                                                                    \
    X(CLOSE_LEG, "close-leg")                                                                      \
    X(INVITE_TO_ROOM, "invite-to-room")                                                            \
    X(WITHDRAW_INVITE, "withdraw-invite")                                                          \
    X(ANSWER_INVITE, "answer-invite")                                                              \
    X(ROOM_NICK, "room-nick")                                                                      \
    X(ROOM_REQUEST, "room-request")                                                                \
    X(ROOM_RESULT, "room-result")                                                                  \
    X(ENTER_ROOM, "enter-room")                                                                    \
    X(LEAVE_ROOM, "leave-room")                                                                    \
    X(ADMIT, "admit")                                                                              \
    X(EXPEL, "expel")                                                                              \
    X(ROOM_ROSTER, "room-roster")                                                                  \
    X(ROOM_MESSAGE, "room-message")                                                                \
    X(ROOM_SUBJECT, "room-subject")                                                                \
    X(TIMER, "timer")                                                                              \
    X(STORE, "store")

typedef enum {
#define COMMAND_ENUM(NAME, text) COMMAND_##NAME,
    COMMAND_KINDS(COMMAND_ENUM)
#undef COMMAND_ENUM
} CommandKind;

typedef struct {
    CommandKind kind;
    Side side;
    Fields f;
} Command;

// What: an empty command of a kind.
// Shape: owned by the caller.
Command *command_new(CommandKind kind, Side side);

// What: frees the command and what it owns; NULL is allowed.
void command_free(Command *command);

// What: the word of a kind in the notation, e.g. "open-leg".
// Shape: static text.
const char *command_kind_name(CommandKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Command, command_free)
