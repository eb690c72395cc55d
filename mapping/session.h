// SPDX-License-Identifier: MIT
// A session: one conversation of an XMPP user and a SIP user. It outlives page mode, MSRP,
// escalation and reconnection, and is changed as to what it belongs to only by session_map.c.
#pragma once
#include "mapping/chat_leg.h"
#include "mapping/escalation.h"
#include "mapping/seat.h"
#include "mapping/seen.h"
#include "mapping/stay.h"
#include "mapping/typing.h"

// What a leg number means to its session.
typedef enum {
    SESSION_LEG_CHAT,     // the two-party leg
    SESSION_LEG_PARTY,    // conference leg on the facade
    SESSION_LEG_HOME,     // conference leg at home
    SESSION_LEG_ASKED,    // asked for, not answered
    SESSION_LEG_GIVEN_UP, // asked for and taken back, not yet settled
} SessionLeg;

// What was put off while an escalation is under way (ESC-024).
typedef struct {
    bool gone_from_x;
    bool gone_from_s;
    bool idle;
} SessionPutOff;

struct Session {
    uint64_t id;
    Address *x;             // shared: the XMPP user, bare
    Address *s;             // shared: the SIP user, bare
    Address *device;        // shared: of a stay, whose it is (a room stands for the partner); else NULL
    Address *locked;        // shared: full JID the conversation is with (CHAT-26), or NULL
    char *x_nick;           // owned: what the XMPP user called himself last, or NULL (EXT-10)
    char *thread;           // owned: T, or NULL; written by session_map_set_thread()
    char *spent_thread;     // owned: thread of a chat that ended by <gone/> (CHAT-51), or NULL
    ChatLeg chat_leg;
    Escalation *escalation; // owned: the record, NULL = CHAT without a past
    Seat seat;              // its place in a room, if it has one
    Stay stay;              // how it came there by itself, if it did
    GQueue waiting;         // owned Line *, in arrival order
    GQueue in_flight;       // owned Line *, in order of hand-over
    SessionPutOff put_off;
    bool closes_when_drained;            // <gone/> came while lines were on their way (CHAT-51)
    int64_t last_line_ms;                // last line of either direction
    Typing typing;
    bool writes_normal;                  // type the XMPP user wrote last: normal, not chat
    bool nick_told;                      // the SIP user's display name was told (EXT-10)
    bool opened_by_peer;                 // the chat leg was offered to us
    Seen *bodies;                        // owned: what the pair said lately, or NULL (ESC-018)
    Seen *seen;                          // owned: ids of lines from the leg, or NULL (ESC-017)
    uint64_t timers[FIELDS_TIMER_COUNT]; // generation of each running timer, 0 = not running
    // kept by session_map.c
    GSList *legs;     // borrowed entries
    GSList *refs;     // borrowed entries
    char *thread_key; // owned
    Address *room;    // shared
    GList in_room;    // place among the sessions of that room
    GList recent;     // place in the order of use
    int64_t last_used_ms;
};

// What: a session without place in any index; session_map_open() is the way to get one.
// Shape: owned by the caller; references are taken; the addresses are made bare.
Session *session_new(uint64_t id, const Address *x, const Address *s);

// What: frees the session with its lines and its record.
void session_free(Session *session);

// What: whether nothing would be lost by forgetting it: no leg, no line, no room, no record.
bool session_is_idle(const Session *session);

// What: locks the conversation to a full JID; a bare one or NULL unlocks it.
// Source: CHAT-26; ESC-024.
void session_lock(Session *session, const Address *full);

// What: the address on XMPP that a line for the XMPP user goes to: the locked JID, else the bare
//   one.
// Shape: borrowed.
// Source: CHAT-20, CHAT-26.
Address *session_x_target(const Session *session);
