// SPDX-License-Identifier: MIT
// One row per line: opened before anything is handed on, closed once (ESC-004, R-22).
#include "mapping/journal.h"

#include "mapping/receipts.h"
#include "mapping/session_map.h"

static void row_open(Turn *turn, const Session *session, const Line *line)
{
    const Fields *f = &line->f;
    Command *store = turn_push(turn, session, COMMAND_STORE, line->to_side);
    store->f.how = HOW_ROW_OPEN;
    store->f.row = line->row;
    store->f.ref = f->ref;
    store->f.leg = f->leg;
    fields_set_address(&store->f.from, f->from);
    fields_set_address(&store->f.to, f->to);
    fields_set_text(&store->f.id, f->id);
    fields_set_text(&store->f.thread, f->thread);
    fields_set_text(&store->f.body, f->body);
}

static void row_close(Turn *turn, const Line *line, FailureReason failure)
{
    Command *store = turn_push(turn, line->session, COMMAND_STORE, line->to_side);
    store->f.how = HOW_ROW_CLOSE;
    store->f.row = line->row;
    store->f.failure = failure;
}

void journal_admit(Turn *turn, Session *session, Line *owned)
{
    owned->row = turn_next_row(turn);
    row_open(turn, session, owned);
    session_map_line_waits(turn->sessions, session, owned);
}

void journal_hand_over(Turn *turn, Line *line, LineCarrier carrier, uint64_t leg)
{
    line->carrier = carrier;
    line->leg = leg;
    line->tries++;
    session_map_line_flies(turn->sessions, line);
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

// Every SEND that was accepted gets one REPORT; the gate knows which were asked for.
static void report(Turn *turn, const Line *line, FailureReason failure)
{
    if (line->f.leg == 0 || line->f.ref == 0)
        return;
    Command *command = turn_push(turn, line->session, COMMAND_REPORT, SIDE_SIP);
    command->f.ref = line->f.ref;
    command->f.failure = failure;
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

void journal_fail(Turn *turn, Line *line, const Refusal *refusal)
{
    row_close(turn, line, refusal->reason);
    if (line->f.ref != 0)
        seen_forget(line->session->seen, line->f.id);
    forget_wishes(turn, line);
    if (line->is_accepted)
        report(turn, line, refusal->reason);
    else
        refusal_tell(turn, line->session, side_other(line->to_side), &line->f, refusal);
    end(turn, line);
}
