// SPDX-License-Identifier: MIT
// The contract of docs/seam.md as demands on each command.
#include "tests/support/outside_books.h"

#include <string.h>

#include "mapping/escalation_record.h"
#include "mapping/session_map.h"

enum {
    TOLD_MAX = 2000,   // lines of the story kept for the case of a breach
    SEEN_MS = 3600000, // as long as a line that is sent again is known for one
};

OutsideBooks *outside_books_new(SessionMap *sessions)
{
    OutsideBooks *books = g_new0(OutsideBooks, 1);
    books->sessions = sessions;
    books->legs = g_ptr_array_new_with_free_func(g_free);
    books->rows = g_array_new(FALSE, FALSE, sizeof(OutsideRow));
    books->stale = g_array_new(FALSE, FALSE, sizeof(OutsideRow));
    books->timers = g_array_new(FALSE, FALSE, sizeof(OutsideTimer));
    books->requests = g_array_new(FALSE, FALSE, sizeof(OutsideRequest));
    books->ledger = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    books->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    books->said = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    books->news = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return books;
}

void outside_books_free(OutsideBooks *books)
{
    if (books == NULL)
        return;
    g_ptr_array_unref(books->legs);
    GArray *const arrays[] = {books->rows, books->stale, books->timers, books->requests};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_free(arrays[i], TRUE);
    g_hash_table_destroy(books->ledger);
    g_hash_table_destroy(books->shown);
    g_hash_table_destroy(books->said);
    g_hash_table_destroy(books->news);
    g_queue_clear_full(&books->told, g_free);
    g_free(books);
}

// --- the story

void outside_books_tell(OutsideBooks *books, const char *sign, char *line)
{
    g_queue_push_tail(&books->told, g_strconcat(sign, line, NULL));
    g_free(line);
    if (books->told.length > TOLD_MAX)
        g_free(g_queue_pop_head(&books->told));
}

void outside_books_demand(const OutsideBooks *books, bool holds, const char *what)
{
    if (holds)
        return;
    for (const GList *at = books->told.head; at != NULL; at = at->next)
        g_printerr("# %s\n", (const char *)at->data);
    g_error("the contract is broken: %s", what);
}

// --- legs

OutsideLeg *outside_books_leg(const OutsideBooks *books, uint64_t number)
{
    for (guint i = 0; i < books->legs->len; i++) {
        OutsideLeg *leg = g_ptr_array_index(books->legs, i);
        if (leg->number == number)
            return leg;
    }
    return NULL;
}

static void leg_add(OutsideBooks *books, const Command *command, OutsideLegKind kind)
{
    outside_books_demand(books, command->f.leg > books->last_leg, "a leg number is used twice");
    books->last_leg = command->f.leg;
    OutsideLeg *leg = g_new0(OutsideLeg, 1);
    leg->number = command->f.leg;
    leg->kind = kind;
    g_ptr_array_add(books->legs, leg);
}

// A gate finds out what became of the lines, and tells it although nobody waits for it any more.
void outside_books_drop_leg(OutsideBooks *books, OutsideLeg *leg)
{
    for (guint i = books->rows->len; i-- > 0;) {
        OutsideRow row = g_array_index(books->rows, OutsideRow, i);
        if (row.leg != leg->number)
            continue;
        g_array_append_val(books->stale, row);
        g_array_remove_index(books->rows, i);
    }
    g_ptr_array_remove(books->legs, leg);
}

static void on_open_leg(OutsideBooks *books, const Command *command)
{
    if (command->f.how == HOW_NONE) {
        leg_add(books, command, OUTSIDE_LEG_CHAT);
        return;
    }
    OutsideLeg *leg = outside_books_leg(books, command->f.leg);
    outside_books_demand(books, leg != NULL && command->f.how == HOW_NARROW,
                         "a leg that is none is reopened");
    leg->kind = OUTSIDE_LEG_CHAT;
}

static void on_leg_ended(OutsideBooks *books, const Command *command)
{
    OutsideLeg *leg = outside_books_leg(books, command->f.leg);
    if (leg != NULL)
        outside_books_drop_leg(books, leg);
}

static void on_withdrawn(OutsideBooks *books, const Command *command)
{
    OutsideLeg *leg = outside_books_leg(books, command->f.leg);
    outside_books_demand(books, leg == NULL || leg->stage == OUTSIDE_LEG_ASKED,
                         "a leg that is up is withdrawn");
    if (leg != NULL)
        leg->stage = OUTSIDE_LEG_WITHDRAWN;
}

// --- requests

uint64_t outside_books_request(OutsideBooks *books, OutsideRequestKind kind, uint64_t leg)
{
    OutsideRequest request = {++books->last_ref, kind, leg};
    g_array_append_val(books->requests, request);
    return request.ref;
}

static int request_find(const OutsideBooks *books, uint64_t ref)
{
    for (guint i = 0; i < books->requests->len; i++)
        if (g_array_index(books->requests, OutsideRequest, i).ref == ref)
            return (int)i;
    return -1;
}

static bool has_report(OutsideRequestKind kind)
{
    return kind == OUTSIDE_REQUEST_REPORT || kind == OUTSIDE_REQUEST_HOPING;
}

// An answer ends the request; only an accepted SEND has its REPORT still to come.
static void on_answer(OutsideBooks *books, const Command *command)
{
    int index = request_find(books, command->f.ref);
    outside_books_demand(books, index >= 0, "a request is answered that was not open");
    OutsideRequest *request = &g_array_index(books->requests, OutsideRequest, index);
    outside_books_demand(
        books, (command->kind == COMMAND_REPORT) == has_report(request->kind),
        "a REPORT does not belong here, or is missing");
    if (command->kind == COMMAND_ACCEPT && request->kind == OUTSIDE_REQUEST_SEND)
        request->kind = OUTSIDE_REQUEST_REPORT;
    else if (command->kind == COMMAND_ACCEPT && request->kind == OUTSIDE_REQUEST_ASKING)
        request->kind = OUTSIDE_REQUEST_HOPING;
    else
        g_array_remove_index(books->requests, (guint)index);
}

// --- lines

static char *line_key(const OutsideRow *row)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s %" G_GUINT64_FORMAT, row->session,
                           side_name(row->side), row->id);
}

static void demand_not_shown(const OutsideBooks *books, const OutsideRow *row)
{
    g_autofree char *key = line_key(row);
    const int64_t *at_ms = g_hash_table_lookup(books->shown, key);
    outside_books_demand(books, at_ms == NULL || books->now_ms - *at_ms > SEEN_MS,
                         "a line is shown twice");
}

// Bodies tell where a line was written: `p` to one person, `r` into a room or to one in it.
static void demand_privacy(const OutsideBooks *books, const Command *command)
{
    bool is_pair = command->f.body[0] == 'p';
    bool in_room = command->kind == COMMAND_ROOM_MESSAGE && !command->f.private;
    outside_books_demand(books, !(is_pair && in_room), "a line to one person is shown to a room");
    outside_books_demand(books, is_pair || command->kind == COMMAND_ROOM_MESSAGE,
                         "a line of a room is shown outside");
}

static void demand_way(const OutsideBooks *books, const Command *command)
{
    uint64_t row = command->f.row;
    outside_books_demand(books, g_hash_table_contains(books->ledger, &row),
                         "a line is handed over without row");
    for (guint i = 0; i < books->rows->len; i++)
        outside_books_demand(books, g_array_index(books->rows, OutsideRow, i).row != row,
                             "a line is handed over twice at a time");
    const OutsideLeg *leg = outside_books_leg(books, command->f.leg);
    outside_books_demand(books,
                         command->f.leg == 0 || (leg != NULL && leg->stage == OUTSIDE_LEG_UP),
                         "a line goes to a leg that is not up");
}

static bool has_order(const Line *line)
{
    return line->class != LINE_PAIR_TOWARDS ||
           (g_strcmp0(line->f.type, "chat") == 0 && !line->needs_session);
}

// What was just handed over had no older line of its kind waiting (ESC-022); one that turned out
// too large for its way does not count, it was first.
static void demand_order(const OutsideBooks *books, uint64_t row)
{
    const Line *line = session_map_find_row(books->sessions, row);
    if (line == NULL || !line->in_flight || !has_order(line))
        return;
    for (const GList *at = line->session->waiting.head; at != NULL; at = at->next) {
        const Line *older = at->data;
        outside_books_demand(
            books, older->row > line->row || older->class != line->class || !has_order(older),
            "a line is overtaken");
    }
}

// What the gateway itself tells the author of a line has no id.
static bool is_notice(const Command *command)
{
    return command->f.id == NULL;
}

// Words of the gateway have no row: nobody waits for their fate.
static void on_words(const OutsideBooks *books, const Command *command)
{
    const OutsideLeg *leg = outside_books_leg(books, command->f.leg);
    outside_books_demand(books, leg != NULL && leg->stage == OUTSIDE_LEG_UP,
                         "words of ours go to a leg that is not up");
}

static void on_line(OutsideBooks *books, const Command *command)
{
    if (command->kind == COMMAND_ROOM_MESSAGE && command->f.row == 0) {
        on_words(books, command);
        return;
    }
    OutsideRow row = {.row = command->f.row,
                      .leg = command->f.leg,
                      .side = command->side,
                      .session = command->f.session};
    if (!is_notice(command)) {
        row.id = g_ascii_strtoull(command->f.id, NULL, 10);
        demand_not_shown(books, &row);
        demand_privacy(books, command);
    }
    demand_way(books, command);
    demand_order(books, row.row);
    g_array_append_val(books->rows, row);
}

// EXT-02: one receipt of a kind for a message.
static void on_receipt(OutsideBooks *books, const Command *command)
{
    const Fields *f = &command->f;
    char *key = g_strdup_printf("%s %s %s", side_name(command->side), f->id, fields_how_name(f->how));
    outside_books_demand(books, g_hash_table_add(books->news, key), "a receipt is told twice");
    OutsideRow row = {.row = f->row, .side = command->side, .session = f->session};
    if (f->leg != 0)
        on_words(books, command);
    else if (command->side == SIDE_SIP)
        g_array_append_val(books->rows, row);
}

// A state is no line, but on its way to SIP it gets an answer like one.
static void on_state(OutsideBooks *books, const Command *command)
{
    OutsideRow row = {.row = command->f.row, .leg = command->f.leg, .side = command->side};
    const OutsideLeg *leg = outside_books_leg(books, command->f.leg);
    outside_books_demand(books,
                         command->f.leg == 0 || (leg != NULL && leg->stage == OUTSIDE_LEG_UP),
                         "a state goes to a leg that is not up");
    if (row.row != 0)
        g_array_append_val(books->rows, row);
}

void outside_books_answer(OutsideBooks *books, guint index, bool arrived)
{
    OutsideRow row = g_array_index(books->rows, OutsideRow, index);
    g_array_remove_index(books->rows, index);
    if (!arrived)
        return;
    int64_t *at_ms = g_new(int64_t, 1);
    *at_ms = books->now_ms;
    g_hash_table_insert(books->shown, line_key(&row), at_ms);
}

typedef struct {
    int64_t at_ms;
    char body[32];
} Said;

const char *outside_books_said(const OutsideBooks *books, uint64_t session)
{
    const Said *said = g_hash_table_lookup(books->said, &session);
    return said != NULL && books->now_ms - said->at_ms < SEEN_MS ? said->body : NULL;
}

// What was said in the thread of the chat, by whatever way (ESC-018).
static void note_said(OutsideBooks *books, const Command *command)
{
    const Session *session = session_map_find(books->sessions, command->f.session);
    if (session == NULL || session->thread == NULL ||
        (command->f.leg == 0 && g_strcmp0(command->f.thread, session->thread) != 0))
        return;
    Said *said = g_new0(Said, 1);
    said->at_ms = books->now_ms;
    g_strlcpy(said->body, command->f.body, sizeof said->body);
    g_hash_table_insert(books->said, g_memdup2(&command->f.session, sizeof(uint64_t)), said);
}

static void on_row_opens(OutsideBooks *books, const Command *command)
{
    uint64_t row = command->f.row;
    outside_books_demand(books, row > books->last_row, "a row is opened twice");
    books->last_row = row;
    g_hash_table_add(books->ledger, g_memdup2(&row, sizeof row));
    if (command->f.body != NULL && command->f.body[0] == 'p')
        note_said(books, command);
}

static void on_store(OutsideBooks *books, const Command *command)
{
    if (command->f.how == HOW_ROW_OPEN)
        on_row_opens(books, command);
    else if (command->f.how == HOW_ROW_CLOSE)
        outside_books_demand(books, g_hash_table_remove(books->ledger, &command->f.row),
                             "a row is closed twice");
}

// --- timers

static void on_timer(OutsideBooks *books, const Command *command)
{
    for (guint i = books->timers->len; i-- > 0;) {
        const OutsideTimer *timer = &g_array_index(books->timers, OutsideTimer, i);
        if (timer->session == command->f.session && timer->how == command->f.how)
            g_array_remove_index(books->timers, i);
    }
    OutsideTimer timer = {books->now_ms + (int64_t)command->f.ms, command->f.session,
                          command->f.number, command->f.how};
    if (command->f.ms != 0)
        g_array_append_val(books->timers, timer);
}

void outside_books_enter(OutsideBooks *books, const Command *command)
{
    switch (command->kind) {
    case COMMAND_MESSAGE:
    case COMMAND_ROOM_MESSAGE: on_line(books, command); break;
    case COMMAND_CHAT_STATE: on_state(books, command); break;
    case COMMAND_REFUSE:
        if (command->side == SIDE_SIP)
            on_answer(books, command);
        break;
    case COMMAND_ACCEPT:
    case COMMAND_REPORT:
    case COMMAND_ANSWER_INVITE: on_answer(books, command); break;
    case COMMAND_OPEN_LEG: on_open_leg(books, command); break;
    case COMMAND_ANSWER_LEG:
        on_answer(books, command);
        leg_add(books, command, OUTSIDE_LEG_CHAT);
        break;
    case COMMAND_INVITE_TO_ROOM: leg_add(books, command, OUTSIDE_LEG_PARTY); break;
    case COMMAND_ENTER_ROOM: leg_add(books, command, OUTSIDE_LEG_HOME); break;
    case COMMAND_WITHDRAW_INVITE: on_withdrawn(books, command); break;
    case COMMAND_CLOSE_LEG:
    case COMMAND_EXPEL:
    case COMMAND_LEAVE_ROOM: on_leg_ended(books, command); break;
    case COMMAND_STORE: on_store(books, command); break;
    case COMMAND_TIMER: on_timer(books, command); break;
    case COMMAND_RECEIPT: on_receipt(books, command); break;
    case COMMAND_GONE:
    case COMMAND_ASK_PEER:
    case COMMAND_ADMIT:
    case COMMAND_ROOM_ROSTER:
    case COMMAND_ROOM_NICK:
    case COMMAND_ROOM_REQUEST:
    case COMMAND_ROOM_RESULT:
    case COMMAND_ROOM_SUBJECT: break;
    }
}

// --- records

typedef struct {
    bool asked, party, home, has_askers, has_room;
} RecordShape;

static bool is_shaped(const Session *session, RecordShape shape)
{
    const Escalation *record = session->escalation;
    return (record->asked != 0) == shape.asked && (session->seat.party_leg != 0) == shape.party &&
           (session->seat.home_leg != 0) == shape.home &&
           (record->asker_count != 0) == shape.has_askers &&
           (session->room != NULL) == shape.has_room;
}

static bool is_bound(const OutsideBooks *books, const Session *session, uint64_t leg,
                     SessionLeg role)
{
    SessionLeg found = SESSION_LEG_CHAT;
    return leg == 0 ||
           (session_map_find_leg(books->sessions, leg, &found) == session && found == role);
}

static void demand_record(Session *session, void *data)
{
    static const RecordShape SHAPES[ESCALATION_STATE_COUNT] = {
        [ESCALATION_INVITING] = {.asked = true, .has_askers = true, .has_room = true},
        [ESCALATION_ENTERING] = {.party = true, .home = true, .has_askers = true, .has_room = true},
        [ESCALATION_MOVING] = {.party = true, .home = true, .has_room = true},
        [ESCALATION_CONFERENCE] = {.party = true, .home = true, .has_room = true},
    };
    const OutsideBooks *books = data;
    const Escalation *record = session->escalation;
    if (record == NULL)
        return;
    bool waits = record->state != ESCALATION_CHAT && record->state != ESCALATION_CONFERENCE;
    outside_books_demand(books, is_shaped(session, SHAPES[record->state]),
                         "a record does not fit its state");
    outside_books_demand(books,
                         is_bound(books, session, record->asked, SESSION_LEG_ASKED) &&
                             is_bound(books, session, session->seat.party_leg, SESSION_LEG_PARTY) &&
                             is_bound(books, session, session->seat.home_leg, SESSION_LEG_HOME),
                         "a number of a record is not bound as such");
    outside_books_demand(books, turn_timer_is_running(session, HOW_PATIENCE) == waits,
                         "patience does not fit the state");
    outside_books_demand(
        books, record->state != ESCALATION_CHAT || (!turn_timer_is_running(session, HOW_HOLD) &&
                                                          !turn_timer_is_running(session, HOW_NOTICE)),
        "a link is held for nobody");
}

void outside_books_demand_records(OutsideBooks *books)
{
    session_map_each(books->sessions, demand_record, books);
}

static void demand_session_rests(Session *session, void *data)
{
    outside_books_demand(data,
                         session->legs == NULL && escalation_state(session) == ESCALATION_CHAT,
                         "a session is not at rest");
}

void outside_books_demand_rest(OutsideBooks *books)
{
    outside_books_demand(books, books->legs->len == 0, "a leg is left over");
    for (guint i = 0; i < books->requests->len; i++)
        outside_books_demand(books,
                             g_array_index(books->requests, OutsideRequest, i).kind ==
                                 OUTSIDE_REQUEST_HOPING,
                             "a request has no answer");
    outside_books_demand(books, g_hash_table_size(books->ledger) == 0, "a row is left open");
    session_map_each(books->sessions, demand_session_rests, books);
}
