// SPDX-License-Identifier: MIT
// What becomes of lines which an earlier run left without an end: some are sent now, of the others
// their authors are told; and SIP requests of that run are known again (requests.h). Lines that the
// loss of an XMPP link has left so are treated alike. Told point by point in docs/delivery.md.
#pragma once
#include "mapping/lines.h"
#include "mapping/refusal.h"

typedef struct Recovery Recovery;

// Whose line it is, as far as that matters here.
#define RECOVERY_KINDS(X)                                                                          \
    X(TO_SIP, "stanza towards SIP")                                                                \
    X(PAGE, "page from SIP, its request not answered")                                             \
    X(SEND, "content of a session from SIP, accepted")                                             \
    X(ROOM, "line of a room")

// What is done with it.
#define RECOVERY_WAYS(X)                                                                           \
    X(SENT, "sent")       /* now, under its id; what was on its way to XMPP once more */           \
    X(UNKNOWN, "unknown") /* its author is told: outcome unknown, may have arrived */              \
    X(FAILED, "failed")   /* its author is told: not delivered */                                  \
    X(ANSWERED, "answered") /* nobody is told, but a repetition of its request hears "unknown" */  \
    X(FORGOTTEN, "forgotten") /* nothing was done, nothing promised: a repetition is a new line */

typedef enum {
#define RECOVERY_ENUM(NAME, text) RECOVERY_KIND_##NAME,
    RECOVERY_KINDS(RECOVERY_ENUM)
#undef RECOVERY_ENUM
    RECOVERY_KIND_COUNT
} RecoveryKind;

typedef enum {
#define RECOVERY_ENUM(NAME, text) RECOVERY_##NAME,
    RECOVERY_WAYS(RECOVERY_ENUM)
#undef RECOVERY_ENUM
    RECOVERY_WAY_COUNT
} RecoveryWay;

// What: nothing to recover yet.
// Shape: owned by the caller.
Recovery *recovery_new(void);
void recovery_free(Recovery *recovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recovery, recovery_free)

// What: which kind of line a row is of; what is done with one that had left or not, and is so old.
// Shape: `row` are the fields of a row-open, `side` where it went.
// Source: docs/delivery.md; ESC-606 (ten minutes).
RecoveryKind recovery_kind(const Fields *row, Side side);
RecoveryWay recovery_way(RecoveryKind kind, bool has_left, int64_t age_ms);

// What: a row of an earlier run: `restored how=row-open` (no end yet), `how=row-close` (done
//   lately). What has to be sent or told waits for the XMPP link of its domain.
// Source: R-22; MSRP-024.
void recovery_on_restored(Turn *turn, const Event *event);

// What: an XMPP link stands: the lines that waited for it are sent, their authors told, oldest
//   first.
void recovery_on_link(Turn *turn, const Event *event);

// What: takes a line out of its session until the XMPP link of its domain stands (again): then its
//   author is told of the refusal, or, without one, it is handed to XMPP once more. Its row stays
//   open.
// Source: ESC-004; GEN-06.
void recovery_hold(Turn *turn, Line *line, const Refusal *refusal);

// What: how many lines wait for their link.
guint recovery_count(const Recovery *recovery);

// What: words of the table.
// Shape: static text.
const char *recovery_kind_name(RecoveryKind kind);
const char *recovery_way_name(RecoveryWay way);
