// SPDX-License-Identifier: MIT
// The books of the outside: which legs, lines and requests are open between the middle and the two
// gates. Every command is entered here and held against docs/seam.md at once; a breach ends the
// process with the story so far.
#pragma once
#include <stdarg.h>

#include "mapping/router.h"

typedef enum { OUTSIDE_LEG_CHAT, OUTSIDE_LEG_PARTY, OUTSIDE_LEG_HOME } OutsideLegKind;
typedef enum { OUTSIDE_LEG_ASKED, OUTSIDE_LEG_UP, OUTSIDE_LEG_WITHDRAWN } OutsideLegStage;

typedef struct {
    uint64_t number;
    OutsideLegKind kind;
    OutsideLegStage stage;
} OutsideLeg;

// A line that was handed over and has no answer.
typedef struct {
    uint64_t row;
    uint64_t leg; // 0 = none
    Side side;
    uint64_t session;
    uint64_t id;
} OutsideRow;

typedef struct {
    int64_t due_ms;
    uint64_t session, number;
    How how;
} OutsideTimer;

// A request of ours that waits: content or an offer from SIP, an invitation from XMPP.
typedef enum {
    OUTSIDE_REQUEST_PAGE,
    OUTSIDE_REQUEST_SEND,
    OUTSIDE_REQUEST_REPORT,
    OUTSIDE_REQUEST_ASKING, // a SEND whose author wants to know of the reader's receipt
    OUTSIDE_REQUEST_HOPING, // accepted, and there is a REPORT or none ever: see ASKING, `ref-over`
    OUTSIDE_REQUEST_OFFER,
    OUTSIDE_REQUEST_INVITE
} OutsideRequestKind;

typedef struct {
    uint64_t ref;
    OutsideRequestKind kind;
    uint64_t leg; // 0 = none
} OutsideRequest;

typedef struct {
    SessionMap *sessions; // borrowed, of the router
    int64_t now_ms;
    GPtrArray *legs;  // owned OutsideLeg
    GArray *rows;     // OutsideRow
    GArray *stale;    // OutsideRow that left with its leg, whose gate will speak of it all the same
    GArray *timers;   // OutsideTimer
    GArray *requests; // OutsideRequest
    GHashTable *ledger; // open rows
    GHashTable *shown;  // owned char * "session side id" -> owned int64_t *: when it was delivered
    GHashTable *said;   // by session: what the pair said last, and when
    GHashTable *news;   // owned char * "side id how": receipts told
    uint64_t last_leg, last_row, last_ref;
    GQueue told; // owned char *: the end of the story
} OutsideBooks;

// What: empty books.
// Shape: owned by the caller; `sessions` is borrowed.
OutsideBooks *outside_books_new(SessionMap *sessions);
void outside_books_free(OutsideBooks *books);

// What: a line of the story: an event (`> `) or a command (`< `).
// Shape: `line` is taken.
void outside_books_tell(OutsideBooks *books, const char *sign, char *line);

// What: ends the process with the story when something does not hold.
void outside_books_demand(const OutsideBooks *books, bool holds, const char *what);

// What: enters a command, and demands what the contract says of it.
void outside_books_enter(OutsideBooks *books, const Command *command);

// What: demands of every session that its record fits its state (docs/escalation.md 2).
void outside_books_demand_records(OutsideBooks *books);

// What: demands that nothing is open any more.
void outside_books_demand_rest(OutsideBooks *books);

// What: the leg of a number, or NULL; takes a leg out, with what was on its way there.
OutsideLeg *outside_books_leg(const OutsideBooks *books, uint64_t number);
void outside_books_drop_leg(OutsideBooks *books, OutsideLeg *leg);

// What: a fresh ref for a request of this kind.
// Shape: `leg` that it comes by, 0 = none.
uint64_t outside_books_request(OutsideBooks *books, OutsideRequestKind kind, uint64_t leg);

// What: takes a line out that was answered; `arrived`: it was shown, and may never be again.
void outside_books_answer(OutsideBooks *books, guint index, bool arrived);

// What: what the pair of a session said last, or NULL when that is too long ago to be known.
const char *outside_books_said(const OutsideBooks *books, uint64_t session);
