// SPDX-License-Identifier: MIT
// A line: one text on its way across, copied once from its event; and the table that tells where it
// goes (docs/escalation.md section 5). A *pair* line was written to one person, a *room* line to
// the room.
#pragma once
#include "mapping/chat_leg.h"
#include "mapping/escalation.h"
#include "mapping/stay.h"

#define LINES_CLASSES(X)                                                                           \
    X(PAIR_TOWARDS, "pair, towards the leg")                                                       \
    X(PAIR_FROM, "pair, from the leg")                                                             \
    X(ROOM_TOWARDS, "room, towards the leg's side")                                                \
    X(ROOM_FROM, "room, from the leg's side")

#define LINES_SINKS(X)                                                                             \
    X(WAIT, "wait")     /* held in the journal */                                                  \
    X(OPEN, "open")     /* the ordinary way of chat.c: page, or a leg is needed and it waits */    \
    X(LEG, "leg")       /* on the chat leg */                                                      \
    X(ASIDE, "aside")   /* a private line on the conference leg of the chat leg's side */          \
    X(CHAT, "chat")     /* one-to-one text in thread T */                                          \
    X(ROOM, "room")     /* through the room */                                                     \
    X(REFUSE, "refuse") /* an error to its author */

typedef enum {
#define LINES_ENUM(NAME, text) LINE_##NAME,
    LINES_CLASSES(LINES_ENUM)
#undef LINES_ENUM
    LINE_CLASS_COUNT
} LineClass;

typedef enum {
#define LINES_ENUM(NAME, text) LINE_SINK_##NAME,
    LINES_SINKS(LINES_ENUM)
#undef LINES_ENUM
    LINE_SINK_COUNT
} LineSink;

// How a line in flight was handed over; the word is that of its row in the ledger.
#define LINES_CARRIERS(X)                                                                          \
    X(PAGE, "page")   /* SIP MESSAGE, maybe still behind another one to the same target */         \
    X(LEG, "leg")     /* on the chat leg */                                                        \
    X(CHAT, "chat")   /* one-to-one stanza */                                                      \
    X(ASIDE, "aside") /* private line on a conference leg */                                       \
    X(ROOM, "room")   /* through the room */

typedef enum {
#define LINES_ENUM(NAME, text) LINE_BY_##NAME,
    LINES_CARRIERS(LINES_ENUM)
#undef LINES_ENUM
} LineCarrier;

// A line waits (in Session.waiting) or is in flight (in Session.in_flight), under one row all its
// life.
typedef struct Line {
    uint64_t row;        // 0 until journal_admit()
    LineClass class;
    Side to_side;        // where it goes
    bool in_flight;
    LineCarrier carrier; // while in flight
    uint64_t leg;        // while in flight: the leg it went on, 0 = none
    bool is_accepted;    // the request `f.ref` was answered: what follows is a REPORT
    bool needs_session;  // too large for page mode (IM-14)
    int tries;           // how often it was handed over
    int64_t at_ms;       // arrival
    Fields f;            // owned: from to id type thread subject lang body html stamp nick ...
    Session *session;    // borrowed, set while it waits or is in flight
    GList link;          // its place in the queue of its session
} Line;

// What: a line made of the fields of its event; the one copy it ever gets.
// Shape: owned by the caller until journal_admit() takes it.
Line *lines_new(const Event *event, LineClass class);

// What: a line towards SIP of `from` to `to` that came with no event; the rest is the caller's.
// Shape: as lines_new(); references are taken.
Line *lines_new_to_sip(Address *from, Address *to, int64_t at_ms);

// What: frees a line that is in no queue; NULL is allowed.
void lines_free(Line *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Line, lines_free)

// What: pushes the line as a MESSAGE for a side: row, from, to, id, thread, subject, lang, body,
//   stamp, nick, receipt, markable, the file; what its way adds is the caller's.
// Shape: the command is borrowed, as turn_push().
Command *lines_push_message(Turn *turn, const Line *line, Side side);

// What: how much of a bounded queue the line takes.
size_t lines_octets(const Line *line);

// What: where a line of this class goes.
// Source: docs/escalation.md 5; ESC-010..015, 022, 023.
LineSink lines_sink(LineClass class, ChatLegState leg, EscalationState state);

// What: where a line of a stay goes, to either side.
// Source: docs/stay.md; ESC-011.
LineSink lines_stay_sink(StayState state);

// What: words of the table.
// Shape: static text.
const char *lines_class_name(LineClass class);
const char *lines_carrier_name(LineCarrier carrier);
const char *lines_sink_name(LineSink sink);
