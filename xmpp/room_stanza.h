// SPDX-License-Identifier: MIT
// What the rooms that we show to XMPP users say, as stanzas: presence of occupants, lines, subjects,
// errors. Nothing is decided here. Sources: XEP-0045 7.1, 7.2, 7.4 to 7.6, 8.1, 8.2, 10.9; XEP-0203;
// XEP-0359; groupchat matrix 6.1, 6.4.
#pragma once
#include "xmpp/stanza_error.h"
#include "xmpp/wire.h"

// LIMIT: status codes of one presence.
enum { ROOM_STANZA_CODES_MAX = 4 };

typedef struct {
    Address *room;    // borrowed
    const char *nick; // as it is shown
    Address *to;      // borrowed, a full JID
    const char *id;   // NULL = none
    bool is_gone;     // unavailable: the role is none
    bool is_away;     // shown so, unless it says something of itself
    const char *role; // of the seam; NULL or unknown = participant
    const char *affiliation;
    const Address *real;  // NULL = not shown
    const GPtrArray *devices; // borrowed, of Address; beside `real` its other ones, or NULL
    const char *new_nick; // of a renaming
    const char *actor;    // nick of who removed the occupant
    const char *reason;
    const char *status; // words with which it left
    bool is_destroyed;
    const Address *venue; // of a destroyed room: where to go instead
    int codes[ROOM_STANZA_CODES_MAX];
    xmpp_stanza_t *shown; // borrowed; what the occupant says of itself: its children
} RoomPresence;

// What: the presence of an occupant.
// Shape: owned by the caller.
// Source: XEP-0045 7.2.2, 7.6, 7.14, 8.2, 10.9; MUC-A05, A06, ROSTER-008, 021, 022.
xmpp_stanza_t *room_stanza_presence(Wire *wire, const RoomPresence *presence);

// What: the status code of a way out, 0 = none.
// Source: groupchat matrix 6.1.
int room_stanza_code(How how);

// What: what a presence says of its sender, for others to see: an element whose children are to be
//   shown; nothing that only the room may say.
// Shape: owned by the caller; NULL when there is nothing.
// Source: XEP-0045 7.7, 17.3 (business rules); MUC-A15.
xmpp_stanza_t *room_stanza_shown(xmpp_stanza_t *presence);

// What: a line of the room, or of an occupant (`nick`, as shown), to one party.
// Shape: `fields`: stable, body, lang, subject, url, stamp, history, private; owned by the caller. What is no line,
//   a state, has no id of the room, nor have private lines.
// Source: XEP-0045 7.4, 7.5, 7.2.13; XEP-0359 3; MUC-A09, A12.
xmpp_stanza_t *room_stanza_line(Wire *wire, Address *room, const char *nick, Address *to,
                                const char *id, const Fields *fields);

// What: whether a line is told with the time of its origin.
// Source: MUC-A09.
bool room_stanza_is_old(Wire *wire, const Fields *fields);

// What: the line of a party, given back to it: as it was sent, from its occupant.
// Shape: `sent` is the stanza that came in, `stable` the room's id of it; owned by the caller.
// Source: XEP-0045 7.4; XEP-0359 3 (forged ids); MUC-A08.
xmpp_stanza_t *room_stanza_echo(Wire *wire, Address *room, const char *nick, xmpp_stanza_t *sent,
                                const char *stable);

// What: the subject of the room; `changed_ms` = since when, 0 = not known.
// Shape: `subject` NULL = none; owned by the caller.
// Source: XEP-0045 7.2.15, 8.1; MUC-A04, A23.
xmpp_stanza_t *room_stanza_subject(Wire *wire, Address *room, Address *to, const char *subject,
                                   int64_t changed_ms);

// What: news of what the room is now: 172 non-anonymous, 173 semi-anonymous.
// Shape: owned by the caller.
// Source: XEP-0045 10.2.1.
xmpp_stanza_t *room_stanza_code_message(Wire *wire, Address *room, Address *to, int code);

// Why something is refused.
typedef struct {
    FailureReason reason;
    const char *type;      // NULL = the usual one of the reason
    const char *text;      // may be NULL
    const Address *target; // may be NULL
} RoomRefusal;

// What: the error in answer to a stanza, by the room; the answer to a presence names MUC, the answer to a
//   subject repeats it.
// Shape: `from` NULL = the one it was for; owned by the caller.
// Source: XEP-0045 7.2.3 to 7.2.17, 7.6, 8.1; groupchat matrix 6.4.
xmpp_stanza_t *room_stanza_error(xmpp_stanza_t *stanza, const Address *from, Address *room,
                                 const RoomRefusal *refusal);

// What: the refusal that a command tells: by its SIP status (table 6.4), else by its reason.
// Shape: `words` (owned by the caller) holds the text.
// Source: table 6.4.
RoomRefusal room_stanza_refusal(const Fields *fields, char **words);
