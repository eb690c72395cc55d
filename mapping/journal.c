// SPDX-License-Identifier: MIT
// One row per line: opened before anything is handed on, closed once (ESC-004, R-22).
#include "mapping/journal.h"

#include "mapping/links.h"
#include "mapping/notice.h"
#include "mapping/receipts.h"
#include "mapping/recovery.h"
#include "mapping/requests.h"
#include "mapping/seat.h"
#include "mapping/session_map.h"

// Who wrote a line of a room to whom: by that he is told what became of it, now or after a crash.
static void name_ends(Fields *row, const Session *session, bool is_of_party)
{
    const Seat *seat = &session->seat;
    bool is_to_all = is_of_party && !row->private; // whatever nick it names
    g_autoptr(Address) other = row->nick != NULL && !is_to_all
                                   ? address_with_resource(seat->room, row->nick)
                                   : NULL;
    fields_set_address(&row->room, seat->room);
    if (other == NULL)
        other = address_ref(seat->room);
    fields_set_address(&row->from, is_of_party ? seat->party : other);
    if (is_of_party || row->to == NULL)
        fields_set_address(&row->to, is_of_party ? other : seat->party);
}

static bool is_room_line(const Line *line)
{
    return line->class == LINE_ROOM_TOWARDS || line->class == LINE_ROOM_FROM;
}

static bool is_of_party(const Session *session, const Line *line)
{
    return is_room_line(line) && line->to_side == session->seat.home;
}

// What is said inside a session goes to whom it is locked to, in its thread (CHAT-20).
static void name_session(Fields *row, const Session *session)
{
    fields_set_address(&row->to, session_x_target(session));
    if (session->thread != NULL)
        fields_set_text(&row->thread, session->thread);
}

// All that is needed to finish the line after a crash stands in its row: see recovery.h.
static void row_open(Turn *turn, const Session *session, const Line *line)
{
    Command *store = turn_push(turn, session, COMMAND_STORE, line->to_side);
    fields_copy(&store->f, &line->f);
    store->f.session = session->id;
    store->f.how = HOW_ROW_OPEN;
    store->f.row = line->row;
    if (is_room_line(line) && !is_of_party(session, line)) // the line itself answers to nobody (MUC-B21)
        name_ends(&store->f, session, false);
    else if (line->class == LINE_PAIR_FROM && line->f.leg != 0)
        name_session(&store->f, session);
    turn->opened = store;
}

// A row opened by this same event is still to be written: one statement tells both.
static void row_hand(Turn *turn, const Line *line, const char *carrier)
{
    Command *store = turn->opened;
    if (store == NULL || store->f.row != line->row) {
        store = turn_push(turn, line->session, COMMAND_STORE, line->to_side);
        store->f.how = HOW_ROW_HAND;
        store->f.row = line->row;
    }
    fields_set_text(&store->f.carrier, carrier);
}

Command *journal_close_row(Turn *turn, const Session *session, Side to_side, uint64_t row,
                           FailureReason failure)
{
    Command *store = turn_push(turn, session, COMMAND_STORE, to_side);
    store->f.how = HOW_ROW_CLOSE;
    store->f.row = row;
    store->f.failure = failure;
    return store;
}

static Command *row_close(Turn *turn, const Line *line, FailureReason failure)
{
    return journal_close_row(turn, line->session, line->to_side, line->row, failure);
}

void journal_admit(Turn *turn, Session *session, Line *owned)
{
    owned->row = turn_next_row(turn);
    if (is_of_party(session, owned))
        name_ends(&owned->f, session, true);
    row_open(turn, session, owned);
    requests_open(turn, &owned->f);
    session_map_line_waits(turn->sessions, session, owned);
}

static void fly(Turn *turn, Line *line, LineCarrier carrier, uint64_t leg)
{
    line->carrier = carrier;
    line->leg = leg;
    line->tries++;
    session_map_line_flies(turn->sessions, line);
}

void journal_hand_over(Turn *turn, Line *line, LineCarrier carrier, uint64_t leg)
{
    bool is_known = line->tries > 0 && line->carrier == carrier;
    if (!is_known)
        row_hand(turn, line, lines_carrier_name(carrier));
    fly(turn, line, carrier, leg);
}

void journal_queue_up(Turn *turn, Line *line)
{
    fly(turn, line, LINE_BY_PAGE, 0);
}

void journal_depart(Turn *turn, const Line *line)
{
    row_hand(turn, line, lines_carrier_name(line->carrier));
}

void journal_never_left(Turn *turn, Line *line)
{
    row_hand(turn, line, NULL);
    line->tries = 0;
    journal_take_back(turn, line);
}

void journal_take_back(Turn *turn, Line *line)
{
    Session *session = line->session;
    line->leg = 0;
    session_map_line_waits(turn->sessions, session, session_map_line_drop(turn->sessions, line));
}

// The youngest first: each is then put before all that wait, without a search.
void journal_take_back_leg(Turn *turn, Session *session, uint64_t leg)
{
    GList *before;
    for (GList *at = session->in_flight.tail; at != NULL; at = before) {
        before = at->prev;
        Line *line = at->data;
        if (line->leg == leg)
            journal_take_back(turn, line);
    }
}

void journal_drop_leg(Turn *turn, Session *session, uint64_t leg)
{
    journal_take_back_leg(turn, session, leg);
    session_map_unbind_leg(turn->sessions, leg);
}

void journal_accept(Turn *turn, Line *line)
{
    if (line->f.ref == 0 || line->is_accepted)
        return;
    turn_push(turn, line->session, COMMAND_ACCEPT, SIDE_SIP)->f.ref = line->f.ref;
    line->is_accepted = true;
}

// A MESSAGE has none, whatever it was for.
static bool has_report(const Line *line)
{
    return line->f.leg != 0 && line->f.ref != 0 && !line->session->seat.pages.is_it;
}

// Every SEND that was accepted gets one REPORT; the gate knows which were asked for.
static void report(Turn *turn, const Line *line, FailureReason failure)
{
    if (!has_report(line))
        return;
    Command *command = turn_push(turn, line->session, COMMAND_REPORT, SIDE_SIP);
    command->f.ref = line->f.ref;
    command->f.failure = failure;
}

// No REPORT reaches the author any more once the session is gone in which he wrote.
static void tell_failure(Turn *turn, const Line *line, const Refusal *refusal)
{
    if (!line->is_accepted) {
        refusal_tell(turn, line->session, side_other(line->to_side), &line->f, refusal);
        return;
    }
    report(turn, line, refusal->reason);
    if (!has_report(line) || session_map_find_leg(turn->sessions, line->f.leg, NULL) == NULL)
        notice_send(turn, line, refusal);
}

typedef bool (*IsLine)(const Line *line, const Fields *content);

static bool has_ref(const Line *line, const Fields *content)
{
    return line->f.leg == content->leg && line->f.ref == content->ref;
}

static bool is_same_content(const Line *line, const Fields *content)
{
    return line->f.leg == content->leg && line->is_accepted && line->f.ref == 0 &&
           g_strcmp0(line->f.id, content->id) == 0;
}

// Both queues are bounded: see chat.c.
static Line *find_content(const Session *session, const Fields *content, IsLine is_it)
{
    const GList *const heads[] = {session->waiting.head, session->in_flight.head};
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        for (const GList *at = heads[i]; at != NULL; at = at->next)
            if (is_it(at->data, content))
                return at->data;
    return NULL;
}

void journal_on_ref_over(Turn *turn, Session *session, const Event *event)
{
    Line *line = find_content(session, &event->f, has_ref);
    if (line != NULL)
        line->f.ref = 0;
}

bool journal_resume(Turn *turn, const Session *session, const Event *event)
{
    Line *line = event->f.leg != 0 ? find_content(session, &event->f, is_same_content) : NULL;
    if (line == NULL)
        return false;
    line->f.ref = event->f.ref;
    turn_push(turn, session, COMMAND_ACCEPT, SIDE_SIP)->f.ref = line->f.ref;
    return true;
}

static void end(Turn *turn, Line *line)
{
    lines_free(session_map_line_drop(turn->sessions, line));
}

// The row ends with the proof that the line was taken; a success that its author asked for is told
// when the reader's own receipt comes (CHAT-32), and chat_receipt.c does that.
static bool waits_for_receipt(const Turn *turn, const Line *line)
{
    const ReceiptsEntry *entry = receipts_find_row(turn->receipts, line->row);
    return entry != NULL && entry->open.delivered;
}

void journal_close(Turn *turn, Line *line)
{
    row_close(turn, line, FAILURE_NONE);
    if (line->to_side == SIDE_XMPP) {
        journal_accept(turn, line);
        requests_end(turn, &line->f, NULL);
        if (!waits_for_receipt(turn, line))
            report(turn, line, FAILURE_NONE);
    }
    end(turn, line);
}

// Who is told of the failure now is not told anything else later.
static void forget_wishes(Turn *turn, const Line *line)
{
    ReceiptsEntry *entry = receipts_find_row(turn->receipts, line->row);
    if (entry != NULL)
        receipts_drop(turn->receipts, entry);
}

// An error stanza into a link that is down is lost; what is of no use to its author need not wait.
static bool is_deaf(const Turn *turn, const Line *line)
{
    return line->to_side == SIDE_SIP && line->f.from != NULL &&
           g_strcmp0(line->f.type, "headline") != 0 && links_is_down(turn->links, line->f.to);
}

void journal_fail(Turn *turn, Line *line, const Refusal *refusal)
{
    if (is_deaf(turn, line)) {
        recovery_hold(turn, line, refusal);
        return;
    }
    Command *store = row_close(turn, line, refusal->reason);
    if (line->f.request != NULL) // what a repetition of the request will hear
        store->f.status = refusal->status;
    if (line->f.ref != 0 || line->is_accepted)
        seen_forget(line->session->seen, line->f.id);
    forget_wishes(turn, line);
    tell_failure(turn, line, refusal);
    requests_end(turn, &line->f, refusal);
    end(turn, line);
}
