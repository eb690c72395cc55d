// SPDX-License-Identifier: MIT
// The fields an Event or a Command may carry, in one list, so that copying, clearing, printing and
// parsing are written once. Which kind uses which field is told in docs/seam.md.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "mapping/address.h"
#include "mapping/failure.h"

// One word that says in which of its few ways a thing happened or is to be done.
#define FIELDS_HOW(X)                                                                              \
    X(NONE, "none")                                                                                \
    X(YES, "yes") X(NO, "no") X(RINGING, "ringing")                                                \
    X(REFUSED, "refused") X(TIMEOUT, "timeout") X(ENDED, "ended") X(LOST, "lost")                  \
    X(TOO_LARGE, "too-large") X(TOO_RICH, "too-rich") X(LATE, "late")                              \
    X(JOINED, "joined") X(LEFT, "left") X(CHANGED, "changed") X(RENAMED, "renamed")                \
    X(KICKED, "kicked") X(BANNED, "banned") X(REMOVED, "removed") X(DESTROYED, "destroyed")        \
    X(SHUTDOWN, "shutdown")                                                                        \
    X(UP, "up") X(DOWN, "down")                                                                    \
    X(PATIENCE, "patience") X(SETUP, "setup") X(IDLE, "idle") X(HOLD, "hold") X(NOTICE, "notice")  \
    X(REFRESH, "refresh") X(LAPSE, "lapse") X(MINUTE, "minute")                                    \
    X(ROW_OPEN, "row-open") X(ROW_HAND, "row-hand") X(ROW_CLOSE, "row-close")                      \
    X(ROOM_BIND, "room-bind") X(ROOM_UNBIND, "room-unbind")                                        \
    X(PEER, "peer") X(FORGET, "forget") X(HINT, "hint") X(COUNTER, "counter")                      \
    X(RENEW, "renew") X(NARROW, "narrow")                                                          \
    X(DELIVERED, "delivered") X(DISPLAYED, "displayed")                                            \
    X(ACTIVE, "active") X(COMPOSING, "composing") X(PAUSED, "paused") X(INACTIVE, "inactive")      \
    X(MAKE, "make") X(PROBE, "probe") X(INVITE, "invite") X(KICK, "kick") X(BAN, "ban")

typedef enum {
#define FIELDS_ENUM(NAME, text) HOW_##NAME,
    FIELDS_HOW(FIELDS_ENUM)
#undef FIELDS_ENUM
} How;

// The words that name timers.
#define FIELDS_TIMER_FIRST HOW_PATIENCE
#define FIELDS_TIMER_LAST  HOW_MINUTE
#define FIELDS_TIMER_COUNT (FIELDS_TIMER_LAST - FIELDS_TIMER_FIRST + 1)

// The list. A field that is 0, NULL or false is absent.
#define FIELDS_LIST(NUMBER, ADDRESS, TEXT, FLAG)                                                   \
    NUMBER(session)  /* conversation the thing belongs to */                                       \
    NUMBER(leg)      /* leg number, handed out by the middle */                                    \
    NUMBER(ref)      /* a gate's token of an open request: transaction, offer, invitation */       \
    NUMBER(row)      /* ledger row of one line */                                                  \
    NUMBER(number)   /* generation of a timer, first free number of a counter */                   \
    NUMBER(status)   /* SIP or MSRP status, 0 = none */                                            \
    NUMBER(retry_s)  /* Retry-After in seconds */                                                  \
    NUMBER(hops)     /* hops left, as its sender's side counted them (SEC-08) */                   \
    NUMBER(file_size) /* octets of the file under `url` */                                         \
    NUMBER(ms)       /* a duration in milliseconds, or a wall time in ms since 1970 */             \
    ADDRESS(from)                                                                                  \
    ADDRESS(to)                                                                                    \
    ADDRESS(room)                                                                                  \
    ADDRESS(real)    /* real address of an occupant, a redirect target */                          \
    TEXT(nick)                                                                                     \
    TEXT(new_nick)                                                                                 \
    TEXT(request)    /* key of the SIP transaction that a page-mode message came by */             \
    TEXT(id)                                                                                       \
    TEXT(stable)     /* what a line of a room is known by, the same for all who hear it */          \
    TEXT(thread)                                                                                   \
    TEXT(type)       /* of a message: chat, normal, headline */                                    \
    TEXT(role)                                                                                     \
    TEXT(affiliation)                                                                              \
    TEXT(subject)                                                                                  \
    TEXT(lang)                                                                                     \
    TEXT(body)                                                                                     \
    TEXT(html)       /* XHTML-IM fragment beside the body */                                       \
    TEXT(bodies)     /* the body in other languages: LANG US TEXT, RS between them (IM-11) */      \
    TEXT(url)        /* of a file that the body tells of */                                        \
    TEXT(file_name)                                                                                \
    TEXT(file_type)  /* its media type */                                                          \
    TEXT(text)       /* a reason in words */                                                       \
    TEXT(stamp)      /* RFC 3339 time of origin, when it is not now */                             \
    TEXT(password)                                                                                 \
    TEXT(takes)      /* of a peer: what it is known to take, words of peer_memory.h with commas */ \
    TEXT(lacks)      /* of a peer: what it is known not to take */                                 \
    TEXT(carrier)    /* how a line left: page, leg, chat, aside, room; absent = it waits */        \
    FLAG(continues)  /* an invitation that continues a chat; an entry that does */                 \
    FLAG(mediated)   /* an invitation sent through the room */                                     \
    FLAG(private)    /* a line to one occupant; a leg that carries such lines */                   \
    FLAG(own)        /* our own occupant, our own line come back, our own words (a notice) */      \
    FLAG(history)    /* a line replayed by the room */                                             \
    FLAG(receipt)    /* its sender wants to know of delivery */                                    \
    FLAG(markable)   /* its sender wants to know when it was read */                               \
    FLAG(negative)   /* its sender wants a notification of failure */                              \
    FLAG(notify)     /* its sender wants notifications (IMDN) and not only reports */              \
    FLAG(composing)  /* a leg whose peer takes it that somebody is writing */                      \
    FLAG(wrapped)    /* a page that goes in an envelope (message/cpim) */                          \
    FLAG(any_size)   /* a page that may be of any size */                                          \
    FLAG(reals)      /* a party that may see the real addresses of occupants */                    \
    FLAG(away)       /* an occupant who is there and does not listen now */                        \
    FLAG(locked)     /* a conference that lets nobody else in now */                               \
    FLAG(made)       /* a room that did not exist before */

typedef struct {
    How how;
    FailureReason failure;
#define FIELDS_NUMBER(name) uint64_t name;
#define FIELDS_ADDRESS(name) Address *name; // shared
#define FIELDS_TEXT(name) char *name;       // owned
#define FIELDS_FLAG(name) bool name;
    FIELDS_LIST(FIELDS_NUMBER, FIELDS_ADDRESS, FIELDS_TEXT, FIELDS_FLAG)
#undef FIELDS_NUMBER
#undef FIELDS_ADDRESS
#undef FIELDS_TEXT
#undef FIELDS_FLAG
} Fields;

// What: the word of a How, e.g. "row-open".
// Shape: static text, never NULL.
const char *fields_how_name(How how);

// What: copies every field; texts are duplicated, addresses referenced.
// Shape: `to` is overwritten and must hold nothing owned.
void fields_copy(Fields *to, const Fields *from);

// What: copies every field but those that logs and ladders do not have: body, html, bodies, url, file_name, password.
// Shape: as fields_copy().
void fields_copy_shown(Fields *to, const Fields *from);

// What: frees what is owned and makes every field absent.
void fields_clear(Fields *fields);

// What: sets a text field, freeing what it held; NULL and "" both make it absent.
// Shape: `value` is borrowed and may not point into the field itself.
void fields_set_text(char **field, const char *value);

// What: sets an address field, dropping what it held.
// Shape: `value` is borrowed (a reference is taken); NULL makes it absent.
void fields_set_address(Address **field, Address *value);

// What: appends ` name=value` for every field present, in the order of the list.
// Shape: values with spaces, quotes, controls or `=` are quoted with C escapes. Without
//        `with_secrets` those are left out that fields_copy_shown() leaves out.
void fields_print(const Fields *fields, bool with_secrets, GString *into);

// What: reads what fields_print() wrote: name=value pairs separated by spaces.
// Shape: `fields` must be empty; on failure it is left empty.
// Errors: false with a sentence in `why` (owned by the caller) naming the offending word.
bool fields_parse(Fields *fields, const char *text, char **why);
