// SPDX-License-Identifier: MIT
// What follows from a receipt. The table of who waits for what is receipts.c.
#include "mapping/chat_receipt.h"

#include "mapping/links.h"
#include "mapping/page.h"
#include "mapping/session_map.h"

void chat_receipt_note(Turn *turn, const Line *line)
{
    const Fields *f = &line->f;
    bool from_xmpp = line->to_side == SIDE_SIP;
    receipts_note(turn->receipts, line,
                  (ReceiptsWish){.delivered = f->receipt,
                                 .displayed = f->markable,
                                 .failed = f->negative || (from_xmpp && f->receipt)});
}

void chat_receipt_watch(Turn *turn, const Line *line)
{
    if (receipts_find_row(turn->receipts, line->row) == NULL)
        receipts_note(turn->receipts, line, (ReceiptsWish){.failed = true});
}

bool chat_receipt_is_awaited(Turn *turn, const Event *event)
{
    const Fields *f = &event->f;
    ReceiptsEntry *entry =
        f->receipt && f->from != NULL
            ? receipts_find(turn->receipts, f->from, f->to, f->id, turn->now_ms)
            : NULL;
    if (entry == NULL || !entry->open.delivered || entry->ref == 0)
        return false;
    entry->ref = f->ref;
    entry->leg = f->leg;
    return true;
}

static Session *session_of(const Turn *turn, const ReceiptsEntry *entry)
{
    bool from_xmpp = entry->author == SIDE_XMPP;
    return session_map_find_pair(turn->sessions, from_xmpp ? entry->from : entry->to,
                                 from_xmpp ? entry->to : entry->from);
}

// ---- to the author ------------------------------------------------------------------------------

static void tell_xmpp(Turn *turn, const ReceiptsEntry *entry, How how)
{
    Command *command = turn_push(turn, session_of(turn, entry), COMMAND_RECEIPT, SIDE_XMPP);
    command->f.how = how;
    fields_set_address(&command->f.from, entry->to);
    fields_set_address(&command->f.to, entry->from);
    fields_set_text(&command->f.id, entry->id);
    fields_set_text(&command->f.thread, entry->thread);
    fields_set_text(&command->f.type, entry->type);
}

static Command *notification_new(const Turn *turn, const Session *session, Address *reader,
                                 Address *author, const char *id, How how)
{
    Command *command = command_new(COMMAND_RECEIPT, SIDE_SIP);
    command->f.session = session != NULL ? session->id : 0;
    command->f.how = how;
    fields_set_address(&command->f.from, reader);
    fields_set_address(&command->f.to, author);
    fields_set_text(&command->f.id, id);
    command->f.any_size =
        peer_memory_is_congestion_safe(turn->peers, author, turn->settings->congestion_safe);
    return command;
}

// The answer goes the way the message came: on the leg of the two as long as there is one, else by
// page mode. It never opens a session (CHAT-01).
static void notify(Turn *turn, const ReceiptsEntry *entry, How how)
{
    const Session *session = session_of(turn, entry);
    Command *command = notification_new(turn, session, entry->to, entry->from, entry->id, how);
    bool has_leg = session != NULL && session->chat_leg.state == CHAT_LEG_UP;
    if (entry->leg != 0 && has_leg) {
        command->f.leg = session->chat_leg.number;
        outbox_add(turn->outbox, command);
    } else {
        page_send_notice(turn, command);
    }
}

// Never a REPORT after the session is over (CHAT-32).
static void report(Turn *turn, ReceiptsEntry *entry, FailureReason failure)
{
    const Session *session = session_map_find_leg(turn->sessions, entry->leg, NULL);
    if (entry->ref != 0 && session != NULL) {
        Command *command = turn_push(turn, session, COMMAND_REPORT, SIDE_SIP);
        command->f.ref = entry->ref;
        command->f.failure = failure;
    }
    entry->ref = 0;
}

static void tell_sip(Turn *turn, ReceiptsEntry *entry, How how)
{
    if (how == HOW_DELIVERED && turn->now_ms - entry->at_ms <= turn->settings->receipt_wait)
        report(turn, entry, FAILURE_NONE);
    if (entry->notify)
        notify(turn, entry, how);
}

static void tell(Turn *turn, ReceiptsEntry *entry, How how)
{
    if (entry->author == SIDE_XMPP)
        tell_xmpp(turn, entry, how);
    else
        tell_sip(turn, entry, how);
}

// ---- what happened ------------------------------------------------------------------------------

// A receipt of the reader is a better proof than the one the line still waits for.
static void prove(Turn *turn, const ReceiptsEntry *entry)
{
    Line *line = session_map_find_row(turn->sessions, entry->row);
    if (line != NULL && line->in_flight && line->carrier == LINE_BY_CHAT)
        journal_close(turn, line);
}

// Delivered and failed exclude each other (RFC 5438 7.2.1).
static void on_delivered(Turn *turn, ReceiptsEntry *entry)
{
    prove(turn, entry);
    entry->open.failed = false;
    if (!entry->open.delivered)
        return;
    entry->open.delivered = false;
    tell(turn, entry, HOW_DELIVERED);
}

static void on_displayed(Turn *turn, ReceiptsEntry *entry)
{
    on_delivered(turn, entry); // EXT-04
    if (!entry->open.displayed)
        return;
    entry->open.displayed = false;
    tell(turn, entry, HOW_DISPLAYED);
}

// What was told in full is forgotten.
static void settle(Turn *turn, ReceiptsEntry *entry)
{
    const ReceiptsWish *open = &entry->open;
    if (!open->delivered && !open->displayed && !open->failed)
        receipts_drop(turn->receipts, entry);
}

static void on_up_to(Turn *turn, ReceiptsEntry *entry)
{
    ReceiptsEntry *found[RECEIPTS_UP_TO_MAX];
    size_t count = receipts_up_to(entry, found);
    for (size_t i = 0; i < count; i++) {
        on_displayed(turn, found[i]);
        settle(turn, found[i]);
    }
}

static void refuse_xmpp(Turn *turn, const ReceiptsEntry *entry, const Refusal *refusal)
{
    const Fields asked = {
        .from = entry->from, .to = entry->to, .id = entry->id, .type = entry->type};
    refusal_tell(turn, session_of(turn, entry), SIDE_XMPP, &asked, refusal);
}

// The row of the message is closed; one of its own keeps the error until its author can be told,
// and says why it failed, so that a crash changes nothing.
static void refuse_when_up(Turn *turn, Session *session, const ReceiptsEntry *entry,
                           const Refusal *refusal)
{
    Line *line = lines_new_to_sip(entry->from, entry->to, turn->now_ms);
    fields_set_text(&line->f.id, entry->id);
    fields_set_text(&line->f.type, entry->type);
    fields_set_text(&line->f.text, refusal->text);
    line->f.failure = refusal->reason;
    line->f.status = refusal->status;
    journal_admit(turn, session, line);
    journal_hand_over(turn, line, LINE_BY_LEG, 0);
    journal_fail(turn, line, refusal);
}

// An error stanza into a link that is down is lost.
static void tell_failure_xmpp(Turn *turn, const ReceiptsEntry *entry, const Refusal *refusal)
{
    Session *session = links_is_down(turn->links, entry->to)
                           ? session_map_open(turn->sessions, entry->from, entry->to, turn->now_ms)
                           : NULL;
    if (session != NULL)
        refuse_when_up(turn, session, entry, refusal);
    else
        refuse_xmpp(turn, entry, refusal);
}

static void on_failed(Turn *turn, ReceiptsEntry *entry, const Refusal *refusal)
{
    if (entry->author == SIDE_SIP)
        report(turn, entry, refusal->reason);
    if (entry->open.failed && entry->author == SIDE_SIP)
        notify(turn, entry, HOW_REFUSED);
    else if (entry->open.failed)
        tell_failure_xmpp(turn, entry, refusal);
    receipts_drop(turn->receipts, entry);
}

// A REPORT names its line by the row; everything else names the message by its id.
static ReceiptsEntry *find(Turn *turn, const Event *event)
{
    const Fields *f = &event->f;
    ReceiptsEntry *entry = NULL;
    if (f->row != 0)
        entry = receipts_find_row(turn->receipts, f->row);
    else if (f->from != NULL && f->to != NULL)
        entry = receipts_find(turn->receipts, f->to, f->from, f->id, turn->now_ms);
    return entry != NULL && entry->author != event->side ? entry : NULL;
}

uint64_t chat_receipt_on_event(Turn *turn, const Event *event)
{
    static const Refusal failed = {.reason = FAILURE_RECIPIENT_UNAVAILABLE};
    ReceiptsEntry *entry = find(turn, event);
    if (entry == NULL) {
        turn->counters->late++;
        return 0;
    }
    const Session *session = session_of(turn, entry);
    if (event->f.how == HOW_DISPLAYED) {
        on_up_to(turn, entry);
    } else if (event->f.how == HOW_DELIVERED) {
        on_delivered(turn, entry);
        settle(turn, entry);
    } else if (event->f.how == HOW_REFUSED && entry->open.failed) {
        on_failed(turn, entry, &failed);
    }
    return session != NULL ? session->id : 0;
}

bool chat_receipt_on_late(Turn *turn, const Event *event)
{
    ReceiptsEntry *entry = receipts_find_row(turn->receipts, event->f.row);
    if (event->f.how != HOW_LATE || entry == NULL)
        return false;
    const Refusal refusal = refusal_of(&event->f);
    on_failed(turn, entry, &refusal);
    return true;
}

static void take_for_receipt(Turn *turn, const Line *line)
{
    ReceiptsEntry *entry = receipts_find_row(turn->receipts, line->row);
    if (entry == NULL)
        return;
    on_delivered(turn, entry);
    settle(turn, entry);
}

void chat_receipt_on_last_answer(Turn *turn, const Line *line)
{
    if (line->f.receipt)
        take_for_receipt(turn, line);
}

// 202 says that somebody keeps it for later, and an envelope would have brought a better answer.
void chat_receipt_on_page(Turn *turn, const Line *line, const Event *event)
{
    bool by_envelope = peer_memory_takes(turn->peers, line->f.to, PEER_MEMORY_CPIM, turn->now_ms);
    if (turn->settings->receipt_from_200 && !by_envelope && event->f.status == 0)
        take_for_receipt(turn, line);
}

void chat_receipt_refuse(Turn *turn, const Session *session, const Event *event)
{
    const Fields *f = &event->f;
    if (f->negative && f->id != NULL)
        page_send_notice(turn, notification_new(turn, session, f->to, f->from, f->id, HOW_REFUSED));
}
