// SPDX-License-Identifier: MIT
// The table, the lines that wait for their link, the answers that are known again.
#include "mapping/recovery.h"

#include "mapping/chat.h"
#include "mapping/chat_receipt.h"
#include "mapping/journal.h"
#include "mapping/requests.h"
#include "mapping/route.h"
#include "mapping/session_map.h"

enum { RECOVERY_AGE_MAX_MS = 10 * 60 * 1000 }; // ESC-606: what is older is not sent any more

struct Recovery {
    GQueue held; // owned Line *, by row; `f.carrier` as in the row
};

static const RecoveryWay WAYS[RECOVERY_KIND_COUNT][2] = {
    //                        it waited            it had left
    [RECOVERY_KIND_TO_SIP] = {RECOVERY_SENT, RECOVERY_UNKNOWN},
    [RECOVERY_KIND_PAGE] = {RECOVERY_FORGOTTEN, RECOVERY_ANSWERED},
    [RECOVERY_KIND_SEND] = {RECOVERY_SENT, RECOVERY_SENT},
    [RECOVERY_KIND_ROOM] = {RECOVERY_FAILED, RECOVERY_UNKNOWN},
};

static const char *const KIND_NAMES[] = {
#define KIND_NAME(NAME, text) [RECOVERY_KIND_##NAME] = text,
    RECOVERY_KINDS(KIND_NAME)
};

static const char *const WAY_NAMES[] = {
#define WAY_NAME(NAME, text) [RECOVERY_##NAME] = text,
    RECOVERY_WAYS(WAY_NAME)
};

// ERR-05 has remote-server-timeout for a request without an answer.
static const Refusal UNKNOWN = {.reason = FAILURE_REMOTE_SERVER_TIMEOUT,
                                .text = "outcome unknown, may have arrived"};
static const Refusal NOT_SENT = {.reason = FAILURE_RECIPIENT_UNAVAILABLE,
                                 .text = "not delivered: the gateway was restarted"};

Recovery *recovery_new(void)
{
    return g_new0(Recovery, 1);
}

static void line_free(gpointer line)
{
    lines_free(line);
}

void recovery_free(Recovery *recovery)
{
    if (recovery == NULL)
        return;
    g_queue_clear_full(&recovery->held, line_free);
    g_free(recovery);
}

RecoveryKind recovery_kind(const Fields *row, Side side)
{
    if (row->room != NULL)
        return RECOVERY_KIND_ROOM;
    if (side == SIDE_SIP)
        return RECOVERY_KIND_TO_SIP;
    return row->leg != 0 ? RECOVERY_KIND_SEND : RECOVERY_KIND_PAGE;
}

RecoveryWay recovery_way(RecoveryKind kind, bool has_left, int64_t age_ms)
{
    RecoveryWay way = WAYS[kind][has_left];
    if (way != RECOVERY_SENT || age_ms <= RECOVERY_AGE_MAX_MS)
        return way;
    return has_left ? RECOVERY_UNKNOWN : RECOVERY_FAILED;
}

// ---- rows ---------------------------------------------------------------------------------------

// Rows know who wrote to whom; a line of a room belongs to whoever is not the room.
static Session *session_of(Turn *turn, const Fields *f, Side to_side)
{
    const Address *x = to_side == SIDE_SIP ? f->from : f->to;
    const Address *s = to_side == SIDE_SIP ? f->to : f->from;
    if (x == NULL || s == NULL)
        return NULL;
    return session_map_open(turn->sessions, x, s, turn->now_ms);
}

// The user whose domain is a component of ours.
static const Address *ours(const Line *line)
{
    return line->to_side == SIDE_SIP ? line->f.to : line->f.from;
}

static LineClass class_of(const Event *event)
{
    bool to_sip = event->side == SIDE_SIP;
    if (event->f.room != NULL)
        return to_sip ? LINE_ROOM_TOWARDS : LINE_ROOM_FROM;
    return to_sip ? LINE_PAIR_TOWARDS : LINE_PAIR_FROM;
}

// Requests and legs of the earlier run are gone: what was accepted there is answered by a notice.
static Line *line_of(const Event *event)
{
    Line *line = lines_new(event, class_of(event));
    line->to_side = event->side;
    line->row = event->f.row;
    line->at_ms = event->at_ms - (int64_t)event->f.ms;
    line->is_accepted = event->side == SIDE_XMPP && event->f.leg != 0;
    line->f.how = HOW_NONE;
    line->f.ref = line->f.row = line->f.ms = 0;
    return line;
}

static void row_close(Turn *turn, const Event *event, const Refusal *refusal)
{
    journal_close_row(turn, NULL, event->side, event->f.row, refusal->reason);
}

static void id_know(Turn *turn, const Fields *f, int64_t at_ms)
{
    Session *session = session_of(turn, f, SIDE_XMPP);
    if (session == NULL)
        return;
    if (session->seen == NULL)
        session->seen = seen_new();
    seen_note(session->seen, f->id, at_ms);
}

static void on_done(Turn *turn, const Event *event)
{
    const Refusal refusal = {.reason = event->f.failure, .status = event->f.status};
    requests_restore(turn, event->f.request, &refusal, (int64_t)event->f.ms);
    if (event->f.leg != 0 && event->f.failure == FAILURE_NONE)
        id_know(turn, &event->f, turn->now_ms - (int64_t)event->f.ms);
}

// Numbers of legs are never used twice, not even by those that a row remembers (docs/seam.md).
static void on_open(Turn *turn, const Event *event)
{
    RecoveryKind kind = recovery_kind(&event->f, event->side);
    RecoveryWay way = recovery_way(kind, event->f.carrier != NULL, (int64_t)event->f.ms);
    turn->counters->leg = MAX(turn->counters->leg, event->f.leg);
    if (way == RECOVERY_ANSWERED)
        requests_restore(turn, event->f.request, &UNKNOWN, 0);
    if (way == RECOVERY_ANSWERED || way == RECOVERY_FORGOTTEN) {
        row_close(turn, event, way == RECOVERY_ANSWERED ? &UNKNOWN : &NOT_SENT);
        return;
    }
    if (kind == RECOVERY_KIND_SEND)
        id_know(turn, &event->f, turn->now_ms);
    if (kind == RECOVERY_KIND_ROOM) // of a page its author is told, and a repetition hears the same
        requests_restore(turn, event->f.request, way == RECOVERY_UNKNOWN ? &UNKNOWN : &NOT_SENT, 0);
    g_autoptr(Line) line = line_of(event);
    if (route_side_of(turn->route, ours(line)) == ROUTE_NOWHERE)
        row_close(turn, event, &NOT_SENT); // its domain is no longer served: nobody can be told
    else
        g_queue_push_tail(&turn->recovery->held, g_steal_pointer(&line));
}

void recovery_on_restored(Turn *turn, const Event *event)
{
    if (event->f.how == HOW_ROW_OPEN)
        on_open(turn, event);
    else if (event->f.how == HOW_ROW_CLOSE)
        on_done(turn, event);
}

// By its names it finds back to its session, whatever the line itself said of them.
static void pair_keep(Line *line)
{
    Session *session = line->session;
    fields_set_address(&line->f.to, session_x_target(session));
    if (!address_equal_bare(line->f.from, session->s))
        fields_set_address(&line->f.from, session->s);
}

void recovery_hold(Turn *turn, Line *line, const Refusal *refusal)
{
    if (line->class == LINE_PAIR_FROM)
        pair_keep(line);
    Line *held = session_map_line_drop(turn->sessions, line);
    const char *carrier = held->tries > 0 ? lines_carrier_name(held->carrier) : NULL;
    fields_set_text(&held->f.carrier, carrier);
    if (refusal != NULL) {
        held->f.failure = refusal->reason;
        held->f.status = refusal->status;
        held->f.how = refusal->how;
        if (refusal->text != held->f.text)
            fields_set_text(&held->f.text, refusal->text);
    }
    g_queue_push_tail(&turn->recovery->held, held);
}

// ---- the link -----------------------------------------------------------------------------------

// What a person wrote in a room is answered to nobody but, in private, to the one (MUC-B21); our party is, whoever it
// wrote to.
static bool has_author(const Turn *turn, const Line *line)
{
    if (line->f.room == NULL || line->f.private)
        return true;
    bool is_sip_room = route_side_of(turn->route, line->f.room) == ROUTE_SIP_ROOM;
    return (line->to_side == SIDE_SIP) == is_sip_room;
}

static void line_finish(Turn *turn, Session *session, Line *line, RecoveryWay way)
{
    const Refusal refusal = refusal_of(&line->f);
    session_map_line_waits(turn->sessions, session, line);
    if (refusal.reason != FAILURE_NONE) {
        journal_fail(turn, line, &refusal);
        return;
    }
    if (way == RECOVERY_SENT) {
        if (receipts_find_row(turn->receipts, line->row) == NULL)
            chat_receipt_note(turn, line);
        chat_offer_waiting(turn, session);
        return;
    }
    if (!has_author(turn, line))
        fields_set_address(&line->f.from, NULL);
    journal_fail(turn, line, way == RECOVERY_UNKNOWN ? &UNKNOWN : &NOT_SENT);
}

// The chat goes on with the device it was with; but a dialog of its thread may have been, and a
// Call-ID is used once (CHAT-26, CHAT-51; RFC 3261 8.1.1.4).
static void session_resume(Session *session, const Line *line)
{
    const Address *device = line->to_side == SIDE_XMPP ? line->f.to : line->f.from;
    bool is_chat = line->f.leg != 0 || g_strcmp0(line->f.type, "chat") == 0;
    if (is_chat && session->locked == NULL && address_resource(device) != NULL)
        session_lock(session, device);
    if (is_chat && session->thread == NULL)
        fields_set_text(&session->spent_thread, line->f.thread);
}

static bool line_release(Turn *turn, Line *line)
{
    Session *session = session_of(turn, &line->f, line->to_side);
    if (session == NULL)
        return false;
    RecoveryWay way = recovery_way(recovery_kind(&line->f, line->to_side),
                                   line->f.carrier != NULL, turn->now_ms - line->at_ms);
    if (way == RECOVERY_SENT)
        session_resume(session, line);
    fields_set_text(&line->f.carrier, NULL);
    line_finish(turn, session, line, way);
    return true;
}

void recovery_on_link(Turn *turn, const Event *event)
{
    GQueue *held = &turn->recovery->held;
    if (event->side != SIDE_XMPP || event->f.how != HOW_UP)
        return;
    GList *next;
    for (GList *at = held->head; at != NULL; at = next) {
        next = at->next;
        Line *line = at->data;
        bool is_its = g_strcmp0(address_domain(ours(line)), address_domain(event->f.from)) == 0;
        if (is_its && line_release(turn, line))
            g_queue_delete_link(held, at);
    }
}

guint recovery_count(const Recovery *recovery)
{
    return recovery->held.length;
}

const char *recovery_kind_name(RecoveryKind kind)
{
    return KIND_NAMES[kind];
}

const char *recovery_way_name(RecoveryWay way)
{
    return WAY_NAMES[way];
}
